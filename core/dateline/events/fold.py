"""The fold of a story's events into its current state, and what it adds to each event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec
from msgspec.structs import astuple

from dateline.errors import SealedContent
from dateline.events.acts import after, weighed
from dateline.events.amending import amended
from dateline.events.editorial import ContentErased, EventRevoked, FactsLinked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Data, Event
from dateline.events.index import brings, refers_to
from dateline.events.links import Link, Links
from dateline.events.payload import Erased, FactNotice, FactPayload, Raw, Sealed
from dateline.events.registry import Registry
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
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
        # Amended entities as they were introduced.
        self._entities: dict[str, EntityIntroduced] = {}

    def release(self) -> None:
        """Drop everything, once the state is no longer needed. Facts and events refer back to it, so
        nothing would be freed before the next garbage collection."""
        for held in (self.facts, self.entities, self.sources, self._acts):
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
        if isinstance(data, EventRevoked):
            return self._revoke(event, data)
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
            if data.source in self.sources:
                self._was(data.source)
            self.sources[data.source] = data
            self._acts[event.event_key] = event
            self.captured.setdefault(data.source, event.version)
            return self._waiting.pop(data.source, ())
        if isinstance(data, SourceWithdrawn | SourceAmended | EntityAmended | EntityMerged):
            self._acts[event.event_key] = event
            return self._put(event, data)
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
            self._acts[event.event_key] = event
            self.closed = True
        elif isinstance(data, Raw):
            if data.fact is not None and data.fact not in self.facts:
                self.tombstones.add_unread(data.fact)
        elif isinstance(data, ContentErased):
            self.tombstones.erase(event, data, self.registry)
        elif isinstance(data, Erased):
            self.tombstones.add_bodiless(event)

    def _put(self, event: Event, data: Data) -> Iterable[str]:
        """Put an act into force; return the facts whose status or labels changed."""
        if isinstance(data, SourceWithdrawn):
            self.withdrawn[data.source] = data.reason
            return self._drawn(data.source)
        if isinstance(data, SourceAmended):
            return self._amend(data.source, (*self.amendments.get(data.source, ()), event))
        if isinstance(data, EntityAmended):
            return self._amend(data.entity, (*self.amendments.get(data.entity, ()), event))
        if isinstance(data, EntityMerged):
            if self.entity_id(data.into) != data.entity:  # a circle would have no end
                self.merged[data.entity] = data.into
            return self._renamed(data.entity)
        if isinstance(data, StoryClosed):
            self.closed = True
        elif isinstance(data, SourceCaptured):
            self.captured[data.source] = event.version
            self._amend(data.source, self.amendments.get(data.source, ()), data)
            ordered = sorted(self.sources.items(), key=lambda item: self.captured[item[0]])
            self.sources.clear()
            self.sources.update(ordered)
        return ()

    def _take_back(self, event: Event, data: Data) -> Iterable[str]:
        """Take an act out of force; return the facts whose status or labels changed."""
        if isinstance(data, SourceWithdrawn):
            self.withdrawn.pop(data.source, None)
            return self._drawn(data.source)
        if isinstance(data, SourceAmended | EntityAmended):
            name = data.source if isinstance(data, SourceAmended) else data.entity
            left = self.amendments.get(name, ())
            return self._amend(name, tuple(one for one in left if one is not event))
        if isinstance(data, EntityMerged):
            shown = self._renamed(data.entity)
            self.merged.pop(data.entity, None)
            return {*shown, *self._renamed(data.entity)}
        if isinstance(data, StoryClosed):
            self.closed = False
        elif isinstance(data, SourceCaptured):
            self._was(data.source)
            self.sources.pop(data.source, None)
            self.captured.pop(data.source, None)
        return ()

    def _was(self, name: str) -> None:
        """Remember what a source was, because it changes."""
        source, known = self.sources.get(name), self.former.get(name, ())
        if source is not None and source not in known:
            self.former[name] = (*known, source)

    def _drawn(self, source: str) -> list[str]:
        return [fact.id for fact in self.naming(source) if fact.source == source]

    def _amend(
        self, name: str, events: tuple[Event, ...], base: SourceCaptured | None = None
    ) -> Iterable[str]:
        """Give a source or entity the amendments in force; return the facts that show it."""
        if events:
            self.amendments[name] = tuple(sorted(events, key=lambda event: event.version))
        else:
            self.amendments.pop(name, None)
        changes = [event.data for event in self.amendments.get(name, ())]
        if (entity := self.entities.get(name)) is not None:
            was = self._entities.setdefault(name, entity)
            self.entities[name] = amended(was, changes)  # type: ignore[arg-type]
            return self._renamed(name)
        if (source := base or self.sources.get(name)) is None:
            return ()  # it was erased, or its capture was taken back
        self._was(name)
        held = self._sources.setdefault(name, source)
        self.sources[name] = found = amended(held, changes)  # type: ignore[arg-type]
        had = self.publishers.get(name, frozenset({held.publisher}))
        self.publishers[name] = had | {found.publisher}
        return self._drawn(name)

    def _renamed(self, entity: str) -> Iterable[str]:
        """Work out again the label of an entity and of those merged into it; return the facts that show
        one of them."""
        names = {entity, *(one for one in self.merged if self._leads(one, entity))}
        for name in names:
            kept = self.entities.get(self.entity_id(name)) or self.entities.get(name)
            self.labels[name] = name if kept is None else kept.label
        parts = {one.entity for one in self.entities.values() if one.part_of in names}
        return {fact.id for name in names | parts for fact in self.naming(name)}

    def _leads(self, name: str, entity: str) -> bool:
        """Whether `name` was merged into `entity`, perhaps through others."""
        while name in self.merged and name != entity:
            name = self.merged[name]
        return name == entity

    def _revoke(self, event: Event, data: EventRevoked) -> Added:
        """Take an act back or, for a revocation, put what it took back into force again."""
        self._revocations[event.event_key] = event
        by, key, force = event, data.event.bytes, False
        while True:
            if force:
                self.revoked.pop(key, None)
            else:
                self.revoked[key] = by
            if key not in self._revocations:
                break
            by = self._revocations[key]
            key, force = by.data.event.bytes, not force  # type: ignore[union-attr]
        for name in data.about:
            before = self.facts.get(name)
            fact = None if before is None else weighed(self.registry, before, key, force=force)
            if before is not None and fact is not None:
                touched = self._replace(before, fact)
                return touched[0], before, touched, self.read_only
        return None, None, self._refresh(self._reconsider(key, data.about, force)), self.read_only

    def _reconsider(self, key: bytes, about: Iterable[str], force: bool) -> Iterable[str]:
        """Put an act about a source, an entity, the story or two facts into force or out of it; return
        the facts whose status or labels changed."""
        act = self._acts.get(key)
        if act is not None:
            return self._put(act, act.data) if force else self._take_back(act, act.data)
        change = self._links.restore if force else self._links.revoke
        link = change(key, about, self._is_hidden)
        return () if link is None else {link.data.from_, link.data.to}

    def _is_hidden(self, fact: str) -> bool:
        found = self.facts.get(fact)
        return found is not None and found.hidden

    def _with_kept(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """`names` with the entities into which some of them were merged."""
        kept = dict.fromkeys(map(self.entity_id, names))
        return (*names, *(name for name in kept if name not in names))

    def _record(self, event: Event, data: FactPayload) -> Fact:
        names, base = refers_to(data), None
        older = None if event.original is None else (event.schema_version, event.original)
        if self.publishers:
            published = self.published(data)
            data, base = published, None if published is data else (data, older)
        if self.merged:
            names = self._with_kept(names)
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
            names=names,
            older=older,
            base=base,
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
        data, older = after(self.registry, before, notice)
        changed = data is not before.data and before.base is None
        fact = msgspec.structs.replace(
            before,
            data=data,
            older=older,
            history=(*before.history, event),
            notices=before.notices.and_(notice),
            base=(before.data, before.older) if changed else before.base,
        )
        touched = self._replace(before, fact)
        return touched[0], before, touched, self.read_only

    def _replace(self, before: Fact, fact: Fact) -> tuple[Fact, ...]:
        """Put a fact in the place of what it was before; return it and the facts whose status changed."""
        data = self.published(fact.data) if self.publishers else fact.data
        names = refers_to(data)
        fact = msgspec.structs.replace(
            fact,
            data=data,
            names=self._with_kept(names) if self.merged else names,
            derived=None,
            status=self._status(fact),
        )
        self.facts[fact.id] = fact
        if self._index is not None:
            self._index.add(fact.id, (fact.source, *fact.names))
        self._wait_for(fact)
        if fact.hidden != before.hidden:
            self._links.set_hidden(fact.id, fact.hidden)
        return (fact, *self._refresh(self._links.disputed_by(fact.id)))

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
                if self.publishers or self.merged or self.revoked:
                    fact = self._as_amended(fact)
                self.facts[name] = fact
                touched.append(fact)
        return tuple(touched)

    def _as_amended(self, fact: Fact) -> Fact:
        """A fact with the publisher of its source and the names of its entities as they are now."""
        data = self.published(fact.data)
        base = fact.base
        if data is not fact.data and base is None:
            base = (fact.data, fact.older)
        names = refers_to(data)
        if self.merged:
            names = self._with_kept(names)
        if self._index is not None:
            self._index.add(fact.id, names)
        return msgspec.structs.replace(fact, data=data, base=base, names=names)
