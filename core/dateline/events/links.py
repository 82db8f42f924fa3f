"""Links between the facts of a story, and which facts are disputed by them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dateline.events.editorial import FactsLinked
from dateline.events.envelope import Event
from dateline.events.frozen import FrozenList


class Link(msgspec.Struct, frozen=True):
    """A link between two facts, and the event that made it."""

    data: FactsLinked
    event: Event


class Links:
    """The links of a story."""

    def __init__(self) -> None:
        #: In the order of recording. Readers get this list, so only `add` extends it.
        self.all: list[Link] = FrozenList()
        self._by_fact: dict[str, list[Link]] = {}
        # How many visible facts dispute a fact; and which facts a fact disputes.
        self._disputing: dict[str, int] = {}
        self._disputes: dict[str, tuple[str, ...]] = {}

    def add(self, link: Link, *, hidden: bool) -> None:
        """Add a link. A `hidden` fact disputes nothing."""
        list.append(self.all, link)
        from_, to = link.data.from_, link.data.to
        for end in dict.fromkeys((from_, to)):
            self._by_fact.setdefault(end, []).append(link)
        if link.data.relation != "disputes":
            return
        self._disputes[from_] = (*self._disputes.get(from_, ()), to)
        if not hidden:
            self._disputing[to] = self._disputing.get(to, 0) + 1

    def of(self, fact: str) -> Sequence[Link]:
        """Links from or to a fact. Other links are not scanned."""
        found = self._by_fact.get(fact)
        return () if found is None else tuple(found)

    def disputed_by(self, fact: str) -> tuple[str, ...]:
        """The facts that a fact disputes, if it is not hidden."""
        return self._disputes.get(fact, ())

    def set_hidden(self, fact: str, hidden: bool) -> None:
        """Note that a fact was hidden, and no longer disputes anything, or that it is shown again."""
        for to in self.disputed_by(fact):
            self._disputing[to] = self._disputing.get(to, 0) + (-1 if hidden else 1)

    def is_disputed(self, fact: str) -> bool:
        return bool(self._disputing.get(fact))
