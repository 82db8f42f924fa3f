"""One line for every story. The database counts the facts, which are not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import Connection, func, select

from dateline.events.counting import documents
from dateline.events.editorial import FactRetracted, FactReviewed
from dateline.events.payload import FactPayload
from dateline.events.registry import CORE_NAMES, EventType, Registry
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryClosed, StoryOpened, StoryRetitled
from dateline.log.read import Reader, StoryRow, list_stories
from dateline.log.tables import events
from dateline.views.present import fold

_READ = (StoryOpened, StoryRetitled, StoryClosed, FactRetracted, FactReviewed, SourceCaptured)


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
    rejected: dict[str, bool] = {}
    retracted: set[str] = set()
    sources: dict[str, SourceCaptured] = {}
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
            _take(counted, event.data)
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


def _take(counted: _Counted, data: object) -> None:
    result = counted.overview
    if isinstance(data, StoryOpened | StoryRetitled):
        result.title = data.title
    elif isinstance(data, StoryClosed):
        result.closed = True
    elif isinstance(data, FactRetracted):
        counted.retracted.add(data.fact)
    elif isinstance(data, FactReviewed):
        counted.rejected[data.fact] = data.verdict == "rejected"
    elif isinstance(data, SourceCaptured):
        counted.sources.setdefault(data.source, data)
    elif isinstance(data, FactPayload):
        result.facts += 1


def _finished(connection: Connection, reader: Reader, counted: _Counted) -> Overview:
    result = counted.overview
    result.sources = len({*documents(counted.sources).values()})
    hidden = {fact for fact, is_so in counted.rejected.items() if is_so} | counted.retracted
    if not hidden or result.sealed:
        return result
    if not counted.unread:
        result.facts -= len(hidden)
        return result
    # A retracted id may not be a readable fact here: only a fold can tell.
    state = fold(connection, reader, result.story.id)
    result.facts = sum(not fact.hidden for fact in state.facts.values())
    return result
