"""Figures: every number in a story, with its bounds and where it is written."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Fact, FactRow, FactView, FigureRecorded, View, hookimpl, quantity_words


class Figures(FactView):
    """One row per quantity, of ``figure`` facts and of every other kind.

    ``value`` is empty where the source gave only bounds: precision is never invented.
    ``lower_inclusive`` and ``upper_inclusive`` state whether a bound itself is included.
    """

    name, version = "figures", 2
    indexes = (("measure",),)
    summary = ("fact", "status", "words", "measure", "when", "chain")

    class Row(FactRow, frozen=True):
        measure: str
        words: str
        unit: str | None
        value: float | None
        of: float | None
        lower: float | None
        upper: float | None
        lower_inclusive: bool | None
        upper_inclusive: bool | None
        ordinal: int | None
        approximate: bool
        verbatim: str
        kind: str
        cumulative: bool | None
        when: str
        as_of: str | None
        earliest: str | None
        latest: str | None
        chain: str
        agent_ids: str
        text: str
        start: int | None
        end: int | None

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        data = fact.data
        for quantity in data.quantities:
            when = fact.when
            figure = data if isinstance(data, FigureRecorded) else None
            spans = [item for item in data.evidence if item.exact == quantity.verbatim]
            span = spans[0] if spans else fact.span
            # The first by position: Python calls with more than 15 keywords are five times as slow.
            yield self.Row(
                quantity.measure,
                quantity_words(quantity),
                quantity.unit,
                quantity.value,
                quantity.of,
                quantity.lower,
                quantity.upper,
                quantity.lower_inclusive,
                quantity.upper_inclusive,
                quantity.ordinal,
                approximate=quantity.approximate,
                verbatim=quantity.verbatim,
                kind=fact.kind,
                cumulative=None if figure is None else figure.cumulative,
                when="undated" if when is None else when.words,
                as_of=None if figure is None else figure.as_of,
                earliest=None if when is None else when.earliest,
                latest=None if when is None else when.latest,
                chain=fact.chain,
                agent_ids=fact.agent_ids,
                text=data.text,
                start=None if span is None else span.start,
                end=None if span is None else span.end,
            )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Figures()]
