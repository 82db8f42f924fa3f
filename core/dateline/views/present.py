"""Some facts of a story as they are now, folded from the events about them alone.

The log is the only truth: `ABOUT` finds the events. Where it is missing, behind or being purged, the rest
of the log is read as well, so what is returned does not depend on how far it has come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.events.editorial import ContentErased, EventRevoked, FactsLinked
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.index import named
from dateline.events.payload import FACT, FactNotice, FactPayload
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryClosed, StoryRetitled
from dateline.log import read as log
from dateline.views.nearby import Nearby, Positions

#: A story with fewer events is folded whole.
SHORT = 250
#: No more events than these, or a quarter of the story, are read instead of the whole.
LONG = 1000
#: Events that touch no facts but those that they name, facts linked with these or drawn from them, and
#: facts that named an entity before it was introduced.
_OWN = (
    FactPayload, FactNotice, FactsLinked, SourceCaptured, EntityIntroduced, StoryRetitled, StoryClosed,
)  # fmt: skip
#: How often more of a story is read before it is folded whole.
_ROUNDS = 8

#: Folds new events into a state, and returns the facts, entities and sources that views read then; None if
#: that may be all.
Asked: TypeAlias = Callable[[StoryFold, Nearby], Collection[str] | None]


def fold(
    connection: Connection, reader: log.Reader, story: UUID, until: int | None = None
) -> StoryFold:
    """A story's state after its events up to position `until`."""
    state = StoryFold(reader.registry)
    for event in reader.read_story(connection, story, until=until):
        state.take(event)
    return state


def present(
    connection: Connection,
    reader: log.Reader,
    story: UUID,
    names: Collection[str],
    *,
    context: bool = False,
) -> StoryFold:
    """A story's state with the facts, entities and sources `names` as they are now, what these name, and
    perhaps more; with `context` all entities and sources.

    What is true of the whole story is complete: its titles, erasures, protection and the highest number of
    a fact. The status of a fact that is not among `names` may be out of date. A story that does not exist
    is at version 0. Raises SealedContent.
    """
    row = log.story_by_id(connection, story)
    if row is None:
        return StoryFold(reader.registry)
    where = None
    if max(SHORT, len(names)) <= row.version:
        where = Positions.look(connection, row, log.head(connection).position)
    if where is None:
        return fold(connection, reader, story)
    return _folded(reader, where, Nearby(connection, reader, where).events(names, context))


def quoting(connection: Connection, reader: log.Reader, story: UUID, source: str) -> StoryFold:
    """A story's state as `present` has it, with the facts that quote one source. Raises SealedContent."""
    row = log.story_by_id(connection, story)
    names: set[str] = set()
    if row is not None and row.version >= SHORT:
        where = Positions.look(connection, row, log.head(connection).position)
        if where is not None:
            names = Nearby(connection, reader, where).drawn(source)
    return present(connection, reader, story, names)


def before(
    connection: Connection,
    reader: log.Reader,
    events: Sequence[Event],
    after: int,
    asked: Asked | None = None,
) -> StoryFold | None:
    """The state of a story at position `after`, before `events`, which are its next ones: with the facts
    that these are about, the facts linked with them, and what views ask for, as `present` has them. None
    if the events may touch other facts, or if folding the whole story takes no longer."""
    first, last = events[0], events[-1]
    version = first.version - 1
    if version < max(SHORT, 4 * len(events)) or not all(_is_own(event.data) for event in events):
        return None
    row = log.StoryRow(first.story, first.slug, version, last.recorded_us)
    where = Positions.look(connection, row, after)
    if where is None:
        return None
    nearby = Nearby(connection, reader, where)
    names = set[str]().union(*(named(msgspec.json.encode(event.data)) for event in events))
    nearby.events(names)
    for event in events:  # facts may have waited for a source; for an entity that is rare
        if isinstance(event.data, SourceCaptured):
            names |= nearby.drawn(event.data.source)
        elif isinstance(event.data, EntityIntroduced) and nearby.mentions(event.data.entity):
            return None
    for _ in range(_ROUNDS):
        selected = nearby.events(names, linked=True)
        if len(selected) > max(LONG, version // 4):
            return None
        more = None if asked is None else asked(_folded(reader, where, selected), nearby)
        if asked is None or (more is not None and names.issuperset(more)):
            return _folded(reader, where, selected)
        if more is None:
            return None
        names.update(more)
    return None


def _is_own(data: object) -> bool:
    if isinstance(data, EventRevoked):
        return all(FACT.fullmatch(name) for name in data.about)
    return isinstance(data, _OWN)


def _folded(reader: log.Reader, where: Positions, events: Iterable[Event]) -> StoryFold:
    state = StoryFold(reader.registry)
    for event in events:
        if isinstance(event.data, ContentErased) and any(
            item.fact is None for item in event.data.events
        ):
            state.tombstones.take(where.highest(before=event.position))
        state.take(event)
    state.tombstones.take(where.highest())
    state.version, state.recorded_us = where.story.version, where.story.recorded_us
    return state
