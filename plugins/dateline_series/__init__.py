"""Series: how a figure moved, in the order of what it is about, whoever recorded it when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dateline.plugin import (
    AllSeries,
    Fact,
    FactRow,
    FactView,
    FigureRecorded,
    FoldedEvent,
    Nearby,
    View,
    figure_words,
    figures,
    hookimpl,
    last,
    to_iso,
)


class Series(FactView):
    """One row per figure. Rows with the same ``series`` have one measure, place and unit.

    They are ordered by the time that they are about: the date of the figure, else when its fact held or
    was said. Undated ones come last. ``supersedes`` is the fact whose figure came before, and ``before``
    its words: an earlier figure of the same publisher about the same time, else the last one about a
    time that is certainly earlier. ``corrected`` has the words as they were before a correction. A
    running total that was updated has an ``earlier`` row for each value that it had.
    """

    name, version = "series", 2
    order = ("series", "undated", "earliest", last("latest"), "public_at", "position", "item")
    indexes = (("series",),)
    summary = ("measure", "place", "when", "words", "before", "corrected", "status", "chain")

    class Row(FactRow, frozen=True):
        series: str
        measure: str
        place: str
        place_ids: str
        unit: str | None
        when: str
        words: str
        supersedes: str | None
        before: str | None
        corrected: str | None
        earlier: bool
        value: float | None
        of: float | None
        lower: float | None
        upper: float | None
        lower_inclusive: bool | None
        upper_inclusive: bool | None
        approximate: bool
        corrected_value: float | None
        edtf: str | None
        earliest: str | None
        latest: str | None
        undated: bool
        cumulative: bool | None
        public_at: str
        publisher: str
        publisher_id: str | None
        chain: str
        agent_ids: str
        verbatim: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        return self._rows(fact) if fact.data.quantities else ()

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Also the facts whose figures superseded one of a touched fact, or do so now."""
        return AllSeries.touched(event)

    def reads(self, event: FoldedEvent, names: Collection[str], nearby: Nearby) -> Collection[str]:
        """All facts with a figure in the same series."""
        facts = (event.before, *map(event.state.facts.get, names))
        keys = {one.series for fact in facts if fact is not None for one in figures(fact)}
        rows = (row for key in keys for row in nearby.stored("series", key, "fact"))
        return {fact for (fact,) in rows}

    def _rows(self, fact: Fact) -> Iterator[Row]:
        series, data = AllSeries.of(fact.story), fact.data
        places = [*dict.fromkeys(ref.place for ref in data.places)]
        place, place_ids = fact.labels(places), fact.ids(places)
        publisher = data.attribution[-1].agent if data.attribution else None
        for figure in figures(fact):
            quantity, about, first = figure.quantity, figure.about, figure.first
            before = series.superseded(fact, figure)
            yield self.Row(
                figure.series,
                quantity.measure,
                place,
                place_ids,
                quantity.unit,
                "undated" if about is None else about.words,
                figure_words(quantity),
                None if before is None else before.fact,
                None if before is None else before.words,
                None if first is None else figure_words(first),
                not figure.last,
                quantity.value,
                quantity.of,
                quantity.lower,
                quantity.upper,
                quantity.lower_inclusive,
                # Python calls with more than 15 keywords are five times as slow.
                upper_inclusive=quantity.upper_inclusive,
                approximate=quantity.approximate,
                corrected_value=None if first is None else first.value,
                edtf=None if about is None else about.text,
                earliest=None if about is None else about.earliest,
                latest=None if about is None else about.latest,
                undated=about is None,
                cumulative=data.cumulative if isinstance(data, FigureRecorded) else None,
                public_at=to_iso(figure.public_us),
                publisher=fact.label(publisher),
                publisher_id=fact.story.id_of(publisher),
                chain=fact.chain,
                agent_ids=fact.agent_ids,
                verbatim=quantity.verbatim,
            )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Series()]
