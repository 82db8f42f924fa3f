"""What remains of events that cannot be read: their ids, and the numbers that stay taken."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from dateline.events.clock import to_iso
from dateline.events.editorial import ContentErased
from dateline.events.envelope import Event
from dateline.events.payload import FACT
from dateline.events.registry import Registry


class ErasedFact(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of an erased fact: its id, its kind, its place, and why it was erased.

    ``position`` is the position of the event that recorded it, or of the erasure if that event is not
    in this archive; ``told`` is the position of the erasure. Its source and the method are not known any more.
    """

    id: str
    kind: str
    position: int
    reason: str
    basis: str
    erased_us: int
    told: int = 0
    status: Literal["erased"] = "erased"
    source: str = ""
    method: str = ""

    @property
    def words(self) -> str:
        """``[erased] 2024-03-09: asked for (consent withdrawn)``"""
        return f"[erased] {self.why}"

    @property
    def why(self) -> str:
        """``2024-03-09: asked for (consent withdrawn)``"""
        return f"{to_iso(self.erased_us)[:10]}: {self.reason} ({self.basis})"


class Tombstones:
    """The events of a story that were erased, are protected, or have an unknown type."""

    def __init__(self) -> None:
        #: The highest number of a fact, erased facts included. No number is given twice.
        self.highest = 0
        #: Ids of facts that cannot be read here because their type is unknown.
        self.unread: set[str] = set()
        #: Facts that were erased, by id.
        self.facts: dict[str, ErasedFact] = {}
        #: Events that were erased here or in another archive, with the position of the erasure.
        self.events: dict[UUID, int] = {}
        #: Types of the events that were erased.
        self.types: frozenset[str] = frozenset()
        #: Facts, entities and sources that are protected, with the id of the key.
        self.protected: dict[str, str] = {}
        #: Events that are or were protected; and the ids of the keys, destroyed ones included.
        self.protected_events: set[bytes] = set()
        self.keys: set[str] = set()
        # Events without a body whose erasure is not folded yet, with their positions.
        self._bodiless: dict[UUID, int] = {}

    def take(self, fact: str) -> None:
        """Note that a fact's number is taken."""
        # A nine-digit number follows a numbering scheme of the author: counting on from it would run out.
        if len(fact) < 10:
            if fact == f"f{self.highest + 1}":  # as most are
                self.highest += 1
            elif FACT.fullmatch(fact):
                self.highest = max(self.highest, int(fact[1:]))

    def add_unread(self, fact: str) -> None:
        """Note a fact of an unknown type: its id stays taken."""
        self.unread.add(fact)
        self.take(fact)

    def protect(self, event: Event, subject_key: str, brought: str | None) -> None:
        """Fold the protection of an event; `brought` is the id of the fact, entity or source it brings."""
        self.keys.add(subject_key)
        self.protected_events.add(event.event_key)
        if brought is not None:
            self.protected[brought] = subject_key

    def add_bodiless(self, event: Event) -> None:
        """Fold an event without a body."""
        self._bodiless[event.event_id] = event.position

    def erase(self, event: Event, data: ContentErased, registry: Registry) -> None:
        """Fold an erasure."""
        self.types |= {item.type for item in data.events}
        if data.subject_key is not None:
            self.keys.add(data.subject_key)
        for item in data.events:
            known = item.event_id in self.events
            if item.fact is None and not known and registry.records_facts(item.type):
                self.highest += 1  # it had a number that is no longer known
            self.events[item.event_id] = event.position
            position = self._bodiless.pop(item.event_id, event.position)
            if item.fact is not None:
                self.take(item.fact)
                self.facts[item.fact] = ErasedFact(
                    id=item.fact,
                    kind=item.type.rsplit(".", 1)[0],
                    position=position,
                    reason=data.reason,
                    basis=data.basis,
                    erased_us=event.recorded_us,
                    told=event.position,
                )
