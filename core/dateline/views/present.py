"""Some facts of a story as they are now, folded from the events about them alone.

The log is the only truth: `ABOUT` finds the events. Where it is missing, behind or being purged, the rest
of the log is read as well, so what is returned does not depend on how far it has come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.events.editorial import ContentErased, EventRevoked, FactsLinked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.index import named
from dateline.events.payload import FACT, FactNotice, FactPayload
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.events.story import StoryClosed, StoryRetitled
from dateline.log import read as log
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import portions, quoted
from dateline.views import store
from dateline.views.about import (
    ABOUT,
    CONTEXT,
    OWN_NUMBERS,
    WHOLE,
    links_thing,
    subjects,
    thing,
)
from dateline.views.generation import Build
from dateline.views.projection import schema_of

#: A story with fewer events is folded whole.
SHORT = 250
_ANY = object
_CONTEXT = (EntityIntroduced, EntityAmended, EntityMerged, SourceCaptured, SourceAmended)
#: Events that touch no facts but those that they name, and facts linked with these.
_OWN = (FactPayload, FactNotice, FactsLinked, StoryRetitled, StoryClosed)


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
        where = _Where.look(connection, row, log.head(connection).position)
    if where is None:
        return fold(connection, reader, story)
    return _folded(reader, where, _Selection(connection, reader, where).events(names, context))


def before(
    connection: Connection, reader: log.Reader, events: Sequence[Event], after: int
) -> StoryFold | None:
    """The state of a story at position `after`, before `events`, which are its next ones: with the facts
    that these are about and the facts linked with them, as `present` has them. None if the events may
    touch other facts, or if folding the whole story takes no longer."""
    first, last = events[0], events[-1]
    version = first.version - 1
    if version < max(SHORT, 4 * len(events)) or not all(_is_own(event.data) for event in events):
        return None
    row = log.StoryRow(first.story, first.slug, version, last.recorded_us)
    where = _Where.look(connection, row, after)
    if where is None:
        return None
    names = set[str]().union(*(named(msgspec.json.encode(event.data)) for event in events))
    selected = _Selection(connection, reader, where).events(names, linked=True)
    return _folded(reader, where, selected)


def _is_own(data: object) -> bool:
    if isinstance(data, EventRevoked):
        return all(FACT.fullmatch(name) for name in data.about)
    return isinstance(data, _OWN)


def _folded(reader: log.Reader, where: _Where, events: Iterable[Event]) -> StoryFold:
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


class _Where:
    """The rows of `ABOUT` for one story, up to position `until`."""

    def __init__(
        self, connection: Connection, build: Build, story: log.StoryRow, until: int
    ) -> None:
        self._run, self.story = of(connection).execute(connection), story
        self.position, self.until = min(build.position, until), until
        self._rows = f"FROM {quoted(build.table)} WHERE story = ? AND position <= ?"
        self._values = (story.slug, until)

    @classmethod
    def look(cls, connection: Connection, story: log.StoryRow, until: int) -> _Where | None:
        """None if there are none, or if reading the events since would take longer than the story."""
        build = store.current(connection, ABOUT.name)
        if build is None or build.state != "live" or story.id in build.pending_stories:
            return None
        if build.fingerprint != schema_of(ABOUT).fingerprint():
            return None
        if until - build.position > story.version:
            return None
        try:
            store.hold(connection, build)
        except store.ChangedElsewhere:
            return None
        return cls(connection, build, story, until)

    def of(self, things: Iterable[str]) -> set[int]:
        """The positions of the events about `things`."""
        found = set[int]()
        for some in portions(sorted(things)):
            query = f"SELECT position {self._rows} AND thing IN ({', '.join('?' * len(some))})"
            found.update(row[0] for row in self._run(query, (*self._values, *some)).fetchall())
        return found

    def of_context(self) -> set[int]:
        """The positions of the events about entities and sources."""
        query = f"SELECT position {self._rows} AND thing >= ?"
        return {row[0] for row in self._run(query, (*self._values, CONTEXT)).fetchall()}

    def highest(self, before: int | None = None) -> str:
        """The fact with the highest number that an event before that position is about; ``f0`` if there
        is none."""
        query = f"SELECT thing {self._rows} AND thing > ? AND thing < ? ORDER BY thing DESC LIMIT 1"
        story, until = self._values
        until = until if before is None else before - 1
        found = self._run(query, (story, until, "f", OWN_NUMBERS)).fetchone()
        return "f0" if found is None else f"f{int(found[0][1:])}"


def _with_links(names: Iterable[str]) -> Iterator[str]:
    """Each of `names` as a thing, and the links of facts."""
    for name in names:
        yield thing(name)
        if FACT.fullmatch(name):
            yield links_thing(name)


class _Selection:
    """The events of one story that are needed, each read once."""

    def __init__(self, connection: Connection, reader: log.Reader, where: _Where) -> None:
        self._connection, self._reader, self._where = connection, reader, where
        self._events: dict[int, Event] = {}
        self._asked: set[str] = set()

    def events(
        self, names: Collection[str], context: bool = False, linked: bool = False
    ) -> list[Event]:
        """The events about `names` and about what they name, in order, with those since `ABOUT` was kept.

        With `linked`, those about facts that are linked with `names` are as complete.
        """
        where, story = self._where, self._where.story.id
        since = self._reader.read(self._connection, after=where.position, until=where.until)
        self._events = {event.position: event for event in since if event.story == story}
        wanted = {WHOLE, *_with_links(names)}
        self._take(wanted, where.of_context() if context else set())
        if linked:
            ends = self._ends() - wanted
            self._take(ends)
            wanted |= ends
        beyond = self._named(wanted - {WHOLE}, _ANY)
        while beyond:  # what entities are part of, and who published sources
            self._take(beyond)
            beyond = self._named(beyond, _CONTEXT)
        return [self._events[position] for position in sorted(self._events)]

    def _take(self, wanted: AbstractSet[str], positions: AbstractSet[int] = frozenset()) -> None:
        """Read the events about the things `wanted`, and those at `positions`."""
        self._asked |= wanted
        positions = (positions | self._where.of(wanted)) - self._events.keys()
        for event in self._reader.read_at(self._connection, sorted(positions)):
            self._events[event.position] = event

    def _ends(self) -> set[str]:
        """The facts at both ends of all links that were read, with their links."""
        links = (event.data for event in self._events.values())
        ends = {end for one in links if isinstance(one, FactsLinked) for end in (one.from_, one.to)}
        return set(_with_links(ends))

    def _named(self, wanted: AbstractSet[str], types: type | tuple[type, ...]) -> set[str]:
        """The things that are named by events of those types about the things `wanted`, and that were not
        asked for."""
        found = set[str]()
        for event in self._events.values():
            if isinstance(event.data, types) and not wanted.isdisjoint(subjects(event)):
                found |= named(msgspec.json.encode(event.data))
        return set(map(thing, found)) - self._asked
