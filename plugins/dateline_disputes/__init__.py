"""Disputes: what is contested, by whom, on what ground."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import (
    Event,
    Fact,
    FactDisputed,
    FactsLinked,
    Link,
    Rows,
    View,
    ViewRow,
    hookimpl,
)

AGAINST = ("disputes", "contradicts")


class Disputes(View):
    """One row a dispute of a fact: recorded as such, or a fact that disputes or contradicts it.

    A row goes when either fact is retracted or rejected.
    """

    name, version = "disputes", 1
    order = ("number", "position")
    summary = ("fact", "text", "how", "by", "ground")

    class Row(ViewRow, frozen=True):
        fact: str
        number: int
        text: str
        chain: str
        how: str
        by: str | None
        by_fact: str | None
        ground: str | None
        by_chain: str | None
        note: str | None
        position: int

    def fold(self, event: Event, rows: Rows) -> None:
        state = event.state
        if state is None:
            return
        touched = {fact.id for fact in event.touched}
        for fact in event.touched:
            for notice in fact.history:
                if isinstance(notice.data, FactDisputed):
                    self._set(rows, notice.position, fact, self._recorded(fact, notice))
        for link in state.links:
            ends = {link.data.from_, link.data.to}
            if link.data.relation in AGAINST and (ends & touched or link.event.data is event.data):
                left, right = state.facts.get(link.data.from_), state.facts.get(link.data.to)
                if left is not None and right is not None:
                    row = None if left.hidden else self._linked(left, right, link)
                    self._set(rows, link.event.position, right, row)

    def _set(self, rows: Rows, position: int, fact: Fact, row: Row | None) -> None:
        if row is None or fact.hidden:
            rows.drop(str(position))
        else:
            rows.put(str(position), row)

    def _recorded(self, fact: Fact, notice: Event) -> Row:
        data = notice.data
        assert isinstance(data, FactDisputed)
        return self.Row(
            fact=fact.id,
            number=fact.position,
            text=fact.data.text,
            chain=fact.chain,
            how="disputed",
            by=fact.label(data.by) or None,
            by_fact=None,
            ground=data.ground,
            by_chain=None,
            note=None,
            position=notice.position,
        )

    def _linked(self, left: Fact, right: Fact, link: Link) -> Row:
        data: FactsLinked = link.data
        first = left.data.attribution[0].agent if left.data.attribution else None
        return self.Row(
            fact=right.id,
            number=right.position,
            text=right.data.text,
            chain=right.chain,
            how=data.relation,
            by=left.label(first) or None,
            by_fact=left.id,
            ground=left.data.text,
            by_chain=left.chain,
            note=data.note,
            position=link.event.position,
        )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Disputes()]
