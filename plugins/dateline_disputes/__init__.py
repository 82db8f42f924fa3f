"""Disputes: what is contested, by whom and on what ground."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dateline.plugin import (
    ErasedFact,
    Event,
    Fact,
    FactDisputed,
    FactsLinked,
    FactView,
    FoldedEvent,
    Link,
    Nearby,
    View,
    ViewRow,
    hookimpl,
)

AGAINST = ("disputes", "contradicts")


class Disputes(FactView):
    """One row per dispute of a fact: a recorded dispute, or a fact that disputes or contradicts it.

    A row is removed when either fact is retracted or rejected.
    """

    name, version = "disputes", 2
    by, row_base = "fact", ViewRow
    order = ("number", "position")
    summary = ("fact", "text", "how", "by", "ground")

    class Row(ViewRow, frozen=True):
        fact: str
        number: int
        text: str
        chain: str
        agent_ids: str
        how: str
        by: str | None
        by_id: str | None
        by_fact: str | None
        ground: str | None
        by_chain: str | None
        by_agent_ids: str | None
        note: str | None
        position: int

    def rows(self, fact: Fact) -> Iterable[Row]:
        links = fact.story.linked(fact.id)
        return self._against(fact, links) if links or fact.history else ()

    def _against(self, fact: Fact, links: Iterable[Link]) -> Iterator[Row]:
        if fact.hidden:
            return
        for notice in fact.history:
            if isinstance(notice.data, FactDisputed):
                yield self._recorded(fact, notice)
        for link in links:
            left = fact.story.facts.get(link.data.from_)
            against = link.data.relation in AGAINST and link.data.to == fact.id
            if against and left is not None and not left.hidden:
                yield self._linked(left, fact, link)

    def key(self, row: Row, thing: Fact | ErasedFact, item: int) -> str:
        return str(row.position)

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Also the facts against which a touched fact speaks: their rows show its words."""
        for name in super().touched(event):
            yield name
            yield from (link.data.to for link in event.state.linked(name))

    def reads(self, event: FoldedEvent, names: Collection[str], nearby: Nearby) -> Collection[str]:
        return ()

    def _recorded(self, fact: Fact, notice: Event) -> Row:
        data = notice.data
        assert isinstance(data, FactDisputed)
        return self.Row(
            fact=fact.id,
            number=fact.position,
            text=fact.data.text,
            chain=fact.chain,
            agent_ids=fact.agent_ids,
            how="disputed",
            by=fact.label(data.by) or None,
            by_id=fact.story.id_of(data.by),
            by_fact=None,
            ground=data.ground,
            by_chain=None,
            by_agent_ids=None,
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
            agent_ids=right.agent_ids,
            how=data.relation,
            by=left.label(first) or None,
            by_id=left.story.id_of(first),
            by_fact=left.id,
            ground=left.data.text,
            by_chain=left.chain,
            by_agent_ids=left.agent_ids,
            note=data.note,
            position=link.event.position,
        )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Disputes()]
