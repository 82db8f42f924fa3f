"""Four times the facts take about four times the steps. Steps are counted, time is not measured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.bundled import plugins

from dateline import Archive, DatelineError
from dateline.cli.terminal.output import emit
from dateline.events.counting import documents
from dateline.events.envelope import Event
from dateline.events.state import StoryState
from dateline.log.read import Reader
from dateline.recording import overview as overview_module
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import Fields
from dateline.views.asof import states

SMALL, LARGE = 15, 60
#: A little more than four, because some work is constant and some is not counted.
MOST = 4.8
VIEWS = (
    "timeline", "statements", "figures", "people", "places", "sources", "disputes", "changes",
    "series", "support",
)  # fmt: skip
EXPORTERS = ("csv", "json", "ndjson", "markdown", "html")


def steps(work: Callable[[], object]) -> int:
    """The number of bytecodes that `work` runs, including generators and comprehensions."""
    count = 0

    def trace(frame: FrameType, kind: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += kind == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def facts(number: int) -> Iterator[Fields]:
    """A story with `number` facts of one person and one source, all with their ids."""
    sentences = [f"FICTION. Count {at} is {at + 7}." for at in range(number)]
    text = "\n".join(sentences)
    yield samples.opened()
    for name in (samples.WIRE, samples.NORA, samples.VOSS, "place:ister"):
        yield samples.entity(name, name)
    yield samples.captured(text)
    start = 0
    for at, exact in enumerate(sentences):
        common: Fields = {
            "fact": f"f{at + 1}",
            "source": samples.digest(text),
            "evidence": [
                {"role": "content", "exact": exact, "start": start, "end": start + len(exact)}
            ],
        }
        start += len(exact) + 1
        quantity = {"measure": "things", "value": at + 7, "verbatim": str(at + 7)}
        there = [{"place": "place:ister", "role": "location"}]
        yield (
            samples.fact("statement", exact, **common),
            samples.fact("figure", exact, quantities=[quantity], **common),
            samples.fact("occurrence", exact, places=there, **common),
        )[at % 3]


def updates(number: int) -> Iterator[Fields]:
    """A fact that is updated and disputed `number` times."""
    for at in range(number):
        was = None if at == 0 else f"Day {at - 1}"
        yield samples.corrected("f1", "/note", was, f"Day {at}", kind="update")
        yield {"type": "fact.disputed", "fact": "f1", "by": samples.NORA, "ground": f"No {at}"}


def disputing(number: int) -> Iterator[Fields]:
    """A fact that all others dispute; then the others are retracted."""
    for at in range(2, number + 1):
        yield {"type": "facts.linked", "from": f"f{at}", "to": "f1", "relation": "disputes"}
    yield from (samples.retracted(f"f{at}") for at in range(2, number + 1))


HISTORIES: dict[str, Callable[[int], list[Fields]]] = {
    "facts": lambda number: [*facts(number)],
    "updates": lambda number: [*facts(2), *updates(number)],
    "sources": lambda number: [*facts(number)],
    "disputes": lambda number: [*facts(number), *disputing(number)],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, int], Archive]]:
    archives: dict[tuple[str, int], Archive] = {}

    def make(history: str, number: int) -> Archive:
        if (history, number) not in archives:
            path = tmp_path_factory.mktemp("growth") / "a.db"
            archives[history, number] = Archive.create(path, plugins())
            archives[history, number].record(HISTORIES[history](number))
        return archives[history, number]

    yield make
    for archive in archives.values():
        archive.close()


def folded(events: list[Event], view: str | None = None) -> None:
    states(events, plugins().registry(), [] if view is None else [plugins().views[view]])


@pytest.mark.parametrize("history", ["facts", "updates", "disputes"])
@pytest.mark.parametrize("view", [None, *VIEWS])
def test_the_steps_of_a_fold_grow_with_its_events(
    history: str, view: str | None, made: Callable[[str, int], Archive]
) -> None:
    small, large = (list(made(history, number).events("ferry")) for number in (SMALL, LARGE))

    assert steps(lambda: folded(large, view)) < MOST * steps(lambda: folded(small, view))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", EXPORTERS)
@pytest.mark.parametrize("history", ["facts", "updates", "disputes"])
def test_the_steps_of_an_export_grow_with_its_facts(
    history: str, name: str, made: Callable[[str, int], Archive]
) -> None:
    found = []
    for number in (SMALL, LARGE):
        with made(history, number).material("ferry") as material:
            exporter = plugins().exporters[name]
            found.append(steps(lambda m=material, e=exporter: "".join(e.export(m))))  # type: ignore[misc]

    assert found[1] < MOST * found[0]


def test_an_import_takes_no_more_steps_when_ids_are_given(tmp_path: Path) -> None:
    given = list(facts(200))
    left_out = [{key: line[key] for key in line if key != "fact"} for line in given]
    with Archive.create(tmp_path / "a.db", plugins()) as archive:
        found = [
            steps(lambda lines=lines: archive.record(lines, dry_run=True))  # type: ignore[misc]
            for lines in (left_out, given)
        ]

    assert found[1] < 1.1 * found[0]


def test_a_brief_reads_the_facts_once_for_all_sources(
    made: Callable[[str, int], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    plain = StoryState.shown
    monkeypatch.setattr(StoryState, "shown", lambda self: read.append(1) or plain(self))
    archive, found = made("sources", 1), []
    for number in range(1, 4):
        archive.record([samples.captured(f"FICTION. {number}")], story="ferry")
        with archive.material("ferry") as material:
            read.clear()
            "".join(plugins().exporters["markdown"].export(material))
            found.append(len(read))

    assert found == [found[0]] * 3


def test_stories_are_listed_without_reading_their_facts(
    made: Callable[[str, int], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    plain = Reader._event

    def counted(self: Reader, *given: Any) -> Event:
        read.append(given)
        return plain(self, *given)

    archives = [made("facts", number) for number in (SMALL, LARGE)]
    monkeypatch.setattr(Reader, "_event", counted)
    for archive, number in zip(archives, (SMALL, LARGE), strict=True):
        archive.overview()
        assert read
        read.clear()
        [story] = archive.overview()
        assert (story.facts, story.sources, len(read)) == (number, 1, 0)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(lines=histories())
def test_stories_are_counted_as_they_are_folded(lines: list[Fields]) -> None:
    with Archive.create("sqlite://", plugins()) as archive:
        archive.record(lines)
        for found in archive.overview():
            state = archive.state(found.story.slug)
            shown = sum(not fact.hidden for fact in state.facts.values())
            assert (found.title, found.closed) == (state.title, state.closed)
            assert (found.facts, found.sources) == (
                shown,
                len({*documents(state.sources, state.entity_id).values()}),
            )
            publishers = {state.entity_id(one.publisher) for one in state.sources.values()}
            dates = [fact.when for fact in state.shown() if fact.when is not None]
            assert found.publishers == len(publishers)
            assert found.earliest == min((d.earliest for d in dates if d.earliest), default=None)
            assert found.latest == max((d.latest for d in dates if d.latest), default=None)
            assert not found.sealed


def test_stories_are_listed_right_however_far_their_projection_is(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(db, plugins(), tmp_path / "keys") as archive:
        archive.record([*samples.story(), *samples.story(slug="bridge")])
        [bridge, before] = archive.overview()
        assert (before.title, before.facts, before.publishers) == (bridge.title, 2, 1)
        archive.retitle("ferry", "Another title")
        with monkeypatch.context() as patch:
            patch.setattr(overview_module, "catch_up", raised_busy)
            assert [one.title for one in archive.overview()] == [bridge.title, "Another title"]
        archive.record([samples.statement(text="Hers")], story="ferry", protect="her")
        assert [one.facts for one in archive.overview()] == [2, 3]
        assert archive.verify(deep_too=True).findings == []
        (tmp_path / "keys").rename(tmp_path / "away")
    with Archive.open(db, plugins(), tmp_path / "none", resume=False) as archive:
        [other, sealed] = archive.overview()
        assert (other, sealed.sealed, sealed.title) == (bridge, True, "")
    (tmp_path / "away").rename(tmp_path / "keys")
    with Archive.open(db, plugins(), tmp_path / "keys") as archive:
        archive.erase("her", reason="Asked for", basis="consent withdrawn")
        assert [one.facts for one in archive.overview()] == [2, 2]


def raised_busy(*_: object) -> None:
    raise DatelineError("busy", code="view-busy")


def test_a_retracted_fact_that_was_erased_is_counted_once(db: str, tmp_path: Path) -> None:
    with Archive.create(db, plugins(), tmp_path / "keys") as archive:
        archive.record([*samples.story(), samples.retracted("f1"), samples.statement(text="Two")])
        assert [story.facts for story in archive.overview()] == [2]
        archive.erase(positions=[6], reason="Asked for", basis="consent withdrawn")
        assert [story.facts for story in archive.overview()] == [2]
        state = archive.state("ferry")
        assert sum(not fact.hidden for fact in state.facts.values()) == 2


def test_the_first_rows_of_a_table_are_printed_before_the_last_are_made(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    seen = ""

    def rows() -> Iterator[list[object]]:
        nonlocal seen
        for number in range(5000):
            yield [f"f{number}", "some words", number]
            if number == 4000:
                seen = capfd.readouterr().out

    emit(["fact", "text", "value"], rows(), "table")
    assert "f3000" in seen
    assert "f4999" in capfd.readouterr().out
    assert (
        len({len(line) for line in seen.splitlines()}) == 1
    )  # the columns are wide enough for later ids


@pytest.mark.parametrize("width", ["80", "30"])
def test_rich_draws_no_row_of_a_table(
    width: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", width)

    def calls(number: int) -> int:
        count = 0

        def profile(frame: FrameType, kind: str, argument: Any) -> None:
            nonlocal count
            count += kind == "call" and "/rich/" in frame.f_code.co_filename

        rows = [[f"f{at}", "many words " * 9, "more words " * 9] for at in range(number)]
        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            emit(["fact", "text", "why"], rows, "table")
        finally:
            sys.setprofile(before)
        return count

    calls(1)  # fills caches
    assert calls(200) == calls(20)
