"""An erasure folds nothing: the next reader folds the affected stories again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.erasure import scene
from tests.races.beside import Gate

from dateline import Archive
from dateline.archive import copy_archive
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.errors import Damaged, ViewFailed
from dateline.log.engine import writing
from dateline.plugin import Event, Fact, FactRow, FactView, View, ViewRow
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.views import catching_up, pending, store
from dateline.views.asof import NOW

NAMES = ["counted", "words"]


class Words(FactView):
    """Every fact's text. It raises while `broken` is set, and counts its calls."""

    name, version = "words", 1
    broken, asked = False, 0

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> Iterator[FactRow]:
        type(self).asked += 1
        if type(self).broken:
            raise RuntimeError("not today")
        yield self.Row(text=fact.data.text)


class Counted(View):
    """How many events a story has, by type."""

    name, version = "counted", 1

    class Row(ViewRow, frozen=True):
        count: int

    def fold(self, event: Event, rows: Any) -> None:
        before = rows.get(event.type)
        rows.put(event.type, self.Row(count=1 if before is None else before.count + 1))


PLUGINS = isolated(Words(), Counted())


@pytest.fixture
def archive(db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """Two stories of eight events, with views at the head; positions 8 and 16 may be erased."""
    monkeypatch.setattr(Words, "broken", False)
    with Archive.create(db, PLUGINS, tmp_path / "a.keys") as archive:
        for slug in ("one", "two"):
            archive.record(samples.story(slug=slug))
            archive.record([samples.figure(text=f"{scene.CANARY} in {slug}")], story=slug)
        archive.catch_up()
        yield archive


def erase(archive: Archive, *positions: int, **options: Any) -> None:
    archive.erase(None, positions, reason=scene.REASON, basis=scene.BASIS, **options)


def pending_of(archive: Archive, name: str = "words") -> list[str]:
    """Slugs of the stories that are pending in a view's generation."""
    slugs = {story.id: story.slug for story in archive.stories()}
    [build] = [build for build in archive.builds() if build.name == name and build.serves]
    return [slugs[story] for story in build.pending_stories]


def whole(archive: Archive) -> None:
    """Every view is live, has all its rows, and they are the fold of the log."""
    head = archive.head().position
    for build in archive.catch_up():
        assert (build.state, build.position, build.pending) == ("live", head, None)
    for name in NAMES:
        assert archive.verify_view(name) == []
        rows = archive.view(name, everything=True).rows
        assert rows == archive.view(name, everything=True, at=NOW).rows


def test_an_erasure_calls_no_view(archive: Archive) -> None:
    asked = Words.asked
    erase(archive, 8, fold_again=False)
    assert Words.asked == asked
    assert pending_of(archive) == ["one"] and archive.pending_views() == NAMES
    for name in NAMES:
        assert archive.verify_view(name) == []  # pending stories have no rows
    assert archive.verify(deep_too=True).findings == []
    whole(archive)
    assert pending_of(archive) == [] and archive.pending_views() == []


def test_a_fold_that_raises_stops_its_own_view_and_no_erasure(
    archive: Archive, db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Words, "broken", True)
    erase(archive, 8)
    assert [(build.name, build.state) for build in archive.builds()] == [
        ("counted", "live"),
        ("words", "failed"),
    ]
    assert archive.pending_views() == ["words"]
    with pytest.raises(ViewFailed, match="not today"):
        archive.view("words")
    assert len(archive.view("counted")) > 0
    with Archive.open(db, PLUGINS, tmp_path / "a.keys") as other:  # no reader is kept out
        other.record([samples.figure(text="Later")], story="one")
    monkeypatch.setattr(Words, "broken", False)
    whole(archive)


def test_the_rows_of_other_stories_are_not_folded_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[str] = []
    plain = pending.fold_story

    def fold_story(reader: Any, group: Any, events: Any) -> None:
        folded.extend({event.slug for event in events})
        plain(reader, group, events)

    monkeypatch.setattr(pending, "fold_story", fold_story)
    erase(archive, 8)
    assert folded == ["one"]
    whole(archive)


def test_stories_are_folded_one_by_one_and_each_is_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(archive, 8, 16, fold_again=False)
    monkeypatch.setattr(pending, "STEP", 1)
    plain, left = pending.fold_story, [1]

    def fold_story(*given: Any) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        plain(*given)

    monkeypatch.setattr(pending, "fold_story", fold_story)
    with pytest.raises(KeyboardInterrupt):
        archive.catch_up()
    monkeypatch.undo()
    assert len(pending_of(archive)) == 1
    for name in NAMES:
        assert archive.verify_view(name) == []
    whole(archive)


def test_many_small_stories_are_folded_in_few_steps(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record of each step is as long as the list of stories."""
    erase(archive, 8, 16, fold_again=False)
    plain, steps = pending._fold_step, []

    def fold_step(*given: Any) -> Any:
        steps.append(given)
        return plain(*given)

    monkeypatch.setattr(pending, "_fold_step", fold_step)
    whole(archive)
    assert len(steps) == 1


def test_an_erasure_while_a_story_is_folded_again_is_not_undone_by_it(archive: Archive) -> None:
    archive.record([samples.figure(text="More")], story="one")
    erase(archive, 8, fold_again=False)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        gate = Gate()
        with gate.at(patch, pending, "fold_story", after=True):
            late = pool.submit(archive.catch_up)
            gate.wait()
            erase(archive, 17, fold_again=False)
        late.result()
    whole(archive)
    left = repr(archive.view("words", "one").rows)
    assert "More" not in left and scene.CANARY not in left


def test_when_two_processes_fold_a_story_again_one_of_them_starts_over(archive: Archive) -> None:
    erase(archive, 8, fold_again=False)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        gate = Gate()
        with gate.at(patch, pending, "fold_story", after=True):
            late = pool.submit(archive.catch_up)
            gate.wait()
            whole(archive)
        assert {build.pending for build in late.result()} == {None}
    whole(archive)


def test_a_reader_sees_no_story_without_its_rows(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, positions = catching_up.catch_up, [8, 16]

    def catch_up(*given: Any, **options: Any) -> Any:
        builds = plain(*given, **options)
        if positions:  # between catching up and reading
            erase(archive, positions.pop(), fold_again=False)
        return builds

    monkeypatch.setattr(catching_up, "catch_up", catch_up)
    rows = archive.view("words").rows
    assert {row[0] for row in rows} == {"one", "two"} and positions == []
    positions += [7]
    with archive.material() as material:
        assert len(material.table("words", "one")) == 1


def test_going_back_to_a_generation_folds_what_it_lacks(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(archive, 8, fold_again=False)
    archive.rebuild(["words"])
    older = [build for build in archive.builds() if build.name == "words"]
    assert [(build.state, build.pending is None) for build in older] == [
        ("live", True),
        ("retired", False),
    ]
    monkeypatch.setattr(Words, "broken", True)
    with pytest.raises(ViewFailed, match="cannot be restored"):
        archive.undo_rebuild("words")
    assert [build for build in archive.builds() if build.name == "words"] == older
    monkeypatch.setattr(Words, "broken", False)
    assert archive.undo_rebuild("words").generation == older[1].generation
    whole(archive)


def test_a_copy_has_views_of_its_own_and_nothing_pending(archive: Archive, tmp_path: Path) -> None:
    erase(archive, 8, fold_again=False)
    place = archive._engine.url.render_as_string(hide_password=False)
    copy_archive(place, tmp_path / "copy.db", plugins=PLUGINS, keys=tmp_path / "a.keys")
    with Archive.open(tmp_path / "copy.db", PLUGINS) as copy:
        assert copy.builds() == []
        whole(copy)
    archive.backup(tmp_path / "backup.db")
    with Archive.open(tmp_path / "backup.db", PLUGINS) as backup:
        whole(backup)


def test_a_rebuild_has_nothing_pending(archive: Archive) -> None:
    erase(archive, 8, fold_again=False)
    assert [build.pending for build in archive.rebuild()] == [None, None]
    whole(archive)


@pytest.mark.parametrize("ids", [b"\0" * 15, b"\0" * 17])
def test_what_is_not_a_list_of_stories_is_damage(archive: Archive, ids: bytes) -> None:
    with writing(archive._engine) as connection:
        connection.execute(text("UPDATE views SET pending = :ids"), {"ids": ids})
    with pytest.raises(Damaged):
        archive.view("words")
    assert archive.verify(deep_too=True).findings


def test_an_unknown_story_is_skipped(archive: Archive) -> None:
    with writing(archive._engine) as connection:
        connection.execute(text("UPDATE views SET pending = :ids"), {"ids": b"\0" * 16})
    whole(archive)


def test_the_command_says_what_it_erased_before_it_folds_and_status_what_is_left(
    archive: Archive, db: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    erase(archive, 8, fold_again=False)
    base = ["--db", db, "--keys", str(tmp_path / "a.keys")]
    assert run(root, [*base, "status"]) in (0, 3)
    said = " ".join(capfd.readouterr().err.split())
    assert "words: after an erasure" in said


def test_a_view_that_fails_afterwards_is_reported_and_the_erasure_succeeds(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "brittle.py").write_text(
        "from dateline.plugin import View, ViewRow, hookimpl\n"
        "class Brittle(View):\n"
        "    name, version = 'brittle', 1\n"
        "    class Row(ViewRow, frozen=True):\n"
        "        n: int\n"
        "    def fold(self, event, rows):\n"
        "        if event.position == 9 or type(event.data).__name__ == 'Erased':\n"
        "            raise ValueError('brittle')\n"
        "        rows.put('k', self.Row(n=1))\n"
        "@hookimpl\n"
        "def dateline_views():\n"
        "    return [Brittle()]\n"
    )
    base = ["--db", str(tmp_path / "a.db"), "--plugins-dir", str(tmp_path / "plugins")]
    with Archive.create(tmp_path / "a.db", isolated()) as made:
        made.record(samples.story())
        made.record([samples.figure(text=scene.CANARY)], story="ferry")
    assert run(root, [*base, "show", "ferry", "brittle"]) == 0
    words = ["--reason", scene.REASON, "--basis", scene.BASIS, "--yes"]
    assert run(root, [*base, "erase", "8", *words]) == 0
    said = " ".join(capfd.readouterr().err.split())
    assert said.index("Erased 1 event") < said.index("View brittle stopped at position 8")
    assert run(root, [*base, "stories"]) == 0
    assert scene.found(tmp_path) == []


def test_a_generation_is_advanced_only_by_a_writer_that_knows_what_is_pending(
    archive: Archive,
) -> None:
    [before] = [build for build in archive.builds() if build.name == "words"]
    with writing(archive._engine) as connection:
        store.advance(connection, before, pending=b"\0" * 16)
    with pytest.raises(store.ChangedElsewhere), writing(archive._engine) as connection:
        store.advance(connection, before, position=before.position)
