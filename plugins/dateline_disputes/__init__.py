"""Disputes: what is contested, by whom and on what ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dateline.plugin import (
    EntityIntroduced,
    Event,
    Fact,
    FactDisputed,
    FactPayload,
    FactsLinked,
    FoldedEvent,
    Link,
    Rows,
    StoryState,
    View,
    ViewRow,
    hookimpl,
)

AGAINST = ("disputes", "contradicts")
_ENTITIES = ("person:", "org:", "place:", "group:")


class Disputes(View):
    """One row per dispute of a fact: a recorded dispute, or a fact that disputes or contradicts it.

    A row is removed when either fact is retracted or rejected.
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

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        state = event.state
        written = state.kept(self.name, Written)
        written.follow(event)
        for fact in event.touched:
            links: Sequence[Link] = ()
            notices: Sequence[Event] = ()
            if fact.id not in written.facts or _changes_rows(fact, event):
                notices, links = fact.history, state.linked(fact.id)
                written.facts.add(fact.id)
            elif fact is event.fact:
                notices = fact.history[-1:]
            for notice in notices:
                if isinstance(notice.data, FactDisputed):
                    self._set(rows, notice.position, fact, self._recorded(fact, notice))
                    if _not_introduced(notice.data.by, state):
                        written.facts.discard(fact.id)
            self._link(rows, state, links)
        if isinstance(event.data, FactsLinked):
            self._link(rows, state, state.links[-1:])

    def _link(self, rows: Rows, state: StoryState, links: Iterable[Link]) -> None:
        for link in links:
            left, right = state.facts.get(link.data.from_), state.facts.get(link.data.to)
            if link.data.relation in AGAINST and left is not None and right is not None:
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


class Written:
    """Facts whose rows are all written under the current names of their entities: their next event
    need not write every row again."""

    def __init__(self) -> None:
        self.facts: set[str] = set()
        self._version = 0

    def follow(self, event: FoldedEvent) -> None:
        """Start empty unless the preceding event of the story was followed too."""
        if self._version != event.version - 1:
            self.facts.clear()
        self._version = event.version


def _changes_rows(fact: Fact, event: FoldedEvent) -> bool:
    """Whether the event changes the content of a fact's rows, and not just its status."""
    before = event.before
    if fact is not event.fact or before is None:
        return isinstance(event.data, EntityIntroduced | FactPayload)
    old, new = before.data, fact.data
    shown = (old.text, old.attribution, before.hidden)
    return shown != (new.text, new.attribution, fact.hidden)


def _not_introduced(entity: str | None, state: StoryState) -> bool:
    """Whether an entity is used before it is introduced: its name may still follow."""
    return entity is not None and entity not in state.entities and entity.startswith(_ENTITIES)


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Disputes()]
