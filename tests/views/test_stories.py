"""However a log is cut into chunks, the rows are the same, and a view stops at the same event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.plugin import Fact, FactRow, FactView, FoldedEvent, Rows, View, ViewRow
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import Fields
from dateline.views import chunk as chunk_module
from dateline.views.chunk import Chunk, chunks, read_chunk
from dateline.views.stories import Failure, Folded, fold_stories


class Tally(View):
    """A general view: it reads its own rows, and drops some."""

    name, version = "tally", 1

    class Row(ViewRow, frozen=True):
        number: int

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        row = rows.get(event.type)
        rows.put(event.type, self.Row(number=1 + (row.number if row else 0)))
        if event.type == "story.closed":
            rows.drop("story.opened")


class Stops(Tally):
    """It raises at the events of one type."""

    name = "stops"
    at = ""

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        if event.type == self.at:
            raise ZeroDivisionError("enough")
        super().fold(event, rows)


class Picky(FactView):
    """A view of facts: it raises at those of one kind."""

    name, version, at = "picky", 1, ""

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> Iterable[Row]:
        if fact.data.type == self.at:
            raise ZeroDivisionError("enough")
        yield self.Row(text=fact.data.text)


def fold(archive: Archive, some: Chunk, *more: View) -> Folded:
    views = [*plugins().views.values(), *more]
    stories = read_chunk(archive._engine, archive._reader, some, page=3)
    return fold_stories(archive._reader.registry, views, stories)


@st.composite
def logs(draw: st.DrawFn) -> list[list[Fields]]:
    count = draw(st.integers(0, 4))
    return [draw(histories(slug=f"made-up-{at}", max_length=8)) for at in range(count)]


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(logs(), st.integers(1, 40), st.integers(0, 40), st.sampled_from(list(samples.story())))
def test_any_split_into_chunks_gives_the_same_rows_and_failures(
    stories: list[list[Fields]], size: int, less: int, stop: Fields
) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        for lines in stories:
            archive.record(lines)
        target = max(0, archive.head().position - less)
        stops, picky = Stops(), Picky()
        stops.at = picky.at = str(stop["type"])
        whole = fold(archive, Chunk(b"", None, target), Tally(), stops, picky)
        parts = [
            fold(archive, some, Tally(), stops, picky)
            for some in chunks(archive._engine, b"", target, size)
        ]

        assert sum(part.events for part in parts) == whole.events == target
        for name in whole.rows:
            assert [row for part in parts for row in part.rows[name]] == whole.rows[name]
        failures: dict[str, Failure] = {}
        for part in parts:
            failures = part.failures | failures
        assert failures == whole.failures


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, plugins()) as archive:
        for number in range(7):
            archive.record(samples.story(slug=f"ferry-{number}"))
        yield archive


@pytest.mark.parametrize("page", [1, 3, 5000])
@pytest.mark.parametrize("stories", [1, 2, 3, 7, 9])
def test_chunks_have_about_as_many_events_as_asked(
    archive: Archive, stories: int, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk_module, "_PAGE", page)
    head, size = archive.head().position, len(samples.story())
    found = list(chunks(archive._engine, b"", head, stories * size))
    counts = [fold(archive, one).events // size for one in found]

    assert counts == [*[stories] * (7 // stories), *([7 % stories] if 7 % stories else [])]
    assert found[0].after == b"" and found[-1].until is None
    assert all(one.until == next_.after for one, next_ in pairwise(found))


def test_a_story_larger_than_a_chunk_is_in_one(archive: Archive) -> None:
    assert len(list(chunks(archive._engine, b"", archive.head().position, 1))) == 7


def test_chunks_go_on_after_a_cursor(archive: Archive) -> None:
    first, *rest = chunks(archive._engine, b"", archive.head().position, 1)
    assert first.until is not None
    assert list(chunks(archive._engine, first.until, archive.head().position, 1)) == rest


def test_a_failure_names_the_first_event_and_the_others_go_on(archive: Archive) -> None:
    stops, picky = Stops(), Picky()
    stops.at, picky.at = "source.captured", "figure.recorded"
    folded = fold(archive, Chunk(b"", None, archive.head().position), Tally(), stops, picky)

    for view in (stops, picky):
        assert "ZeroDivisionError: enough" in folded.failures[view.name].error
        first = min(event.position for event in archive.events() if event.type == view.at)
        assert folded.failures[view.name].position == first
        assert view.name not in folded.rows
    assert len(folded.rows["tally"]) == 7 * 5


def test_no_transaction_is_open_while_stories_are_decoded_and_folded(archive: Archive) -> None:
    """SQLite's write-ahead log would grow for as long as anybody reads."""
    archive._engine.dispose()
    stories = read_chunk(archive._engine, archive._reader, Chunk(b"", None, 10), page=3)
    assert len(next(iter(stories))) == 7
    assert archive._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
