"""Other processes during an erasure."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, REASON, WITNESS

from dateline import Archive, DatelineError, Plugins
from dateline.erasure.steps import Eraser
from dateline.log import read as log
from dateline.log.engine import reading, writing
from dateline.testing import samples
from dateline.views import catching_up, runner, store

PLUGINS = Plugins.load(strict=True)


def test_a_fold_that_read_it_before_cannot_write_it_after(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    archive.record(
        [samples.corrected("f3", "/text", f"{CANARY}-now", f"{CANARY}-late")], story="ferry"
    )
    # The erasure happens after the rows are folded and before they are written.
    with Archive.open(tmp_path / "a.db", PLUGINS) as other:
        views = [PLUGINS.view("timeline")]
        [running], _ = catching_up._ready_and_missing(other._engine, other._reader, views)
        with reading(other._engine) as connection:
            states = runner.RecentStates(other._reader)
            head = log.head(connection).position
            start = running.build.position
            runner.fold_range(connection, other._reader, states, [running], start, head)
        assert CANARY in repr(list(running.rows.stored()))
        scene.erase(archive)
        with pytest.raises(store.ChangedElsewhere), writing(other._engine) as connection:
            runner.write(connection, running, head)
    assert scene.found(tmp_path) == []
    assert archive.verify_view("timeline") == []


def test_a_reader_that_holds_the_past_is_waited_for_and_then_named(
    archive: Archive, tmp_path: Path
) -> None:
    archive.catch_up()
    eraser = Eraser(archive._pairing, lambda: PLUGINS.views)
    key = archive.key_of(WITNESS)
    by = next(iter(archive.events())).recorded_by
    with Archive.open(tmp_path / "a.db", PLUGINS) as other, reading(other._engine) as connection:
        log.head(connection)  # a snapshot from before
        erasure = archive._journal.order(REASON, BASIS, by, subject_key=key)
        with pytest.raises(DatelineError) as refused:
            eraser.finish(erasure, patience=0.1)
        assert refused.value.code == "old-snapshot-read"
        assert archive._journal.erasures()[0].step == "purged"
        with Archive.open(tmp_path / "a.db", PLUGINS) as third:  # is not held up
            assert third.resumed == []
            assert [erasure.step for erasure in third.unfinished_erasures] == ["purged"]
    with Archive.open(tmp_path / "a.db", PLUGINS) as later:
        assert [erasure.step for erasure in later.resumed] == ["done"]
        assert later.unfinished_erasures == []
    assert scene.found(tmp_path) == []


def test_two_processes_may_finish_the_same_erasure(archive: Archive, tmp_path: Path) -> None:
    """The slower process must not record that there was nothing to erase."""
    eraser = Eraser(archive._pairing, lambda: PLUGINS.views)
    key = archive.key_of(WITNESS)
    by = next(iter(archive.events())).recorded_by
    ordered = archive._journal.order(REASON, BASIS, by, subject_key=key)
    with Archive.open(tmp_path / "a.db", PLUGINS) as other:
        assert [erasure.step for erasure in other.resumed] == ["done"]
    head = archive.head()
    finished = eraser.finish(ordered)
    assert finished.step == "done" and len(finished.listed) == 8
    assert archive.head() == head
    assert archive._journal.erasures() == [finished]


def test_facts_and_notices_of_unknown_types_are_erased_together_too(archive: Archive) -> None:
    sighting = {"type": "acme.sighting.recorded", "fact": "f6", "what": f"{CANARY}-seen"}
    flag = {"type": "acme.fact.flagged", "fact": "f6", "why": f"{CANARY}-flag"}
    flagged = {"type": "acme.fact.flagged", "fact": "f3", "why": f"{CANARY}-flag"}
    archive.record([sighting, flag, flagged], story="ferry")
    unknown = [event for event in archive.events("ferry") if event.type.startswith("acme.")]
    assert [event.subject_key is None for event in unknown] == [True, True, False]
    going = archive.plan_erasure(positions=[unknown[1].position]).events
    assert [(item.type, item.fact) for item in going] == [
        ("acme.sighting.recorded", "f6"),
        ("acme.fact.flagged", None),
    ]
    scene.erase(archive, unknown[0].position)
    scene.erase(archive)
    assert CANARY not in repr(list(archive.events()))
    assert list(archive.state("ferry").erased) == ["f6", "f3", "f4"]
    assert archive.record([samples.figure(text="New")], story="ferry", anew=True).facts == ("f7",)
