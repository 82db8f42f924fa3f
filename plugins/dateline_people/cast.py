"""The people in the facts of a story, updated event by event."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from dateline.plugin import Fact, RoleRecorded, StatementRecorded, Tally


class Part:
    """The statements and roles of one person, without retracted and rejected facts.

    ``facts`` counts all facts, including those. ``statements`` lists the ids in the order of
    recording.
    """

    def __init__(self) -> None:
        self.facts = 0
        self.roles: dict[str, None] = {}
        self.statements = ""
        self._said: list[tuple[int, str]] = []

    @property
    def said(self) -> int:
        return len(self._said)

    def speaks(self, fact: Fact) -> None:
        place = (fact.version, fact.id)
        if not self._said or self._said[-1] < place:
            self._said.append(place)
            # Append: joining all ids again for each statement would take too long.
            self.statements += f", {fact.id}" if self.statements else fact.id
        else:
            insort(self._said, place)
            self._join()

    def spoke(self, fact: Fact) -> None:
        del self._said[bisect_left(self._said, (fact.version, fact.id))]
        self._join()

    def _join(self) -> None:
        self.statements = ", ".join([name for _, name in self._said])


class Cast(Tally):
    """The part of each person."""

    def __init__(self) -> None:
        self._changed: set[str] | None = None
        self._by: dict[str, Part] = {}

    def of(self, person: str) -> Part:
        return self._by.setdefault(person, Part())

    def said_more(self, person: str) -> bool:
        """Whether the last event changed what a person said, or may have changed it."""
        return self._changed is None or person in self._changed

    def begin(self, facts: Iterable[Fact]) -> None:
        self._by.clear()
        for fact in sorted(facts, key=lambda fact: fact.version):
            self.move(None, fact)
        self._changed = None  # the state before this event is not known

    def move(self, before: Fact | None, after: Fact | None) -> None:
        for fact, step in ((before, -1), (after, 1)):
            for person in () if fact is None else persons(fact):
                part = self.of(person)
                part.facts += step
                if fact is not None and isinstance(fact.data, RoleRecorded):
                    part.roles.pop(fact.id, None)
                    if step > 0 and not fact.hidden:
                        part.roles[fact.id] = None
        spoke, speak = _speakers(before), _speakers(after)
        self._changed = spoke ^ speak
        for person in spoke - speak:
            assert before is not None
            self.of(person).spoke(before)
        for person in speak - spoke:
            assert after is not None
            self.of(person).speaks(after)


def persons(fact: Fact) -> set[str]:
    """The people whose role or statement a fact records."""
    data = fact.data
    if isinstance(data, RoleRecorded):
        return {data.person}
    if isinstance(data, StatementRecorded):
        return {name for name in data.speakers if name.startswith("person:")}
    return set()


def _speakers(fact: Fact | None) -> set[str]:
    said = fact is not None and not fact.hidden and isinstance(fact.data, StatementRecorded)
    return persons(fact) if fact is not None and said else set()
