"""Some facts of a story as they are now, folded from the events about them alone.

The log is the only truth: `ABOUT` finds the events. Where it is missing, behind or being purged, the rest
of the log is read as well, so what is returned does not depend on how far it has come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.events.editorial import ContentErased
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.index import named
from dateline.events.payload import FACT
from dateline.events.source import SourceCaptured
from dateline.log import read as log
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import found_in, quoted
from dateline.log.engine import reading
from dateline.views import store
from dateline.views.about import (
    ABOUT,
    CONTEXT,
    OWN_NUMBERS,
    OWNERS,
    WHOLE,
    links_thing,
    subjects,
    thing,
)
from dateline.views.catching_up import catch_up
from dateline.views.generation import Build
from dateline.views.projection import schema_of

#: A story with fewer events is folded whole. So many events may also come after the position of `ABOUT`
#: before it is caught up: they are read too.
SHORT = 250
_ANY = object
_CONTEXT = (EntityIntroduced, SourceCaptured)


def keep_up(engine: Engine, reader: log.Reader, version: int) -> None:
    """Catch `ABOUT` up with the log if a story at that `version` is long, unless the archive must be left
    unchanged. What keeps that from being done only makes reading slower."""
    if version < SHORT or of(engine).rests(engine):
        return
    with reading(engine) as connection:
        build, head = store.current(connection, ABOUT.name), log.head(connection).position
    if build is None or build.pending or head - build.position >= SHORT:
        with suppress(DatelineError):
            catch_up(engine, reader, [ABOUT], OWNERS)


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
    state = StoryFold(reader.registry)
    if row is None:
        return state
    where = None
    if max(SHORT, len(names)) <= row.version:
        where = _Where.look(connection, row)
    if where is None:
        return fold(connection, reader, story)
    for event in _Selection(connection, reader, where).events(names, context=context):
        if isinstance(event.data, ContentErased) and any(
            item.fact is None for item in event.data.events
        ):
            state.tombstones.take(where.highest(before=event.position))
        state.take(event)
    state.tombstones.take(where.highest())
    state.version, state.recorded_us = row.version, row.recorded_us
    return state


class _Where:
    """The rows of `ABOUT` for one story."""

    def __init__(self, connection: Connection, build: Build, story: log.StoryRow) -> None:
        self._run, self.story = of(connection).execute(connection), story
        self.position, self._table = build.position, quoted(build.table)

    @classmethod
    def look(cls, connection: Connection, story: log.StoryRow) -> _Where | None:
        """None if there are none, or if reading the events since would take longer than the story."""
        build = store.current(connection, ABOUT.name)
        if build is None or build.state != "live" or story.id in build.pending_stories:
            return None
        if build.fingerprint != schema_of(ABOUT).fingerprint():
            return None
        if log.head(connection).position - build.position > story.version:
            return None
        try:
            store.hold(connection, build)
        except store.ChangedElsewhere:
            return None
        return cls(connection, build, story)

    def of(self, things: Iterable[str]) -> set[int]:
        """The positions of the events about `things`."""
        query = f"SELECT position FROM {self._table} WHERE story = '{self.story.slug}' AND thing IN"
        return {row[0] for row in found_in(self._run, query, sorted(things))}

    def of_context(self) -> set[int]:
        """The positions of the events about entities and sources."""
        query = f"SELECT position FROM {self._table} WHERE story = ? AND thing >= ?"
        return {row[0] for row in self._run(query, (self.story.slug, CONTEXT)).fetchall()}

    def highest(self, before: int | None = None) -> str:
        """The fact with the highest number that an event before that position is about."""
        query = f"SELECT max(thing) FROM {self._table} WHERE story = ? AND thing > ? AND thing < ?"
        values: list[Any] = [self.story.slug, "f", OWN_NUMBERS]
        if before is not None:
            query, values = f"{query} AND position < ?", [*values, before]
        found = self._run(query, values).fetchone()[0]
        return "f0" if found is None else f"f{int(found[1:])}"


class _Selection:
    """The events of one story that are needed, each read once."""

    def __init__(self, connection: Connection, reader: log.Reader, where: _Where) -> None:
        self._connection, self._reader, self._where = connection, reader, where
        self._events: dict[int, Event] = {}
        self._asked: set[str] = set()

    def events(self, names: Collection[str], *, context: bool) -> list[Event]:
        """The events about `names` and about what they name, in order, with those since `ABOUT` was kept."""
        since = self._reader.read(self._connection, after=self._where.position)
        story = self._where.story.id
        self._events = {event.position: event for event in since if event.story == story}
        links = {links_thing(name) for name in names if FACT.fullmatch(name)}
        wanted = {WHOLE, *map(thing, names), *links}
        self._take(wanted, self._where.of_context() if context else set())
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

    def _named(self, wanted: AbstractSet[str], types: type | tuple[type, ...]) -> set[str]:
        """The things that are named by events of those types about the things `wanted`, and that were not
        asked for."""
        found = set[str]()
        for event in self._events.values():
            if isinstance(event.data, types) and not wanted.isdisjoint(subjects(event)):
                found |= named(msgspec.json.encode(event.data))
        return set(map(thing, found)) - self._asked
