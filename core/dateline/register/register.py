"""Reads the entities of all stories from Dateline's own views of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine

from dateline.events.clock import to_iso
from dateline.events.entity import EntityAmended
from dateline.events.fact import RoleRecorded, StatementRecorded
from dateline.events.links import Link
from dateline.events.state import Fact, StoryState
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import portions, quoted
from dateline.log.read import Reader
from dateline.register.duplicates import Duplicate, duplicates
from dateline.register.entry import Count, Described, Entry, entries, is_like, usual_label, words
from dateline.register.profile import Amended, Labelled, Profile, Section, by_date
from dateline.search.entity_counts import EntityCounts
from dateline.search.index import Entities
from dateline.search.memory import InMemory
from dateline.search.mentions import PARTS, Mentions, Part
from dateline.search.names import Names
from dateline.search.reading import reading
from dateline.views.asof import Moment
from dateline.views.generation import Build
from dateline.views.projection import View
from dateline.views.runner import Progress

#: Returns the state of a story: now with some facts (None: all), or at a moment.
StateOf = Callable[[str, Moment | None, Collection[str] | None], StoryState]
_COUNTED = 'SELECT entity, sum(facts), sum(statements), min("first"), max("last")'
_DESCRIPTION = ", ".join(Described._fields[1:-1])


class Register:
    """The entities of one archive. `own` are its own views by name."""

    def __init__(
        self,
        engine: Engine,
        reader: Reader,
        own: Mapping[str, View],
        state_of: StateOf,
        memory: InMemory,
    ) -> None:
        self._engine, self._reader, self._own, self._state_of = engine, reader, own, state_of
        self._memory = memory

    def entries(
        self,
        kind: str | None = None,
        like: str | None = None,
        story: str | None = None,
        progress: Progress | None = None,
    ) -> list[Entry]:
        """The entities of all stories, or of one, those first that most facts name. Raises ViewFailed."""
        where, given = ("", ()) if story is None else (" WHERE story = ?", (story,))
        with self._indexes((Entities, EntityCounts), progress) as index:
            counts = index.rows(f"{_COUNTED} FROM {index.counts}{where} GROUP BY entity", given)
            made = entries(
                index.described(story),
                {name: Count(int(facts), int(said), *days) for name, facts, said, *days in counts},
            )
        wanted = [] if like is None else words(like)
        return [
            one
            for one in made
            if kind in (None, one.kind) and (like is None or (wanted and is_like(one, wanted)))
        ]

    def duplicates(self, progress: Progress | None = None) -> list[Duplicate]:
        """Entities that may be one and the same, most used first. Raises ViewFailed."""
        found = duplicates(self.entries(progress=progress))
        with self._indexes((Entities,)) as index:
            return [_at_home(index, one) for one in found]

    def profile(
        self,
        name: str,
        at: Moment | None = None,
        *,
        everything: bool = False,
        limit: int | None = None,
        progress: Progress | None = None,
    ) -> Profile:
        """What all stories know of the entity with that id or name: of each section the first `limit`.
        Raises UnknownName, ViewFailed, SealedContent."""
        with self._indexes((Entities, Mentions), progress) as index:
            ids = index.names.ids(name)
            columns = (*Described._fields[:-1], "amended", "part_of", "lat", "lon", "precision")
            rows = index.of(
                ids, f"SELECT {', '.join(columns)} FROM {index.entities} WHERE entity IN"
            )
            described = sorted(Described(*row[:7]) for row in rows)
            amended = sorted({row[0] for row in rows if row[7]})
            inside = {
                one[0]: one[1]
                for one in index.of(
                    sorted({row[8] for row in rows if row[8]}),
                    f"SELECT entity, min(label) FROM {index.entities} WHERE entity IN",
                    "GROUP BY entity",
                )
            }
            parts: list[tuple[int, Sequence[tuple[str, str]]]] = []
            if at is None:
                parts = [index.facts(ids, part, everything, limit) for part in PARTS]
        entry = entries(described, {})[0]
        if at is None:
            roles, said, named = self._now(parts)
        else:
            roles, said, named = self._then(
                {one.story for one in described}, ids, at, everything, limit
            )
        return Profile(
            entity=entry.entity,
            kind=entry.kind,
            label=entry.label,
            ids=(entry.entity, *entry.also),
            names=entry.names,
            identifiers=entry.identifiers,
            part_of=tuple(sorted({inside.get(row[8], row[8]) for row in rows if row[8]})),
            places=tuple(sorted({
                f"{row[9]}, {row[10]} ({row[11] or 'precision not given'})"
                for row in rows
                if row[9] is not None
            })),
            labels=tuple(_labelled(described, limit)),
            amended=tuple(self._amended(ids, amended[:limit], at)),
            stories=len({one.story for one in described}),
            roles=roles,
            said=said,
            named=named,
        )  # fmt: skip

    def linking(self, story: str, fact: str) -> list[Link]:
        """The links of other stories to a fact, by story and in the order of recording, without those of
        retracted and rejected facts. Raises ViewFailed, SealedContent."""
        to = f"{story}/{fact}"
        with self._indexes((Mentions,)) as index:
            rows = index.rows(
                f"SELECT DISTINCT story, fact FROM {index.mentions} WHERE entity = ?"
                " AND part = 'linked' AND shown ORDER BY story, fact",
                (to,),
            )
        found: list[Link] = []
        for name in dict.fromkeys(row[0] for row in rows):
            facts = [row[1] for row in rows if row[0] == name]
            links = self._state_of(name, None, facts).links
            found += [one for one in links if one.data.to == to and one.data.from_ in facts]
        return found

    def _now(self, parts: Sequence[tuple[int, Sequence[tuple[str, str]]]]) -> list[Section]:
        """The sections with these facts, each story of which is read once."""
        wanted: dict[str, list[str]] = {}
        for _, found in parts:
            for story, fact in found:
                wanted.setdefault(story, []).append(fact)
        facts: dict[tuple[str, str], Fact] = {}
        for story, names in wanted.items():
            state = self._state_of(story, None, names)
            facts |= {(story, one): state.facts[one] for one in names if one in state.facts}
        return [
            Section(count, tuple(facts[one] for one in found if one in facts))
            for count, found in parts
        ]

    def _then(
        self,
        stories: Collection[str],
        ids: Collection[str],
        at: Moment,
        everything: bool,
        limit: int | None,
    ) -> list[Section]:
        """The sections at a moment: each story that has the entity is folded up to it."""
        found: dict[Part, list[Fact]] = {part: [] for part in PARTS}
        for story in sorted(stories):
            state = self._state_of(story, at, None)
            facts = {one.id: one for name in ids for one in state.naming(name)}
            for fact in facts.values():
                if everything or not fact.hidden:
                    found[_part(fact, ids)].append(fact)
        return [Section(len(some), tuple(by_date(some)[:limit])) for some in found.values()]

    def _amended(
        self, ids: Collection[str], stories: Sequence[str], at: Moment | None
    ) -> list[Amended]:
        made = []
        for story in stories:
            state = self._state_of(story, at, ())
            for name in ids:
                for event in state.amendments.get(name, ()):
                    assert isinstance(event.data, EntityAmended)
                    day = to_iso(event.reported_us or event.recorded_us)
                    for one in event.data.changes:
                        reason = event.data.reason
                        made.append(Amended(story, name, day, one.path, one.was, one.now, reason))
        return sorted(made, key=lambda one: (one.at, one.story, one.entity, one.path))

    @contextmanager
    def _indexes(
        self, kinds: Sequence[type[View]], progress: Progress | None = None
    ) -> Iterator[_Indexes]:
        views = [self._own[one.name] for one in kinds]
        opened = reading(self._engine, self._reader, views, self._memory, progress)
        with opened as (connection, builds):
            yield _Indexes(connection, builds, self._own[Entities.name])


class _Indexes:
    """The rows of some views at one moment."""

    def __init__(self, connection: Connection, builds: Mapping[str, Build], entities: View) -> None:
        self._run = of(connection).execute(connection)
        self._connection, self._builds, self._view = connection, builds, entities

    @property
    def names(self) -> Names:
        return Names(self._connection, self._builds[Entities.name], self._view)

    @property
    def entities(self) -> str:
        return quoted(self._builds[Entities.name].table)

    @property
    def mentions(self) -> str:
        return quoted(self._builds[Mentions.name].table)

    @property
    def counts(self) -> str:
        return quoted(self._builds[EntityCounts.name].table)

    def described(self, story: str | None) -> Iterator[Described]:
        """All entities, as all stories have them, or one: one for each way of describing one, but one for each
        story that has it if it is in a merge."""
        where, given = ("true", ()) if story is None else ("story = ?", (story,))
        table = f"FROM {self.entities} WHERE {where}"
        merges = self.rows(f"SELECT entity, also {table} AND also <> ''", given)
        merged = {one for name, also in merges for one in (name, *also.split())}
        alike = f"SELECT min(story), {_DESCRIPTION}, count(*) {table} GROUP BY {_DESCRIPTION}"
        rows = map(Described._make, self.rows(f"{alike} ORDER BY {_DESCRIPTION}", given))
        yield from (one for one in rows if one.entity not in merged)
        each = f"SELECT story, {_DESCRIPTION}, 1 {table} AND entity IN"
        yield from map(
            Described._make, self.of(sorted(merged), each, "ORDER BY entity, story", given)
        )

    def rows(self, query: str, given: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._run(query, tuple(given)).fetchall()]

    def of(
        self, ids: Sequence[str], query: str, end: str = "", given: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """The rows of a query that ends with ``IN``, for all of `ids`; `given` are its values before that."""
        found: list[tuple[Any, ...]] = []
        for some in portions(ids):
            found += self.rows(f"{query} ({', '.join('?' * len(some))}) {end}", (*given, *some))
        return found

    def facts(
        self, ids: Sequence[str], part: Part, everything: bool, limit: int | None
    ) -> tuple[int, list[tuple[str, str]]]:
        """How many facts are that to an entity, and the first ones by date as (story, fact)."""
        marks = ", ".join("?" * len(ids))
        shown = "" if everything else " AND shown"
        where = f"FROM {self.mentions} WHERE entity IN ({marks}) AND part = ?{shown}"
        columns = 'DISTINCT story, fact, "date", last, number'
        [(count,)] = self.rows(
            f"SELECT count(*) {where}"
            if len(ids) == 1
            else f"SELECT count(*) FROM (SELECT DISTINCT story, fact {where}) AS found",
            (*ids, part),
        )
        found = self.rows(
            f"SELECT {columns[9:] if len(ids) == 1 else columns} {where}"
            ' ORDER BY "date", last, story, number' + ("" if limit is None else f" LIMIT {limit}"),
            (*ids, part),
        )
        return int(count), [(row[0], row[1]) for row in found]


def _at_home(index: _Indexes, found: Duplicate) -> Duplicate:
    """The same with a story in which the two can be merged."""
    pair = found.entity.entity, found.into.entity
    table = index.entities
    both = (
        f"SELECT min(a.story) FROM {table} AS a JOIN {table} AS b ON a.story = b.story"
        " WHERE a.entity = ? AND b.entity = ?"
    )
    [(story,)] = index.rows(both, pair)
    together = story is not None
    if not together:
        [(story,)] = index.rows(f"SELECT min(story) FROM {table} WHERE entity = ?", pair[:1])
    return msgspec.structs.replace(found, story=story, together=together)


def _part(fact: Fact, ids: Collection[str]) -> Part:
    data, shown = fact.data, fact.story.entity_id
    if isinstance(data, RoleRecorded) and data.person and shown(data.person) in ids:
        return "role"
    if isinstance(data, StatementRecorded) and not {*map(shown, data.speakers)}.isdisjoint(ids):
        return "said"
    return "named"


def _labelled(described: Sequence[Described], limit: int | None) -> Iterator[Labelled]:
    """The labels of an entity, that of most stories first."""
    labels = [one.label for one in described]
    first = usual_label(described)
    for label in sorted({*labels}, key=lambda one: (one != first, -labels.count(one), one)):
        rows = [one for one in described if one.label == label]
        stories = sorted({one.story for one in rows})
        names = {name: None for one in rows for name in one.names.split("\n") if name}
        yield Labelled(label, tuple(names), len(stories), tuple(stories[:limit]))
