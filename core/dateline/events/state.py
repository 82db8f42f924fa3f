"""A story and its facts as they are after some event, with corrections and retractions applied.

Rules and views both read this state, so both see the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec

from dateline.events import words
from dateline.events.edtf import Edtf, parse
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Event, RecordedBy
from dateline.events.fact import StatementRecorded
from dateline.events.index import Index
from dateline.events.links import Link, Links
from dateline.events.parts import Evidence, Time, Times
from dateline.events.payload import FactPayload
from dateline.events.readonly import ReadOnlyStory
from dateline.events.registry import Registry
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
from dateline.events.status import HIDDEN, Notices, Status
from dateline.events.story import StoryOpened
from dateline.events.tombstones import ErasedFact, Tombstones

T = TypeVar("T")


#: How the ids of entities start.
_IDS = ("person:", "org:", "place:", "group:")


class Derived(msgspec.Struct, frozen=True, gc=False):
    """What is worked out from a fact and the labels of its story."""

    when: Edtf | None
    chain: str
    agents: str
    span: Evidence | None


#: A fact's payload as recorded, and its older shape if it has one.
Base = tuple[Any, "tuple[int, dict[str, object]] | None"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One fact as it is after some event. It is never changed in place.

    ``position``, ``version`` and the times are those of the event that recorded it; ``history`` holds
    the editorial events about it since then, oldest first; ``revoked`` those that were taken back.
    ``names`` are the entities that its rows may show. ``base`` is its payload as recorded, once an event
    has changed it.
    """

    id: str
    type: str
    data: Any
    status: Status
    position: int
    version: int
    event_key: bytes
    recorded_us: int
    reported_us: int | None
    recorded_by: RecordedBy
    story: StoryState
    names: tuple[str, ...]
    history: tuple[Event, ...] = ()
    revoked: tuple[Event, ...] = ()
    notices: Notices = Notices()
    older: tuple[int, dict[str, object]] | None = None
    base: Base | None = None
    derived: Derived | None = None

    @property
    def event_id(self) -> UUID:
        return UUID(bytes=self.event_key)

    @property
    def source(self) -> str:
        """The id of the source that it was recorded from."""
        return str(self.data.source)

    @property
    def document(self) -> SourceCaptured | None:
        """The capture of that source, if there is one."""
        return self.story.sources.get(self.source)

    @property
    def kind(self) -> str:
        """The type without its verb, such as ``statement`` or ``figure``."""
        return self.type.rsplit(".", 1)[0]

    @property
    def method(self) -> str:
        """How it was recorded: ``manual``, ``imported``, or ``extracted``, which means that a tool proposed it
        and the agent of ``recorded_by`` accepted it."""
        return self.recorded_by.method

    @property
    def hidden(self) -> bool:
        """Whether it is left out of default reads: it is retracted or rejected."""
        return self.status in HIDDEN

    def label(self, entity: str | None) -> str:
        """The name of an entity, or its id if it is not introduced (yet)."""
        return self.story.label(entity)

    def labels(self, entities: Iterable[str]) -> str:
        return ", ".join(map(self.story.label, entities))

    def ids(self, entities: Iterable[str]) -> str:
        """The ids of entities, as of `StoryState.ids`."""
        return self.story.ids(entities)

    @property
    def chain(self) -> str:
        """``Vasily Golubev › TASS › Reuters``"""
        return (self.derived or self._derive()).chain

    @property
    def agent_ids(self) -> str:
        """The ids of those in the chain, in its order and divided by spaces."""
        return (self.derived or self._derive()).agents

    @property
    def chain_words(self) -> str:
        """``Vasily Golubev, quoted by TASS, in Reuters``"""
        return words.chain_words(self.data.attribution, self.story.label)

    @property
    def time(self) -> Time | None:
        """The time it is listed under: when it was said for a statement, else when it held."""
        times: Times = self.data.times
        if isinstance(self.data, StatementRecorded):
            return times.said or times.valid
        return times.valid or times.said

    @property
    def when(self) -> Edtf | None:
        """That time, with its bounds and words; None for an undated fact."""
        return (self.derived or self._derive()).when

    @property
    def span(self) -> Evidence | None:
        """The evidence to cite: the first with the role quote, else content, else the first of all."""
        return (self.derived or self._derive()).span

    def _derive(self) -> Derived:
        """Work out once what most views show. The fold drops it when a label becomes known."""
        time, data = self.time, self.data
        chain = words.chain_arrows(data.attribution, self.story.label)
        agents = self.story.ids([step.agent for step in data.attribution])
        when = None if time is None else parse(time.edtf)
        found = Derived(when, chain, agents, _to_cite(data.evidence))
        msgspec.structs.force_setattr(self, "derived", found)
        return found


def _to_cite(evidence: Sequence[Evidence]) -> Evidence | None:
    if len(evidence) == 1:
        return evidence[0]
    for role in ("quote", "content"):
        for item in evidence:
            if item.role == role:
                return item
    return evidence[0] if evidence else None


class Labels(dict[str | None, str]):
    """The names of entities by id. An entity that is not introduced (yet) has its id for a name."""

    def __missing__(self, entity: str | None) -> str:
        return entity or ""


class StoryState:
    """A story folded up to some version. Only `StoryFold`, which extends it, changes it."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.id: UUID | None = None
        self.slug = ""
        self.title = ""
        self.closed = False
        self.version = 0
        self.recorded_us = 0
        self.entities: dict[str, EntityIntroduced] = {}
        self.labels = Labels()
        self.sources: dict[str, SourceCaptured] = {}
        #: The version at which each source was first captured.
        self.captured: dict[str, int] = {}
        self.withdrawn: dict[str, str] = {}
        #: The amendments in force of each source and entity that has any, oldest first.
        self.amendments: dict[str, tuple[Event, ...]] = {}
        #: The publishers that each amended source has or had.
        self.publishers: dict[str, frozenset[str]] = {}
        #: What each source was before it was amended, captured again or its capture was taken back.
        self.former: dict[str, tuple[SourceCaptured, ...]] = {}
        #: The entity into which each merged entity was merged; `entity_id` follows several steps.
        self.merged: dict[str, str] = {}
        # Acts about sources, entities and the story that can be taken back; and all revocations.
        self._acts: dict[bytes, Event] = {}
        self._revocations: dict[bytes, Event] = {}
        # Amended sources as they were captured.
        self._sources: dict[str, SourceCaptured] = {}
        #: What was taken back: the keys of the acts, each with the revocation in force.
        self.revoked: dict[bytes, Event] = {}
        self.facts: dict[str, Fact] = {}
        self.opened: StoryOpened | None = None
        #: What remains of events that cannot be read.
        self.tombstones = Tombstones()
        self._links = Links()
        self._index: Index | None = None
        self._by_name: tuple[int, dict[str, list[Fact]]] | None = None
        self._kept: dict[str, Any] = {}
        #: This state as plugins get it.
        self.read_only = cast(StoryState, ReadOnlyStory(self))

    @property
    def links(self) -> list[Link]:
        """All links, in the order of recording."""
        return self._links.all

    @property
    def captures(self) -> list[str]:
        """The ids of all captures, those that were taken back included, in the order of recording."""
        acts = (one.data for one in self._acts.values())
        return [data.source for data in acts if isinstance(data, SourceCaptured)]

    def as_captured(self, source: str) -> SourceCaptured:
        """A source as it was captured, without its amendments. Raises KeyError."""
        return self._sources.get(source) or self.sources[source]

    @property
    def acts(self) -> list[Event]:
        """The amendments, merges and withdrawals in force, in the order of recording."""
        kinds = SourceAmended | SourceWithdrawn | EntityAmended | EntityMerged
        acts = (one for one in self._acts.values() if isinstance(one.data, kinds))
        return [event for event in acts if event.event_key not in self.revoked]

    @property
    def revocations(self) -> list[Event]:
        """The revocations in force, in the order of recording."""
        return [e for e in self._revocations.values() if e.event_key not in self.revoked]

    @property
    def erased(self) -> dict[str, ErasedFact]:
        """Facts that were erased, by id. The ids are never given again."""
        return self.tombstones.facts

    @property
    def protected(self) -> dict[str, str]:
        """Facts, entities and sources that are protected, with the id of the key."""
        return self.tombstones.protected

    def label(self, entity: str | None) -> str:
        return self.labels[entity]

    def ids(self, entities: Iterable[str]) -> str:
        """The ids under which views show some entities, divided by spaces. A name that is not an id is
        left out."""
        found = [one for one in entities if one.startswith(_IDS) and " " not in one]
        return " ".join(map(self.entity_id, found) if self.merged else found)

    def id_of(self, entity: str | None) -> str | None:
        """The same of one entity; None if it is none, or a name that is not an id."""
        return None if entity is None else self.ids((entity,)) or None

    def published(self, data: FactPayload) -> FactPayload:
        """The payload with the present publisher of its source, if that was amended."""
        source, former = self.sources.get(data.source), self.publishers.get(data.source, ())
        last = data.attribution[-1] if data.attribution else None
        if source is None or last is None or last.role != "publisher" or last.agent not in former:
            return data
        step = msgspec.structs.replace(last, agent=source.publisher)
        views = data.factuality
        # Where one of them also passed it on, whose view it was is not known: it stays as it is.
        if views and all(one.agent not in former for one in data.attribution[:-1]):
            views = tuple(
                msgspec.structs.replace(view, by=source.publisher) if view.by in former else view
                for view in views
            )
        return msgspec.structs.replace(
            data, attribution=(*data.attribution[:-1], step), factuality=views
        )

    def entity_id(self, entity: str) -> str:
        """The id under which views show an entity: that of the one it was merged into, else its own."""
        while entity in self.merged:
            entity = self.merged[entity]
        return entity

    def shown(self) -> Iterator[Fact]:
        """The facts of default reads, in the order of recording."""
        return (fact for fact in self.facts.values() if not fact.hidden)

    def naming(self, name: str) -> list[Fact]:
        """Facts that refer to an entity or come from a source, in the order of recording; retracted and
        rejected ones are included. Other facts are not scanned."""
        if self._index is None:
            index = Index()  # another thread must not see it half filled
            for fact in self.facts.values():
                index.add(fact.id, (fact.source, *fact.names))
            self._index = index
        found = (self.facts[at] for at in self._index.of(name) if at in self.facts)
        naming = (fact for fact in found if name == fact.source or name in fact.names)
        return sorted(naming, key=lambda fact: fact.version)

    def facts_by_name(self) -> Mapping[str, Sequence[Fact]]:
        """The facts of each entity and source that `naming` would find, worked out once a version."""
        if self._by_name is None or self._by_name[0] != self.version:
            found: dict[str, list[Fact]] = {}
            for fact in self.facts.values():
                for name in (fact.data.source, *fact.names):
                    facts = found.get(name)
                    if facts is None:
                        found[name] = [fact]
                    elif facts[-1] is not fact:
                        facts.append(fact)
            self._by_name = (self.version, found)
        return self._by_name[1]

    def linked(self, fact: str) -> Sequence[Link]:
        """Links from or to a fact, in the order of recording. Other links are not scanned."""
        return self._links.of(fact)

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """An object that a view keeps with this state under its own name; `make` creates it on first use.

        A fold can update it at each event instead of scanning all facts. It is lost whenever the state
        is dropped: then `make` must return an object that is just as good.
        """
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]  # type: ignore[no-any-return]

    def act(self, event: UUID, about: Iterable[str]) -> Event | None:
        """The editorial act with that event id, in force or not; `about` are the facts, entities and
        sources that it is about."""
        key = event.bytes
        if (found := self._acts.get(key) or self._revocations.get(key)) is not None:
            return found
        for name in about:
            fact = self.facts.get(name)
            notices = () if fact is None else (*fact.history, *fact.revoked)
            made = [*notices, *(link.event for link in self._links.ever(name))]
            found = next((one for one in made if one.event_key == key), None)
            if found is not None:
                return found
        return None

    def knows(self, fact: str) -> bool:
        """Whether a fact has that id, be it readable or not."""
        return fact in self.facts or fact in self.tombstones.unread
