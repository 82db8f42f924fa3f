"""One line for every story. The database counts the facts, which are not read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import Connection, func, select

from dateline.events.amending import amended
from dateline.events.counting import documents
from dateline.events.editorial import EventRevoked, FactRetracted, FactReviewed
from dateline.events.entity import EntityMerged
from dateline.events.envelope import Event
from dateline.events.payload import FactPayload
from dateline.events.registry import CORE_NAMES, EventType, Registry
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.events.story import StoryClosed, StoryOpened, StoryRetitled
from dateline.log.read import Reader, StoryRow, list_stories
from dateline.log.tables import events
from dateline.views.present import fold

_READ = (
    StoryOpened, StoryRetitled, StoryClosed, FactRetracted, FactReviewed, EventRevoked, SourceCaptured,
    SourceAmended, EntityMerged,
)  # fmt: skip


class Overview(msgspec.Struct):
    """One story. ``facts`` counts the facts of default reads, ``sources`` the captured documents as a
    person counts them (`dateline.events.counting.documents`). ``sealed`` is true if some of its content
    is sealed: then only ``story`` is reliable."""

    story: StoryRow
    title: str = ""
    closed: bool = False
    facts: int = 0
    sources: int = 0
    sealed: bool = False


class _Counted(msgspec.Struct):
    """The counts of one story so far."""

    overview: Overview
    #: Closings, retractions and reviews by event id, in order; and the revocations, with what each
    #: takes back.
    acts: dict[UUID, StoryClosed | FactRetracted | FactReviewed] = {}
    revocations: dict[UUID, EventRevoked] = {}
    sources: dict[UUID, SourceCaptured] = {}
    amendments: dict[UUID, SourceAmended] = {}
    merges: dict[UUID, EntityMerged] = {}
    #: Whether an event has no body, or has a type or schema version that may be unknown here.
    unread: bool = False


def overview(connection: Connection, reader: Reader) -> list[Overview]:
    """All stories, by slug."""
    rows = list_stories(connection)
    found = {row.id: _Counted(Overview(row)) for row in rows}
    types = _count(connection, reader, found)
    read = {kind.type for kind in _READ} | {kind.name for kind in _of_plugins(reader.registry)}
    for event in reader.read_types(connection, sorted(read & types)):
        counted = found.get(event.story)
        if counted is not None and not counted.overview.sealed:
            _take(counted, event)
    return [_finished(connection, reader, found[row.id]) for row in rows]


def _count(connection: Connection, reader: Reader, found: Mapping[UUID, _Counted]) -> set[str]:
    """Count everything that can be counted without bodies; return the types of all events."""
    keys = (events.c.story, events.c.type, events.c.schema_version, events.c.subject_key)
    query = select(*keys, func.count(events.c.body), func.count()).group_by(*keys)
    types = set()
    by_key = {story.bytes: counted for story, counted in found.items()}
    for story, type_, version, key, live, all_ in connection.execute(query):
        types.add(type_)
        counted = by_key.get(story)
        if counted is None:
            continue  # its story is missing: `verify` reports that
        kind = reader.registry.get(type_)
        known = kind is not None and version <= kind.version
        counted.unread |= live < all_ or not known or type_ not in CORE_NAMES
        if live and key is not None and not _at_hand(reader, key):
            counted.overview.sealed = True
        core = known and kind is not None and type_ in CORE_NAMES
        if core and kind is not None and issubclass(kind.payload, FactPayload):
            counted.overview.facts += live
    return types


def _at_hand(reader: Reader, key: str) -> bool:
    return reader.vault is not None and reader.vault.keys.secret(key) is not None


def _of_plugins(registry: Registry) -> Iterator[EventType]:
    """Fact types of plugins. An event of such a type may turn out not to be a fact."""
    return (kind for kind in registry.extra if issubclass(kind.payload, FactPayload))


def _take(counted: _Counted, event: Event) -> None:
    result, data = counted.overview, event.data
    if isinstance(data, StoryOpened | StoryRetitled):
        result.title = data.title
    elif isinstance(data, StoryClosed | FactRetracted | FactReviewed):
        counted.acts[event.event_id] = data
    elif isinstance(data, EventRevoked):
        counted.revocations[event.event_id] = data
    elif isinstance(data, SourceCaptured):
        counted.sources[event.event_id] = data
    elif isinstance(data, SourceAmended):
        counted.amendments[event.event_id] = data
    elif isinstance(data, EntityMerged):
        counted.merges[event.event_id] = data
    elif isinstance(data, FactPayload):
        result.facts += 1


def _documents(counted: _Counted, out: Collection[UUID]) -> int:
    """How many documents were captured, as amended; the events `out` are taken back."""
    sources = {one.source: one for key, one in counted.sources.items() if key not in out}
    changes: dict[str, list[SourceAmended]] = {}
    for key, amendment in counted.amendments.items():
        if key not in out and amendment.source in sources:
            changes.setdefault(amendment.source, []).append(amendment)
    for name, made in changes.items():
        sources[name] = amended(sources[name], made)
    merged = {one.entity: one.into for key, one in counted.merges.items() if key not in out}

    def kept(entity: str) -> str:
        while entity in merged:
            entity = merged[entity]
        return entity

    return len({*documents(sources, kept if merged else None).values()})


def _finished(connection: Connection, reader: Reader, counted: _Counted) -> Overview:
    result, out = counted.overview, set[UUID]()
    for event_id, revocation in reversed(counted.revocations.items()):
        if event_id not in out:
            out.add(revocation.event)
    result.sources = _documents(counted, out)
    hidden: dict[str, bool] = {}
    retracted = set()
    for event_id, act in counted.acts.items():
        if event_id in out:
            continue
        if isinstance(act, StoryClosed):
            result.closed = True
        elif isinstance(act, FactRetracted):
            retracted.add(act.fact)
        elif act.verdict in ("accepted", "rejected"):
            hidden[act.fact] = act.verdict == "rejected"
    left_out = retracted | {fact for fact, is_so in hidden.items() if is_so}
    if not left_out or result.sealed:
        return result
    if not counted.unread:
        result.facts -= len(left_out)
        return result
    # A retracted id may not be a readable fact here: only a fold can tell.
    state = fold(connection, reader, result.story.id)
    result.facts = sum(not fact.hidden for fact in state.facts.values())
    return result
