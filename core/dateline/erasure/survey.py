"""Which events are erased together, and which live events still name them. Pure; one story at a time.

A fact is erased with every notice about it, and a notice with its fact: a correction repeats what it
corrects, and a fact without its retraction would be valid again. The same holds for a source and its
withdrawal, for a source or entity and its amendments, and for an act and its revocation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from dateline.errors import DatelineError
from dateline.events.acts import about
from dateline.events.editorial import ContentErased, EventRevoked, FactsLinked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Event
from dateline.events.parts import ErasedEvent
from dateline.events.payload import Erased, FactNotice, FactPayload, Payload, Raw, Sealed
from dateline.events.rules.references import named
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
from dateline.events.story import StoryOpened


class Going(msgspec.Struct, frozen=True):
    """One event whose content is to be erased. ``source`` is the document it captured, ``name`` what it
    is called in lists, ``people`` are the names of the person or group that it introduced."""

    position: int
    event_id: UUID
    story: UUID
    slug: str
    type: str
    fact: str | None = None
    source: str | None = None
    subject_key: str | None = None
    name: str = ""
    people: tuple[str, ...] = ()

    @property
    def told(self) -> ErasedEvent:
        """How the erasure event lists it: only what its envelope and the fact's number state."""
        return ErasedEvent(event_id=self.event_id, type=self.type, fact=self.fact)


class Mention(msgspec.Struct, frozen=True):
    """A live event that names something erased: ``what`` it is called in lists, and ``how`` it names
    it."""

    position: int
    slug: str
    what: str
    how: str


def closure(
    events: Sequence[Event], chosen: Collection[int], *, strict: bool = False
) -> list[Going]:
    """Which of one story's `events` are erased with those at the `chosen` positions, in order.

    Events that are already erased are skipped. With `strict`, as for positions that a person chose,
    raises DatelineError for events that cannot be erased, or not on their own.
    """
    own: dict[str, int] = {}
    fact_ids, things, gone = set[str](), set[str](), set[UUID]()
    for event in events:
        fact = _fact(event.data)
        if fact is not None and not isinstance(event.data, FactNotice):
            own.setdefault(fact, event.position)
        if event.position in chosen:
            if strict:
                _require_erasable(event)
            if fact is not None:
                fact_ids.add(fact)
            elif isinstance(event.data, SourceCaptured):
                things.add(event.data.source)
            elif isinstance(event.data, EntityIntroduced):
                things.add(event.data.entity)
    going = []
    for event in events:
        if isinstance(event.data, Erased):
            continue
        if event.position in chosen or _about(event, fact_ids, things, gone):
            going.append(_going(event, own))
            gone.add(event.event_id)
    if strict:
        _require_same_force(events, chosen, things, gone)
    return going


def _require_same_force(
    events: Sequence[Event], chosen: Collection[int], things: set[str], gone: set[UUID]
) -> None:
    """Check that without the events `gone`, what is left is in force or taken back as it is with them.
    Raises DatelineError (``not-erasable-alone``)."""
    out = _taken_back(events)
    left = _taken_back(event for event in events if event.event_id not in gone)
    for event in events:
        data = event.data
        if event.position not in chosen:
            continue
        if isinstance(data, _OF_THINGS):
            alone = event.event_id not in out and things.isdisjoint(about(data))
            changed, instead = (
                "what it changed would be as it was before",
                "erase the position at which the source was captured or the entity was introduced",
            )
        elif isinstance(data, EventRevoked):
            act = data.event
            alone = act not in gone and (act in out) != (act in left)
            changed, instead = (
                "what it took back would be in force again",
                "erase the position of the event that it took back as well",
            )
        else:
            continue
        if alone:
            raise DatelineError(
                f"{_where(event)} cannot be erased on its own: {changed}",
                hint=instead,
                code="not-erasable-alone",
            )


def _taken_back(events: Iterable[Event]) -> set[UUID]:
    """The ids of the events that are taken back by a revocation in force."""
    out = set[UUID]()
    revocations = [event for event in events if isinstance(event.data, EventRevoked)]
    for event in reversed(revocations):
        if event.event_id not in out and isinstance(event.data, EventRevoked):
            out.add(event.data.event)
    return out


def _fact(data: object) -> str | None:
    """The fact that an event records or is about. An event of an unknown type may name one in the same
    field."""
    if isinstance(data, FactPayload | FactNotice):
        return data.fact
    return data.about if isinstance(data, Raw) else None


_OF_THINGS = (SourceWithdrawn, SourceAmended, EntityAmended, EntityMerged)


def _where(event: Event) -> str:
    return f"position {event.position} ({event.type} of {event.slug})"


def _require_erasable(event: Event) -> None:
    data, where = event.data, _where(event)
    if isinstance(data, StoryOpened):
        raise DatelineError(
            f"{where} cannot be erased: its slug names the story in every table and export",
            hint="erase the other events of the story; slugs and titles should not name persons",
            code="not-erasable",
        )
    if isinstance(data, ContentErased):
        raise DatelineError(
            f"{where} cannot be erased: it records why content is missing",
            hint="leave out this position",
            code="not-erasable",
        )
    if isinstance(data, Sealed):
        raise DatelineError(
            f"{where} is protected, and its key is not here",
            hint="bring the keys database back, or name it with --keys",
            code="sealed",
        )


def _about(event: Event, fact_ids: set[str], things: set[str], gone: set[UUID]) -> bool:
    """Whether an event goes with those facts, with those sources and entities, or with an act that is
    erased."""
    data = event.data
    if isinstance(data, _OF_THINGS):
        return not things.isdisjoint(about(data))
    if isinstance(data, EventRevoked):
        return data.event in gone
    return _fact(data) in fact_ids


def _going(event: Event, own: Mapping[str, int]) -> Going:
    fact = _fact(event.data)
    return msgspec.structs.replace(
        envelope(event, fact if fact is not None and own.get(fact) == event.position else None),
        source=event.data.source if isinstance(event.data, SourceCaptured) else None,
        name=name_of(event),
        people=_people(event.data),
    )


def envelope(event: Event, fact: str | None) -> Going:
    """What is known of an event whose content cannot be read, and the fact that it is said to record."""
    return Going(
        position=event.position,
        event_id=event.event_id,
        story=event.story,
        slug=event.slug,
        type=event.type,
        fact=fact,
        subject_key=event.subject_key,
    )


def _people(data: object) -> tuple[str, ...]:
    if isinstance(data, EntityAmended) and data.entity.startswith(("person:", "group:")):
        values = (value for one in data.changes for value in (one.was, one.now))
        texts = (value if isinstance(value, list | tuple) else [value] for value in values)
        return tuple(text for some in texts for text in some if isinstance(text, str) and text)
    if not isinstance(data, EntityIntroduced) or data.kind not in ("person", "group"):
        return ()
    return (data.entity, data.label, *data.names)


def name_of(event: Event) -> str:
    """What an event is called in lists."""
    data = event.data
    if isinstance(data, EntityIntroduced):
        return f"{data.entity} {data.label}"
    if isinstance(data, SourceCaptured):
        return f"{data.source} {data.title or ''}".rstrip()
    if isinstance(data, FactsLinked):
        return f"{data.from_} {data.relation} {data.to}"
    fact = _fact(data)
    if isinstance(data, FactPayload):
        return data.fact
    return " ".join([event.type, *(about(data) if fact is None else [fact])])


def mentions(events: Sequence[Event], going: Sequence[Going]) -> Iterator[Mention]:
    """Live events of the story that name a source, an entity or a fact that is erased."""
    positions = {item.position for item in going}
    gone: dict[str, str] = {}
    gone |= {item.fact: "refers to the fact" for item in going if item.fact is not None}
    gone |= {item.source: "names the source" for item in going if item.source is not None}
    gone |= {
        event.data.entity: "names the entity"
        for event in events
        if event.position in positions and isinstance(event.data, EntityIntroduced)
    }
    for event in events:
        data = event.data
        if event.position in positions or not isinstance(data, Payload | Raw):
            continue
        if isinstance(data, ContentErased):
            continue  # it only lists numbers
        for how in sorted({_how(data, gone[name]) for _, name in named(data, gone)}):
            yield Mention(event.position, event.slug, name_of(event), how)


def _how(data: Payload | Raw, how: str) -> str:
    if how == "names the source" and isinstance(data, FactPayload):
        return "quotes the source"
    if how == "names the source" and isinstance(data, SourceCaptured):
        return "is drawn from it"
    return how
