"""An erasure that finds the disk full is on record all the same, and the error states that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tests.erasure import scene
from tests.erasure.scene import raises

from dateline import Archive, DatelineError, Plugins
from dateline.log import schema

PLUGINS = Plugins.load(strict=True)


def no_room(connection: Any, _: object) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")


def test_an_erasure_without_room_is_on_record(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    archive._engine.dispose()
    event.listen(archive._engine, "connect", no_room)
    with raises("erasure-unfinished") as caught:
        scene.erase(archive)
    assert "nothing was written" not in f"{caught.value}{caught.value.hint}"
    assert str(caught.value.hint).startswith("make room on the disk; the next command")
    archive.close()

    full = schema.connect(tmp_path / "a.db")
    event.listen(full, "connect", no_room)
    full.dispose()
    with raises("erasure-unfinished"):
        Archive(full, PLUGINS)
    with Archive.open(tmp_path / "a.db", PLUGINS) as opened:
        assert [erasure.step for erasure in opened.resumed] == ["done"]
        scene.verify(opened)
    assert scene.found(tmp_path) == []


def test_another_command_that_finds_the_disk_full_wrote_nothing(archive: Archive) -> None:
    archive._engine.dispose()
    event.listen(archive._engine, "connect", no_room)
    with pytest.raises(DatelineError, match="full") as told:
        archive.catch_up()
    assert told.value.hint == "make room on the disk; nothing was written"
