"""Figures: every number in a story, with its bounds and where it is written."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Fact, FactRow, FactView, FigureRecorded, View, hookimpl, quantity_words


class Figures(FactView):
    """One row per quantity, of ``figure`` facts and of every other kind.

    ``value`` is empty where the source gave only bounds: precision is never invented.
    ``lower_inclusive`` and ``upper_inclusive`` state whether a bound itself is included.
    """

    name, version = "figures", 1
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
        text: str
        start: int | None
        end: int | None

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        when = fact.when
        data = fact.data
        figure = data if isinstance(data, FigureRecorded) else None
        for quantity in data.quantities:
            spans = [item for item in data.evidence if item.exact == quantity.verbatim]
            span = spans[0] if spans else fact.span
            yield self.Row(
                measure=quantity.measure,
                words=quantity_words(quantity),
                unit=quantity.unit,
                value=quantity.value,
                of=quantity.of,
                lower=quantity.lower,
                upper=quantity.upper,
                lower_inclusive=quantity.lower_inclusive,
                upper_inclusive=quantity.upper_inclusive,
                ordinal=quantity.ordinal,
                approximate=quantity.approximate,
                verbatim=quantity.verbatim,
                kind=fact.kind,
                cumulative=None if figure is None else figure.cumulative,
                when="undated" if when is None else when.words,
                as_of=None if figure is None else figure.as_of,
                earliest=None if when is None else when.earliest,
                latest=None if when is None else when.latest,
                chain=fact.chain,
                text=data.text,
                start=None if span is None else span.start,
                end=None if span is None else span.end,
            )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Figures()]
