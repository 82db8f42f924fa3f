"""A clock that differs much from others is reported; nothing is refused or reordered."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from dateline import Archive, Plugins
from dateline.events.clock import CLOCK_TOLERANCE_US, from_iso, to_iso
from dateline.pytest_plugin import Cli
from dateline.testing.samples import story

DAY_US = 86_400 * 1_000_000
Shift = Callable[[int], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Shift:
    """Moves this process's clock by so many microseconds."""
    real = time.time_ns

    def shift(us: int) -> None:
        monkeypatch.setattr(time, "time_ns", lambda: real() + us * 1000)

    return shift


def retitled(title: str) -> dict[str, str]:
    return {"type": "story.retitled", "title": title}


def times(archive: Archive) -> list[int]:
    return [event.recorded_us for event in archive.events("ferry")]


def test_a_clock_that_is_ahead_is_reported_on_both_sides(db: str, clock: Shift) -> None:
    with Archive.create(db, Plugins()) as archive:
        assert archive.record(story()).clocks.sentences() == []
        clock(30 * DAY_US)
        mine = archive.record([retitled("One")], story="ferry").clocks
        assert abs(mine.skew_us - 30 * DAY_US) < CLOCK_TOLERANCE_US
        assert mine.ahead == {}
        assert "30 days ahead" in mine.sentences()[0] or "29 days ahead" in mine.sentences()[0]
        clock(0)
        theirs = archive.record([retitled("Two")], story="ferry").clocks
        assert (theirs.skew_us, theirs.ahead) == (0, {"ferry": times(archive)[-2]})
        assert to_iso(times(archive)[-1])[:19] in theirs.sentences()[0]
        assert archive.recorded is not None and archive.recorded.clocks == theirs
        # The order is kept, and another story is not affected.
        assert times(archive) == sorted(times(archive))
        assert archive.record(story(slug="calm")).clocks.sentences() == []


def test_a_clock_that_is_behind_is_reported(db: str, clock: Shift) -> None:
    with Archive.create(db, Plugins()) as archive:
        archive.record(story())
        clock(-2 * DAY_US)
        found = archive.record([retitled("One")], story="ferry").clocks
        assert found.skew_us < -DAY_US
        assert list(found.ahead) == ["ferry"]
        assert "behind" in found.sentences()[0]


@pytest.mark.parametrize("minutes", [4, -4])
def test_a_few_minutes_are_not_reported(db: str, clock: Shift, minutes: int) -> None:
    with Archive.create(db, Plugins()) as archive:
        archive.record(story())
        clock(minutes * 60 * 1_000_000)
        assert archive.record([retitled("One")], story="ferry").clocks.sentences() == []
        clock(0)
        assert archive.record([retitled("Two")], story="ferry").clocks.sentences() == []


def test_an_archive_s_own_export_comes_back_whatever_its_clocks(db: str, clock: Shift) -> None:
    with Archive.create(db, Plugins.load()) as archive:
        archive.record(story())
        clock(400 * DAY_US)
        archive.record([retitled("One")], story="ferry")
        clock(0)
        archive.record([retitled("Two")], story="ferry")
        with archive.material() as material:
            exported = "".join(archive.plugins.exporter("ndjson").export(material)).encode()
        lines = list(archive.plugins.importer("ndjson").read([exported]))
        with Archive.create(":memory:", archive.plugins) as other:
            tried = other.record(lines, dry_run=True)
            done = other.record(lines)
            assert done.clocks.future_us == tried.clocks.future_us == times(archive)[-1]
            assert to_iso(times(archive)[-1])[:19] in done.clocks.sentences()[-1]
            assert times(other) == times(archive)
            assert other.verify().findings == []
            again = other.record(lines)
            assert (again.new, again.clocks.future_us) == (0, None)


def test_the_last_possible_moment_can_be_imported(clock: Shift) -> None:
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(story())
        end = "9999-12-31T23:59:59.999999Z"
        archive.record([retitled("One") | {"recorded_at": end}], story="ferry")
        archive.record([retitled("Two")], story="ferry")
        assert times(archive)[-2:] == [from_iso(end)] * 2


def test_commands_report_clocks_on_stderr(dateline_cli: Cli, clock: Shift) -> None:
    assert dateline_cli("init").code == 0
    clock(DAY_US * 3)
    opened = dateline_cli("open", "ferry", "--title", "Fictional")
    assert (opened.code, "clock is" in opened.err) == (0, True)
    clock(0)
    for command in (
        ("retitle", "ferry", "Fictional: two"),
        ("status",),
        ("erase", "2", "--reason", "Wrong title", "--basis", "Correction", "--yes"),
    ):
        said = dateline_cli(*command)
        assert "ferry is dated in the future" in said.err
        assert said.code == 0, said.err
    assert dateline_cli("open", "calm", "--title", "Fictional").err.count("Warning") == 0
