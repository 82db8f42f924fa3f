"""The timeline: every fact of a story, by date."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import ErasedFact, Fact, FactRow, FactView, View, hookimpl, last


class Timeline(FactView):
    """One row per fact, ordered by earliest, then by latest date; undated facts come last.

    An empty ``earliest`` is an open start, an empty ``latest`` an open end; ``undated`` rows have
    neither. Dates are ISO 8601 and sort as text; ``edtf`` is what was recorded.
    """

    name, version = "timeline", 2
    order = ("undated", "earliest", last("latest"), "position")
    indexes = (("latest", "earliest"),)
    summary = ("when", "fact", "kind", "status", "text", "chain")

    class Row(FactRow, frozen=True):
        kind: str
        when: str
        edtf: str | None
        earliest: str | None
        latest: str | None
        undated: bool
        text: str
        chain: str
        agent_ids: str
        places: str
        place_ids: str
        start: int | None
        end: int | None
        exact: str | None

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        when, span = fact.when, fact.span
        places = [place.place for place in fact.data.places]
        yield self.Row(
            kind=fact.kind,
            when="undated" if when is None else when.words,
            edtf=None if when is None else when.text,
            earliest=None if when is None else when.earliest,
            latest=None if when is None else when.latest,
            undated=when is None,
            text=fact.data.text,
            chain=fact.chain,
            agent_ids=fact.agent_ids,
            places=fact.labels(places),
            place_ids=fact.ids(places),
            start=None if span is None else span.start,
            end=None if span is None else span.end,
            exact=None if span is None else span.exact,
        )

    def erased(self, fact: ErasedFact) -> Iterable[FactRow]:
        """An erased fact keeps its place in the order of recording, undated: its date was erased too."""
        yield self.Row(
            kind=fact.kind,
            when="undated",
            edtf=None,
            earliest=None,
            latest=None,
            undated=True,
            text=fact.words,
            chain="",
            agent_ids="",
            places="",
            place_ids="",
            start=None,
            end=None,
            exact=None,
        )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Timeline()]
