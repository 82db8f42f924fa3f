"""The events about some things of a story, found without reading the rest of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet

import msgspec
from sqlalchemy import Connection

from dateline.events.editorial import FactCorrected, FactsLinked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Event
from dateline.events.index import named
from dateline.events.payload import FACT, FactPayload
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.events.state import StoryState
from dateline.log import read as log
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import portions, quoted
from dateline.views import store
from dateline.views.about import (
    ABOUT,
    CONTEXT,
    OWN_NUMBERS,
    WHOLE,
    drawn_thing,
    links_thing,
    named_thing,
    shared_things,
    subjects,
    thing,
)
from dateline.views.generation import Build
from dateline.views.projection import schema_of

_ANY = object
_CONTEXT = (EntityIntroduced, EntityAmended, EntityMerged, SourceCaptured, SourceAmended)


class Positions:
    """The rows of `ABOUT` for one story, up to position `until`."""

    def __init__(
        self, connection: Connection, build: Build, story: log.StoryRow, until: int
    ) -> None:
        self._run, self.story = of(connection).execute(connection), story
        self.position, self.until = min(build.position, until), until
        self._rows = f"FROM {quoted(build.table)} WHERE story = ? AND position <= ?"
        self._values = (story.slug, until)

    @classmethod
    def look(cls, connection: Connection, story: log.StoryRow, until: int) -> Positions | None:
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


class Nearby:
    """The events of one story that are needed, each read once; and what is near a thing of the story."""

    def __init__(self, connection: Connection, reader: log.Reader, where: Positions) -> None:
        self._connection, self._reader, self._where = connection, reader, where
        self._events: dict[int, Event] = {}
        self._by_thing: dict[str, list[Event]] = {}
        self._names: dict[int, set[str]] = {}
        self._asked: set[str] = set()
        since = reader.read(connection, after=where.position, until=where.until)
        self._add(event for event in since if event.story == where.story.id)

    def events(
        self, names: Collection[str], context: bool = False, linked: bool = False
    ) -> list[Event]:
        """The events about `names` and about what they name, in order, with those since `ABOUT` was kept,
        and with those of earlier calls.

        With `linked`, those about facts that are linked with `names` are as complete.
        """
        wanted = {WHOLE, *_with_links(names)}
        self._take(wanted, self._where.of_context() if context else set())
        if linked:
            wanted |= self._ends(names)
            self._take(wanted)
        beyond = self._named(wanted - {WHOLE}, _ANY)
        while beyond:  # what entities are part of, and who published sources
            self._take(beyond)
            beyond = self._named(beyond, _CONTEXT)
        return [self._events[position] for position in sorted(self._events)]

    def drawn(self, source: str) -> set[str]:
        """The facts that are or were drawn from a source or another capture of its document."""
        events = self._about({drawn_thing(source)})
        return {
            one.data.fact for one in events if isinstance(one.data, FactPayload | FactCorrected)
        }

    def beside(self, story: StoryState, source: str) -> set[str]:
        """Sources that may belong to the same document as one of `story`, itself included; call it for each
        of these again."""
        now = story.sources.get(source)
        known = [*story.former.get(source, ()), *([] if now is None else [now])]
        things = set[str]().union(*(shared_things(source, one) for one in known))
        found = {one.derived_from for one in known if one.derived_from is not None}
        for event in self._about({thing(source), *things}):
            if isinstance(event.data, SourceCaptured | SourceAmended):
                found.add(event.data.source)
        return {source, *found}

    def mentions(self, entity: str) -> bool:
        """Whether any event names an entity or is about it."""
        if self._where.of({thing(entity), named_thing(entity)}):
            return True
        # Events since, and protected ones, of which no name is kept.
        return any(entity in self._named_by(event) for event in self._events.values())

    def _about(self, things: AbstractSet[str]) -> Iterator[Event]:
        """The events about some things."""
        self._take(things)
        for one in things:
            yield from self._by_thing.get(one, ())

    def _add(self, events: Iterable[Event]) -> None:
        for event in events:
            self._events[event.position] = event
            for one in subjects(event):
                self._by_thing.setdefault(one, []).append(event)

    def _take(self, wanted: AbstractSet[str], positions: AbstractSet[int] = frozenset()) -> None:
        """Read the events about the things `wanted`, and those at `positions`."""
        new = wanted - self._asked
        self._asked |= new
        positions = (positions | self._where.of(new)) - self._events.keys()
        self._add(self._reader.read_at(self._connection, sorted(positions)))

    def _ends(self, names: Collection[str]) -> set[str]:
        """The facts at both ends of the links of `names`, with their links."""
        links = (
            event.data
            for name in names
            if FACT.fullmatch(name)
            for event in self._by_thing.get(links_thing(name), ())
        )
        ends = {end for one in links if isinstance(one, FactsLinked) for end in (one.from_, one.to)}
        return set(_with_links(ends))

    def _named(self, wanted: AbstractSet[str], types: type | tuple[type, ...]) -> set[str]:
        """The things that are named by events of those types about the things `wanted`, and that were not
        asked for."""
        found = set[str]()
        for one in wanted:
            for event in self._by_thing.get(one, ()):
                if isinstance(event.data, types):
                    found |= self._named_by(event)
        return set(map(thing, found)) - self._asked

    def _named_by(self, event: Event) -> set[str]:
        if event.position not in self._names:
            self._names[event.position] = named(msgspec.json.encode(event.data))
        return self._names[event.position]

    def __len__(self) -> int:
        return len(self._events)
