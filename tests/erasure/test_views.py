"""Views after an erasure: nothing is left in any generation, traceback or unfinished build."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.erasure import scene
from tests.erasure.scene import CANARY

from dateline import Archive, Plugins
from dateline.log.databases.wal import empty_wal
from dateline.plugin import Fact, FactRow, FactView, hookimpl
from dateline.plugins.discovery import Candidate
from dateline.views import rebuild

PLUGINS = Plugins.load(strict=True)


class Chatty(FactView):
    """A view whose traceback repeats the content that it failed on."""

    name, version = "chatty", 1

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> list[FactRow]:
        if CANARY in fact.data.text:
            raise ValueError(fact.data.text)
        return [self.Row(text=fact.data.text)]


def chatty() -> Plugins:
    @hookimpl
    def dateline_views() -> list[Any]:
        return [Chatty()]

    loaded = Plugins(strict=True)
    loaded.add(Candidate("chatty", "tests", lambda: SimpleNamespace(dateline_views=dateline_views)))
    return loaded


def test_the_traceback_of_a_view_that_failed_is_erased_too(
    archive: Archive, tmp_path: Path
) -> None:
    with Archive.open(tmp_path / "a.db", chatty()) as other:
        [build] = other.catch_up()
        assert build.state == "failed" and f"{CANARY}-text" in (build.error or "")
        empty_wal(archive._engine, 10)
        assert scene.found(tmp_path) == ["a.db"]
        scene.erase(other)
        assert scene.found(tmp_path) == []
        assert {row["fact"] for row in other.view("chatty", "ferry").dicts()} == {"f1", "f2", "f5"}
        assert other.verify_view("chatty") == []


def test_rows_of_a_view_that_is_not_loaded_are_deleted_too(
    archive: Archive, tmp_path: Path
) -> None:
    archive.catch_up()
    archive.close()
    with Archive.open(tmp_path / "a.db", Plugins()) as bare:
        scene.erase(bare)
        assert scene.found(tmp_path) == [] and bare.builds() == []
    with sqlite3.connect(tmp_path / "a.db") as plain:
        kinds = plain.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
        assert kinds == []
    with Archive.open(tmp_path / "a.db", PLUGINS) as later:
        assert {row["fact"] for row in later.view("timeline", "ferry").dicts()} == {
            "f1", "f2", "f3", "f4", "f5",
        }  # fmt: skip


def test_an_unfinished_build_is_deleted_too(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.catch_up()

    def stop(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(rebuild, "swap", stop)
    with pytest.raises(RuntimeError):
        archive.rebuild(["timeline"])
    monkeypatch.undo()
    [begun] = [build for build in archive.builds() if build.unfinished]
    assert begun.cursor is not None
    scene.erase(archive)
    assert [build for build in archive.builds() if build.unfinished] == []
    assert scene.found(tmp_path) == []


def test_readers_of_the_tables_still_see_what_is_left(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    scene.erase(archive)
    with sqlite3.connect(tmp_path / "a.db") as plain:
        rows = plain.execute("SELECT story, fact FROM timeline ORDER BY story, fact").fetchall()
    assert rows == [
        ("ferry", "f1"), ("ferry", "f2"), ("ferry", "f5"), ("other", "f1"), ("other", "f2"),
    ]  # fmt: skip
