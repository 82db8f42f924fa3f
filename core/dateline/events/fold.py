"""The fold of a story's events into its current state, and what it adds to each event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec
from msgspec.structs import astuple

from dateline.errors import SealedContent
from dateline.events.corrections import corrected
from dateline.events.editorial import ContentErased, EvidenceAdded, FactCorrected, FactsLinked
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Data, Event
from dateline.events.index import brings, refers_to
from dateline.events.links import Link, Links
from dateline.events.payload import Erased, FactNotice, FactPayload, Raw, Sealed
from dateline.events.registry import Registry
from dateline.events.source import SourceCaptured, SourceWithdrawn
from dateline.events.state import Fact, StoryState
from dateline.events.status import Status
from dateline.events.story import StoryClosed, StoryOpened, StoryRetitled

#: What the fold adds to an event: the last four fields of `FoldedEvent`.
Added: TypeAlias = tuple[Fact | None, Fact | None, tuple[Fact, ...], StoryState]


class FoldedEvent(Event, frozen=True):
    """An event as a view's fold gets it.

    ``fact`` and ``before`` are the fact that the event is about, as it is after and before the event;
    ``touched`` holds every fact that the event changed, and ``state`` is the story after the event.
    """

    fact: Fact | None = None
    before: Fact | None = None
    touched: tuple[Fact, ...] = ()
    state: StoryState = None  # type: ignore[assignment]  # the fold always gives it


class StoryFold(StoryState):
    """A story's state that further events can be applied to."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        # Facts by an entity or source that they name and that is not there yet.
        self._waiting: dict[str, set[str]] = {}

    def release(self) -> None:
        """Drop everything, once the state is no longer needed. Facts and events refer back to it, so
        nothing would be freed before the next garbage collection."""
        for held in (self.facts, self.entities, self.sources):
            held.clear()
        self.__dict__.pop("read_only", None)  # it refers back
        self._links, self._index, self._by_name, self._kept = Links(), None, None, {}

    def apply(self, event: Event) -> FoldedEvent:
        """Fold one event; return it with what it did. Raises SealedContent, as `take` does."""
        # One concatenated tuple: naming each field takes several times as long.
        return FoldedEvent(*(astuple(event) + self.take(event)))

    def take(self, event: Event) -> Added:
        """Fold one event; return what it did.

        Raises SealedContent and changes nothing if the event is sealed: a state without it would be
        wrong.
        """
        data = event.data
        if type(data) is Sealed:
            raise SealedContent(event.slug, event.position, data.lost_key)
        self.version = event.version
        if event.recorded_us > self.recorded_us:  # noqa: PLR1730 - `max` takes three times as long
            self.recorded_us = event.recorded_us
        if event.subject_key is not None:
            self.tombstones.protect(event, event.subject_key, brings(data))
        if isinstance(data, FactPayload):
            fact = self._record(event, data)
            return fact, None, (fact,), self.read_only
        if isinstance(data, FactNotice):
            return self._notice(event, data)
        return None, None, self._refresh(self._context(event, data)), self.read_only

    def _context(self, event: Event, data: Data) -> Iterable[str]:
        """Fold an event about something that facts refer to; return the facts whose status or labels changed."""
        if isinstance(data, EntityIntroduced):
            self.entities[data.entity] = data
            self.labels[data.entity] = data.label
            named = self._waiting.pop(data.entity, ())
            if data.part_of is not None and data.part_of not in self.entities and named:
                self._waiting.setdefault(data.part_of, set()).update(named)
            return named
        if isinstance(data, SourceCaptured):
            self.sources[data.source] = data
            self.captured.setdefault(data.source, event.version)
            return self._waiting.pop(data.source, ())
        if isinstance(data, SourceWithdrawn):
            self.withdrawn[data.source] = data.reason
            return [fact.id for fact in self.naming(data.source) if fact.source == data.source]
        if isinstance(data, FactsLinked):
            from_ = self.facts.get(data.from_)
            self._links.add(Link(data, event), hidden=from_ is not None and from_.hidden)
            return {data.from_, data.to}
        self._story(event, data)
        return ()

    def _story(self, event: Event, data: Data) -> None:
        """Fold an event about the story itself, or one that cannot be read."""
        if isinstance(data, StoryOpened):
            self.id, self.slug, self.title = event.story, data.slug, data.title
            self.opened = data
        elif isinstance(data, StoryRetitled):
            self.title = data.title
        elif isinstance(data, StoryClosed):
            self.closed = True
        elif isinstance(data, Raw):
            if data.fact is not None and data.fact not in self.facts:
                self.tombstones.add_unread(data.fact)
        elif isinstance(data, ContentErased):
            self.tombstones.erase(event, data, self.registry)
        elif isinstance(data, Erased):
            self.tombstones.add_bodiless(event)

    def _record(self, event: Event, data: FactPayload) -> Fact:
        fact = Fact(
            id=data.fact,
            type=event.type,
            data=data,
            status="recorded",
            position=event.position,
            version=event.version,
            event_key=event.event_key,
            recorded_us=event.recorded_us,
            reported_us=event.reported_us,
            recorded_by=event.recorded_by,
            story=self.read_only,
            names=refers_to(data),
            older=None if event.original is None else (event.schema_version, event.original),
        )
        if data.source in self.withdrawn or self._links.all:
            status = self._status(fact)
            if status != fact.status:
                fact = msgspec.structs.replace(fact, status=status)
        self.facts[data.fact] = fact
        if self._index is not None:
            self._index.add(fact.id, (fact.source, *fact.names))
        self.tombstones.take(data.fact)
        self._wait_for(fact)
        return fact

    def _wait_for(self, fact: Fact) -> None:
        entities, source = self.entities, fact.data.source
        if source not in self.sources:
            self._waiting.setdefault(source, set()).add(fact.id)
        for name in fact.names:
            known = entities.get(name)
            # Rows may also show what an entity is part of.
            missing = name if known is None else known.part_of
            if missing is not None and missing not in entities:
                self._waiting.setdefault(missing, set()).add(fact.id)

    def _notice(self, event: Event, notice: FactNotice) -> Added:
        before = self.facts.get(notice.fact)
        if before is None:  # the fact has an unknown type, or was erased
            return None, None, (), self.read_only
        data: FactPayload = before.data
        older = before.older
        if isinstance(notice, FactCorrected):
            data, older = corrected(self.registry, before, notice)
        elif isinstance(notice, EvidenceAdded):
            data = msgspec.structs.replace(data, evidence=(*data.evidence, *notice.evidence))
            older = None
        fact = msgspec.structs.replace(
            before,
            data=data,
            names=refers_to(data),
            older=older,
            derived=None,
            history=(*before.history, event),
            notices=before.notices.and_(notice),
        )
        fact = msgspec.structs.replace(fact, status=self._status(fact))
        self.facts[fact.id] = fact
        if self._index is not None:
            self._index.add(fact.id, (fact.source, *fact.names))
        self._wait_for(fact)
        if fact.hidden != before.hidden:
            self._links.set_hidden(fact.id, fact.hidden)
        touched = (fact, *self._refresh(self._links.disputed_by(fact.id)))
        return fact, before, touched, self.read_only

    def _status(self, fact: Fact) -> Status:
        return fact.notices.status(
            withdrawn=fact.source in self.withdrawn, disputed=self._links.is_disputed(fact.id)
        )

    def _refresh(self, names: Iterable[str]) -> tuple[Fact, ...]:
        """Those facts with their status worked out again. They are all replaced, since a label or a
        source may have become known."""
        touched = []
        for name in sorted(names, key=lambda name: (len(name), name)):
            fact = self.facts.get(name)
            if fact is not None:
                fact = msgspec.structs.replace(fact, status=self._status(fact), derived=None)
                self.facts[name] = fact
                touched.append(fact)
        return tuple(touched)
