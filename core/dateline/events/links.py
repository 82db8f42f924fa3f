"""Links between the facts of a story, and which facts are disputed by them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

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
        self._revoked: dict[bytes, Link] = {}
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

    def revoke(self, key: bytes, ends: Iterable[str], hidden: Callable[[str], bool]) -> Link | None:
        """Take back the link between the facts `ends` that the event `key` made, and return it; None if
        it is not in force. `hidden` tells whether a fact is hidden."""
        links = (link for end in ends for link in self._by_fact.get(end, ()))
        link = next((one for one in links if one.event.event_key == key), None)
        if link is None:
            return None
        self._revoked[key] = link
        for listed in self._lists(link):
            list.pop(listed, _place(listed, link))
        self._count(link, hidden(link.data.from_), -1)
        return link

    def restore(
        self, key: bytes, ends: Iterable[str], hidden: Callable[[str], bool]
    ) -> Link | None:
        """Put a link back that was taken back, and return it; None if none was."""
        link = self._revoked.pop(key, None)
        if link is not None:
            for listed in self._lists(link):
                list.insert(listed, _place(listed, link), link)
            self._count(link, hidden(link.data.from_), 1)
        return link

    def _lists(self, link: Link) -> list[list[Link]]:
        ends = dict.fromkeys((link.data.from_, link.data.to))
        return [self.all, *(self._by_fact.setdefault(end, []) for end in ends)]

    def _count(self, link: Link, hidden: bool, change: int) -> None:
        from_, to = link.data.from_, link.data.to
        if link.data.relation == "disputes":
            links = (one.data for one in self._by_fact[from_])
            self._disputes[from_] = tuple(
                one.to for one in links if one.from_ == from_ and one.relation == "disputes"
            )
            if not hidden:
                self._disputing[to] = self._disputing.get(to, 0) + change

    def of(self, fact: str) -> Sequence[Link]:
        """Links from or to a fact. Other links are not scanned."""
        found = self._by_fact.get(fact)
        return () if found is None else tuple(found)

    def ever(self, fact: str) -> list[Link]:
        """The same, and the links that were taken back."""
        revoked = (one for one in self._revoked.values() if fact in (one.data.from_, one.data.to))
        return [*self.of(fact), *revoked]

    def disputed_by(self, fact: str) -> tuple[str, ...]:
        """The facts that a fact disputes, if it is not hidden."""
        return self._disputes.get(fact, ())

    def set_hidden(self, fact: str, hidden: bool) -> None:
        """Note that a fact was hidden, and no longer disputes anything, or that it is shown again."""
        for to in self.disputed_by(fact):
            self._disputing[to] = self._disputing.get(to, 0) + (-1 if hidden else 1)

    def is_disputed(self, fact: str) -> bool:
        return bool(self._disputing.get(fact))


def _place(links: Sequence[Link], link: Link) -> int:
    """Where a link is in a list in the order of recording, or belongs."""
    return bisect_left(links, link.event.version, key=lambda one: one.event.version)
