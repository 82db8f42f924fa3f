"""A rebuild by several processes: the same rows, failures and errors as by one, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.erasure import scene

from dateline import Archive, Plugins
from dateline.log.engine import reading
from dateline.parallel import cores
from dateline.plugins.discovery import Candidate, Selection
from dateline.pytest_plugin import Cli
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.views import bulk, store, stored_rows
from dateline.views.projection import schema_of

#: A plugin in a folder: a general view, a view that fails at a fact, and an executor in this process.
PLUGIN = """
from dateline.plugin import FactRow, FactView, View, ViewRow, hookimpl


class Tally(View):
    name, version = "tally", 1

    class Row(ViewRow, frozen=True):
        number: int

    def fold(self, event, rows):
        row = rows.get(event.type)
        rows.put(event.type, self.Row(number=1 + (row.number if row else 0)))


class Fragile(FactView):
    name, version = "fragile", 1

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact):
        if "too much" in fact.data.text:
            raise ZeroDivisionError("enough")
        print("a fold should not print")
        yield self.Row(text=fact.data.text)


def here(fold, chunks, *, address, jobs):
    for chunk in chunks:
        assert fold(chunk) == fold(chunk)
        yield fold(chunk)


def broken(fold, chunks, *, address, jobs):
    raise OSError("no such cluster: " + address)


@hookimpl
def dateline_views():
    return [Tally(), Fragile()]


@hookimpl
def dateline_executors():
    return {"here": here, "broken": broken}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "plugins"
    made.mkdir()
    (made / "more.py").write_text(PLUGIN)
    return made


@pytest.fixture
def archive(
    db: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Archive]:
    monkeypatch.setattr(bulk, "STEP", 25)
    loaded = Plugins.load(
        folders=[folder], selection=Selection(frozenset({"figures"})), strict=True
    )
    with Archive.create(db, loaded, tmp_path / "the.keys") as archive:
        for number in range(12):
            archive.record(samples.story(slug=f"ferry-{number}"))
        archive.record([samples.figure(text="It was too much.")], story="ferry-7")
        scene.fill(archive)
        yield archive


def content(archive: Archive) -> dict[str, Any]:
    """Every row of the current generation of each view, and how it was built."""
    found = {}
    with reading(archive._engine) as connection:
        for build in store.builds(connection):
            if build.state in ("live", "failed"):
                schema = schema_of(archive.plugins.view(build.name))
                rows = stored_rows.read(connection, schema, build)
                about = (build.state, build.position, build.failed_position, build.error)
                found[build.name] = (about, sorted(map(repr, rows)))
    return found


def test_rows_and_failures_are_those_of_one_process(archive: Archive) -> None:
    archive.rebuild()
    one = content(archive)
    archive.prune()
    assert one["fragile"][0][0] == "failed" and one["tally"][0][0] == "live"
    assert any(scene.CANARY in row for row in one["statements"][1])
    assert "figures" not in one

    for options in ({"jobs": 2}, {"executor": "here"}):
        archive.rebuild(**options)  # type: ignore[arg-type]
        assert content(archive) == one
        archive.prune()


def test_sealed_content_stops_a_rebuild_as_in_one_process(
    db: str, archive: Archive, folder: Path, tmp_path: Path
) -> None:
    archive.close()
    errors = []
    for jobs in (1, 2):
        with Archive.open(db, archive.plugins, tmp_path / "other.keys") as sealed:
            with scene.raises("sealed") as caught:
                sealed.rebuild(["timeline"], jobs=jobs)
            errors.append((type(caught.value), str(caught.value), caught.value.hint))
            [build] = sealed.builds()
            errors.append((build.state, build.cursor))
    assert errors[:2] == errors[2:]

    with Archive.open(db, archive.plugins, tmp_path / "the.keys") as opened:
        [build] = opened.rebuild(["timeline"], jobs=2)
        assert build.state == "live" and opened.verify_view("timeline") == []


def test_an_erasure_between_two_chunks_leaves_no_erased_row(db: str, archive: Archive) -> None:
    once = [1]

    def erase(done: int, of: int) -> None:
        if once:
            once.clear()
            with Archive.open(db, archive.plugins, archive._keys.file.path) as other:
                other.erase(scene.WITNESS, reason=scene.REASON, basis=scene.BASIS)

    with scene.raises("rebuild-running"):
        archive.rebuild(["statements", "tally"], jobs=2, progress=erase)
    assert not once
    for build in archive.rebuild(["statements", "tally"], jobs=2):
        assert build.state == "live"
        assert archive.verify_view(build.name) == []
    assert not any(scene.CANARY in row for row in content(archive)["statements"][1])


def test_events_recorded_during_a_rebuild_are_folded_once(archive: Archive) -> None:
    def record(done: int, of: int) -> None:
        archive.record(samples.story(slug=f"late-{done}"))

    archive.rebuild(["tally", "timeline"], jobs=2, progress=record)
    assert any(story.slug.startswith("late-") for story in archive.stories())
    assert [archive.verify_view(name) for name in ("tally", "timeline")] == [[], []]


def test_a_rebuild_goes_on_with_another_number_of_processes(archive: Archive) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, of: int) -> None:
        if done > 20:
            raise Enough

    for jobs in (2, 1):
        with pytest.raises(Enough):
            archive.rebuild(["tally"], jobs=jobs, progress=stop)
    [build] = archive.builds()
    assert build.cursor is not None and build.unfinished
    archive.rebuild(["tally"], jobs=2)
    assert archive.verify_view("tally") == []


def test_a_worker_with_another_plugin_refuses(archive: Archive, folder: Path) -> None:
    (folder / "more.py").write_text(PLUGIN.replace("number: int", "number: int | None"))
    with scene.raises("worker-differs") as caught:
        archive.rebuild(["tally"], jobs=2)
    assert "tally" in str(caught.value)


def test_an_executor_that_fails_is_named(archive: Archive) -> None:
    with scene.raises("plugin-failed") as caught:
        archive.rebuild(["tally"], executor="broken://somewhere")
    assert "broken (plugin more)" in str(caught.value) and "somewhere" in str(caught.value)
    with scene.raises("executor-unknown"):
        archive.rebuild(["tally"], executor="none-of-ours")
    with scene.raises("jobs-invalid"):
        archive.rebuild(["tally"], jobs=0)


def test_one_process_folds_what_others_cannot_reach(tmp_path: Path) -> None:
    said: list[str] = []
    added = Plugins.load(strict=True)
    added.add(Candidate("mine", "here", SimpleNamespace))
    for place, loaded in (
        (":memory:", Plugins.load(strict=True)),
        (tmp_path / "added.db", added),
        (tmp_path / "own.db", isolated(added.views["timeline"])),
    ):
        with Archive.create(place, loaded) as archive:
            archive.notice = said.append
            archive.record(samples.story())
            [build] = archive.rebuild(["timeline"], jobs=2)
            assert build.state == "live" and archive.verify_view("timeline") == []
    assert len(said) == 3


def test_a_short_log_is_folded_in_one_process(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores, "usable", lambda: 2)
    monkeypatch.setattr("dateline.parallel.choice.processes", None)
    archive.rebuild(["tally"], jobs=None)
    assert archive.verify_view("tally") == []
    monkeypatch.setattr(cores, "WORTH", 1)
    with pytest.raises(TypeError):
        archive.rebuild(["tally"], jobs=None)


def test_the_command_takes_jobs_and_executors(dateline_cli: Cli, tmp_path: Path) -> None:
    lines = "".join(json.dumps(line) + "\n" for line in samples.story())
    (tmp_path / "ferry.ndjson").write_text(lines)
    assert dateline_cli("init").code == 0
    assert dateline_cli("import", "ferry.ndjson").code == 0
    for options in (["--jobs", "2"], ["-j1"], ["--executor", "processes", "-j", "2"]):
        done = dateline_cli("rebuild", "--view", "figures", *options)
        assert done.code == 0, done.err
    assert dateline_cli("rebuild", "--view", "figures", "--verify").code == 0
    assert dateline_cli("rebuild", "--all", "--executor", "spark").code == 1
    assert dateline_cli("rebuild", "--all", "--jobs", "0").code == 2
    assert dateline_cli("rebuild", "--verify", "--jobs", "2").code == 2
