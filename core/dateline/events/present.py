"""The current facts of one story: a fold of its events, with corrections and retractions applied.

Rules and views both read this state, so both see the same story.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

import msgspec

from dateline.errors import SealedContent
from dateline.events import pointer, words
from dateline.events.clock import to_iso
from dateline.events.editorial import (
    ContentErased,
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FactsLinked,
)
from dateline.events.edtf import Edtf, parse
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Data, Event, RecordedBy
from dateline.events.fact import (
    StatementRecorded,
)
from dateline.events.index import Index, refers_to
from dateline.events.parts import Evidence, Time, Times
from dateline.events.payload import FACT, Erased, FactNotice, FactPayload, Raw, Sealed
from dateline.events.readonly import ReadOnlyStory, frozen
from dateline.events.registry import Registry, to_fields
from dateline.events.source import SourceCaptured, SourceWithdrawn
from dateline.events.story import StoryClosed, StoryOpened, StoryRetitled

Status = Literal[
    "recorded", "updated", "corrected", "disputed", "withdrawn", "rejected", "retracted"
]
T = TypeVar("T")
#: Facts with these statuses are left out of default reads, which report how many there are.
HIDDEN: tuple[Status, ...] = ("retracted", "rejected")


class Link(msgspec.Struct, frozen=True):
    """A link between two facts, and the event that made it."""

    data: FactsLinked
    event: Event


class Notices(msgspec.Struct, frozen=True):
    """A summary of the notices about a fact, so that no notice is read twice.

    ``kinds`` are the kinds of its corrections; ``verdict`` is the verdict of the last review.
    """

    kinds: frozenset[str] = frozenset()
    verdict: str | None = None
    disputed: bool = False
    retracted: bool = False

    def and_(self, notice: FactNotice) -> Notices:
        """The summary with one more notice."""
        if isinstance(notice, FactCorrected):
            if notice.kind in self.kinds:
                return self
            return msgspec.structs.replace(self, kinds=self.kinds | {notice.kind})
        if isinstance(notice, FactReviewed):
            return msgspec.structs.replace(self, verdict=notice.verdict)
        if isinstance(notice, FactDisputed):
            return msgspec.structs.replace(self, disputed=True)
        if isinstance(notice, FactRetracted):
            return msgspec.structs.replace(self, retracted=True)
        return self


class Fact(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One fact as it is after some event. It is never changed in place.

    ``position``, ``version`` and the times are those of the event that recorded it; ``history`` holds
    the editorial events about it since then, oldest first.
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
    history: tuple[Event, ...] = ()
    notices: Notices = Notices()
    older: tuple[int, dict[str, object]] | None = None

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
    def hidden(self) -> bool:
        """Whether it is left out of default reads: it is retracted or rejected."""
        return self.status in HIDDEN

    def label(self, entity: str | None) -> str:
        """The name of an entity, or its id if it is not introduced (yet)."""
        return self.story.label(entity)

    def labels(self, entities: Iterable[str]) -> str:
        return ", ".join(map(self.label, entities))

    @property
    def chain(self) -> str:
        """``Vasily Golubev › TASS › Reuters``"""
        return words.chain_arrows(self.data.attribution, self.story.label)

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
        return parse(self.time.edtf) if self.time is not None else None

    @property
    def span(self) -> Evidence | None:
        """The evidence to cite: the first with the role quote, else content, else the first of all."""
        for role in ("quote", "content"):
            for item in self.data.evidence:
                if item.role == role:
                    return item  # type: ignore[no-any-return]
        return self.data.evidence[0] if self.data.evidence else None


class ErasedFact(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of an erased fact: its id, its kind, its place, and why it was erased.

    ``position`` is the position of the event that recorded it, or of the erasure if that event is not
    in this archive; ``told`` is the position of the erasure.
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

    @property
    def words(self) -> str:
        """``[erased] 2024-03-09: asked for (consent withdrawn)``"""
        return f"[erased] {self.why}"

    @property
    def why(self) -> str:
        """``2024-03-09: asked for (consent withdrawn)``"""
        return f"{to_iso(self.erased_us)[:10]}: {self.reason} ({self.basis})"


class StoryState:
    """A story folded up to some version. Only `apply` changes it."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.id: UUID | None = None
        self.slug = ""
        self.title = ""
        self.closed = False
        self.version = 0
        self.recorded_us = 0
        self.entities: dict[str, EntityIntroduced] = {}
        self.sources: dict[str, SourceCaptured] = {}
        self.withdrawn: dict[str, str] = {}
        self.facts: dict[str, Fact] = {}
        self.links: list[Link] = []
        self.opened: StoryOpened | None = None
        self.highest = 0
        #: Ids of facts that cannot be read here because their type is unknown.
        self.unread: set[str] = set()
        #: Facts that were erased, by id. The ids are never given again.
        self.erased: dict[str, ErasedFact] = {}
        #: Events that were erased here or in another archive, with the position of the erasure.
        self.gone: dict[UUID, int] = {}
        #: Types of the events that were erased.
        self.lost: frozenset[str] = frozenset()
        #: Facts, entities and sources that are protected, with the id of the key.
        self.protected: dict[str, str] = {}
        #: Events that are or were protected; and the ids of the keys, destroyed ones included.
        self.keyed: set[bytes] = set()
        self.keys: set[str] = set()
        self._bodiless: dict[UUID, int] = {}
        # Facts by an entity or source that they name and that is not there yet.
        self._waiting: dict[str, set[str]] = {}
        self._index: Index | None = None
        # How many visible facts dispute a fact; and which facts a fact disputes, in the order of the links.
        self._disputing: dict[str, int] = {}
        self._disputes: dict[str, tuple[str, ...]] = {}
        self._linked: dict[str, list[Link]] | None = None
        self._kept: dict[str, Any] = {}
        #: This state as plugins get it: read-only.
        self.given = cast("StoryState", ReadOnlyStory(self))

    def fork(self) -> StoryState:
        """A copy to try events on. Facts are shared, since they never change."""
        copy = StoryState(self.registry)
        copy.__dict__.update(self.__dict__)
        for name in (
            "entities", "sources", "withdrawn", "facts", "erased", "gone", "protected", "_bodiless",
            "_disputing", "_disputes",
        ):  # fmt: skip
            setattr(copy, name, dict(getattr(self, name)))
        for name in ("unread", "keyed", "keys"):
            setattr(copy, name, set(getattr(self, name)))
        copy.links = list(self.links)
        copy._index = copy._linked = None
        copy._kept = {}
        copy._waiting = {key: set(facts) for key, facts in self._waiting.items()}
        copy.given = cast("StoryState", ReadOnlyStory(copy))
        return copy

    def let_go(self) -> None:
        """Drop everything, once the state is no longer needed. Facts and events refer back to it, so
        nothing would be freed before the next garbage collection."""
        for held in (self.facts, self.links, self.entities, self.sources):
            held.clear()
        self.__dict__.pop("given", None)  # it refers back
        self._index = self._linked = None
        self._kept = {}

    def label(self, entity: str | None) -> str:
        if entity is None:
            return ""
        known = self.entities.get(entity)
        return known.label if known is not None else entity

    def shown(self) -> Iterator[Fact]:
        """The facts of default reads, in the order of recording."""
        return (fact for fact in self.facts.values() if not fact.hidden)

    def naming(self, name: str) -> list[Fact]:
        """Facts that refer to an entity or come from a source, in the order of recording; retracted and
        rejected ones are included. Other facts are not scanned."""
        if self._index is None:
            self._index = Index(fact.data for fact in self.facts.values())
        found = (self.facts[fact] for fact in self._index.of(name) if fact in self.facts)
        naming = (fact for fact in found if name == fact.source or name in refers_to(fact.data))
        return sorted(naming, key=lambda fact: fact.version)

    def linked(self, fact: str) -> Sequence[Link]:
        """Links from or to a fact, in the order of recording. Other links are not scanned."""
        if self._linked is None:
            self._linked = {}
            for link in self.links:
                self._add_linked(link)
        return tuple(self._linked.get(fact, ()))

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """An object that a view keeps with this state under its own name; `make` creates it on first use.

        A fold can update it at each event instead of scanning all facts. It is lost whenever the state
        is dropped: then `make` must return an object that is just as good.
        """
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]  # type: ignore[no-any-return]

    def knows(self, fact: str) -> bool:
        """Whether a fact has that id, be it readable or not."""
        return fact in self.facts or fact in self.unread

    def apply(self, event: Event) -> Event:
        """Fold one event; return it with ``fact``, ``before``, ``touched`` and ``state`` filled in.

        Raises SealedContent and changes nothing if the event is sealed: a state without it would be
        wrong.
        """
        data = event.data
        if isinstance(data, Sealed):
            raise SealedContent(event.slug, event.position, data.lost)
        self.version, self.recorded_us = event.version, max(self.recorded_us, event.recorded_us)
        if event.subject_key is not None:
            self._protect(event, event.subject_key)
        if isinstance(data, FactPayload):
            fact = self._record(event, data)
            return msgspec.structs.replace(event, fact=fact, touched=(fact,), state=self.given)
        if isinstance(data, FactNotice):
            return self._notice(event, data)
        touched = self._context(event, data)
        return msgspec.structs.replace(event, touched=self._refresh(touched), state=self.given)

    def _context(self, event: Event, data: Data) -> Iterable[str]:
        """Fold an event about something that facts refer to; return the facts whose status or labels changed."""
        if isinstance(data, EntityIntroduced):
            self.entities[data.entity] = data
            return self._waiting.pop(data.entity, ())
        if isinstance(data, SourceCaptured):
            self.sources[data.source] = data
            return self._waiting.pop(data.source, ())
        if isinstance(data, SourceWithdrawn):
            self.withdrawn[data.source] = data.reason
            return [fact.id for fact in self.naming(data.source) if fact.source == data.source]
        if isinstance(data, FactsLinked):
            return self._link(Link(data, event))
        self._story(event, data)
        return ()

    def _link(self, link: Link) -> Iterable[str]:
        """Fold a link; return the facts whose status it changed."""
        self.links.append(link)
        if self._linked is not None:
            self._add_linked(link)
        data = link.data
        if data.relation != "disputes":
            return ()
        self._disputes[data.from_] = (*self._disputes.get(data.from_, ()), data.to)
        disputing = self.facts.get(data.from_)
        if disputing is None or not disputing.hidden:
            self._disputing[data.to] = self._disputing.get(data.to, 0) + 1
        return (data.to,)

    def _add_linked(self, link: Link) -> None:
        assert self._linked is not None
        for end in dict.fromkeys((link.data.from_, link.data.to)):
            self._linked.setdefault(end, []).append(link)

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
            self._pass_over(data)
        elif isinstance(data, ContentErased):
            self._erase(event, data)
        elif isinstance(data, Erased):
            self._bodiless[event.event_id] = event.position

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
            story=self.given,
            older=None if event.original is None else (event.schema_version, event.original),
        )
        if data.source in self.withdrawn or self.links:
            status = self._status(fact)
            if status != fact.status:
                fact = msgspec.structs.replace(fact, status=status)
        self.facts[data.fact] = fact
        if self._index is not None:
            self._index.add(data)
        self._count(data.fact)
        self._wait_for(data)
        return fact

    def _count(self, fact: str) -> None:
        # A nine-digit number follows a numbering scheme of the author: counting on from it would run out.
        if len(fact) < 10 and FACT.fullmatch(fact):
            self.highest = max(self.highest, int(fact[1:]))

    def _pass_over(self, data: Raw) -> None:
        """A fact's id stays taken while its type is unknown."""
        if data.fact is not None and data.fact not in self.facts:
            self.unread.add(data.fact)
            self._count(data.fact)

    def _numbered(self, type_: str) -> bool:
        """Whether events of that type record facts, each with an id. For an unknown type its name
        decides."""
        known = self.registry.get(type_)
        return (
            type_.endswith(".recorded") if known is None else issubclass(known.payload, FactPayload)
        )

    def _protect(self, event: Event, subject_key: str) -> None:
        self.keys.add(subject_key)
        self.keyed.add(event.event_key)
        if (brought := brings(event.data)) is not None:
            self.protected[brought] = subject_key

    def _erase(self, event: Event, data: ContentErased) -> None:
        self.lost |= {item.type for item in data.events}
        if data.subject_key is not None:
            self.keys.add(data.subject_key)
        for item in data.events:
            if item.fact is None and item.event_id not in self.gone and self._numbered(item.type):
                self.highest += 1  # it had a number that is no longer known
            self.gone[item.event_id] = event.position
            position = self._bodiless.pop(item.event_id, event.position)
            if item.fact is not None:
                self._count(item.fact)
                self.erased[item.fact] = ErasedFact(
                    id=item.fact,
                    kind=item.type.rsplit(".", 1)[0],
                    position=position,
                    reason=data.reason,
                    basis=data.basis,
                    erased_us=event.recorded_us,
                    told=event.position,
                )

    def _wait_for(self, data: FactPayload) -> None:
        entities = self.entities
        if data.source not in self.sources:
            self._waiting.setdefault(data.source, set()).add(data.fact)
        for name in refers_to(data):
            if name not in entities:
                self._waiting.setdefault(name, set()).add(data.fact)

    def _notice(self, event: Event, notice: FactNotice) -> Event:
        before = self.facts.get(notice.fact)
        if before is None:  # the fact has an unknown type, or was erased
            return msgspec.structs.replace(event, state=self.given)
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
            older=older,
            history=(*before.history, event),
            notices=before.notices.and_(notice),
        )
        fact = msgspec.structs.replace(fact, status=self._status(fact))
        self.facts[fact.id] = fact
        if self._index is not None:
            self._index.add(data)
        self._wait_for(data)
        # A retracted or rejected fact no longer disputes anything.
        freed = self._disputes.get(fact.id, ())
        for to in freed if fact.hidden != before.hidden else ():
            self._disputing[to] = self._disputing.get(to, 0) + (-1 if fact.hidden else 1)
        touched = (fact, *self._refresh(freed))
        return msgspec.structs.replace(
            event, fact=fact, before=before, touched=touched, state=self.given
        )

    def _status(self, fact: Fact) -> Status:
        notices = fact.notices
        if notices.retracted:
            return "retracted"
        if notices.verdict == "rejected":
            return "rejected"
        if fact.source in self.withdrawn:
            return "withdrawn"
        if notices.disputed or self._disputing.get(fact.id):
            return "disputed"
        if notices.kinds & {"correction", "clarification"}:
            return "corrected"
        # A running total that moved on was not wrong; a corrected typo changes no meaning.
        return "updated" if "update" in notices.kinds else "recorded"

    def _refresh(self, names: Iterable[str]) -> tuple[Fact, ...]:
        """Those facts with their status worked out again. They are all replaced, since a label or a
        source may have become known."""
        touched = []
        for name in sorted(names, key=lambda name: (len(name), name)):
            fact = self.facts.get(name)
            if fact is not None:
                fact = msgspec.structs.replace(fact, status=self._status(fact))
                self.facts[name] = fact
                touched.append(fact)
        return tuple(touched)


def brings(data: object) -> str | None:
    """The id of the fact, entity or source that an event brings, which other events may name."""
    if isinstance(data, FactPayload | Raw):
        return data.fact or None
    if isinstance(data, EntityIntroduced):
        return data.entity
    return data.source if isinstance(data, SourceCaptured) else None


def corrected(
    registry: Registry, fact: Fact, notice: FactCorrected
) -> tuple[FactPayload, tuple[int, dict[str, object]] | None]:
    """The fact's payload with the changes made, and its older shape if the changes refer to that.

    Raises ValueError if a path leads nowhere, and msgspec.ValidationError if the result is not a
    valid payload.
    """
    current = registry.get(fact.type)
    if fact.older is not None and notice.shape == fact.older[0]:
        fields = _changed(fact.older[1], notice)
        upcast = registry.convert(fact.type, fact.older[0], fields)
        assert isinstance(upcast, FactPayload)
        return frozen(upcast), (fact.older[0], frozen(fields))
    payload = type(fact.data) if current is None else current.payload
    result = msgspec.convert(_changed(to_fields(fact.data), notice), payload)
    assert isinstance(result, FactPayload)
    return frozen(result), None


def _changed(fields: dict[str, object], notice: FactCorrected) -> dict[str, object]:
    changed = msgspec.json.decode(msgspec.json.encode(fields), type=dict[str, Any])
    for change in notice.changes:
        pointer.put(changed, change.path, copy.deepcopy(change.now))
    return changed
