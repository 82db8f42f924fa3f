"""Archives of recorded histories, which the rules for views, exporters and checks are tried on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Self, cast
from uuid import NAMESPACE_OID, UUID, uuid5

from hypothesis.strategies import SearchStrategy
from sqlalchemy import Engine

from dateline.archive import Archive
from dateline.errors import Refused
from dateline.events.envelope import Event
from dateline.events.registry import EventType
from dateline.log import schema
from dateline.log.engine import open_engine
from dateline.log.read import Reader
from dateline.plugins.loaded import Plugins
from dateline.testing import samples
from dateline.testing.contracts.search import Rule, Verdict, judge
from dateline.testing.histories import histories
from dateline.testing.samples import Fields

Lines = list[Fields]
#: The most archives that are kept open: those that every rule is tried on, and some of a search.
_KEPT = 120

_RETRACTION = "0c0ffee0-0000-4000-8000-000000000001"
_RENAMING = "0c0ffee0-0000-4000-8000-000000000002"
#: A story with every kind of notice about a fact, so that no rule depends on a lucky search.
EVENTFUL: Lines = samples.story(
    samples.statement("The ferry will be towed on Tuesday", text="It will be towed"),
    samples.figure(text="A second count"),
    samples.fact("role", "the harbour master", text="He is the harbour master"),
    {"type": "acme.unheard.happened", "what": "of no plugin", "n": 1},
    samples.corrected("f2", "/quantities/0/value", 143, 150),
    samples.corrected("f2", "/quantities/0/value", 150, 151),
    {"type": "facts.linked", "from": "f1", "to": "f3", "relation": "disputes"},
    {"type": "fact.disputed", "fact": "f4", "ground": "Counted twice"},
    samples.retracted("f1"),
    samples.amended(samples.SOURCE, "/published", samples.PUBLISHED, "2024-05-07"),
    samples.amended(samples.VOSS, "/label", "Mara Voss", "Mara Voss-Lind", event_id=_RENAMING),
    samples.entity("person:m-voss", "M. Voss"),
    {
        "type": "entity.merged",
        "entity": "person:m-voss",
        "into": samples.VOSS,
        "reason": "The same",
    },
    samples.retracted("f4") | {"event_id": _RETRACTION},
    samples.revoked(_RETRACTION),
    samples.revoked(_RENAMING),
    {"type": "story.retitled", "title": "Fictional: the Alma, afloat"},
    slug="made-up",
)


class Recording:
    """An archive that holds a history twice, as two stories that are recorded in turns."""

    def __init__(self, engine: Engine, archive: Archive, lines: Lines) -> None:
        self.engine, self.archive = engine, archive
        #: The exporter that wrote it last, and its result.
        self.written: tuple[object, object] | None = None
        self.reader = Reader(archive.plugins.registry())
        for slug, part in _in_turns(lines):
            archive.record(part, story=slug)

    @cached_property
    def head(self) -> int:
        return self.archive.head().position

    @cached_property
    def streams(self) -> list[list[Event]]:
        """The events of each story."""
        return [list(self.archive.events(story.slug)) for story in self.archive.stories()]


class Trials:
    """Archives in memory with `plugins`, kept open until the ``with`` block ends."""

    def __init__(
        self, plugins: Plugins, event_types: Sequence[EventType] = (), examples: int = 25
    ) -> None:
        self.plugins, self.examples = plugins, examples
        self.strategy: SearchStrategy[Lines] = histories(types=tuple(event_types))
        self._types = {event_type.name for event_type in event_types}
        self._kept: dict[str, Recording] = {}
        self._many: dict[int, Archive] = {}
        self._template = schema.create(":memory:")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for archive in (*(kept.archive for kept in self._kept.values()), *self._many.values()):
            archive.close()
        self._template.dispose()

    def judge(self, rules: Iterable[Rule[Lines]]) -> list[Verdict]:
        """The verdict of every rule, on the same histories."""
        return judge(rules, self.strategy, self.examples, fixed=[EVENTFUL], history=list)

    def recording(self, lines: Lines) -> Recording:
        key = json.dumps(lines)
        if key not in self._kept:
            if len(self._kept) >= _KEPT:  # close the newest: the first ones are shared by all rules
                self._kept.pop(list(self._kept)[-1]).archive.close()
            self._kept[key] = self._record(lines)
        return self._kept[key]

    def many(self, count: int) -> Archive:
        """An archive of `count` equal stories."""
        if count not in self._many:
            self._many[count] = archive = Archive(self.empty(), self.plugins)
            for number in range(count):
                archive.record(samples.story(slug=f"ferry-{number:03}"))
        return self._many[count]

    def _record(self, lines: Lines) -> Recording:
        try:
            return self._recorded(lines)
        except Refused:  # generated events of a plugin may break a rule of the archive
            return self._recorded([line for line in lines if line["type"] not in self._types])

    def empty(self) -> Engine:
        """An empty archive. It is copied from a template, which is quicker than creating one."""
        copy = open_engine(":memory:")
        source, target = self._template.raw_connection(), copy.raw_connection()
        cast(sqlite3.Connection, source.driver_connection).backup(
            cast(sqlite3.Connection, target.driver_connection)
        )
        source.close()
        target.close()
        return copy

    def _recorded(self, lines: Lines) -> Recording:
        engine = self.empty()
        archive = Archive(engine, self.plugins)
        try:
            return Recording(engine, archive, lines)
        except BaseException:
            archive.close()
            raise


def _in_turns(lines: Lines) -> Iterator[tuple[str | None, Lines]]:
    half = max(1, len(lines) // 2)
    slug = str(lines[0]["slug"])
    twin = [lines[0] | {"slug": f"{slug}-twin"}, *map(_of_twin, lines[1:])]
    yield None, lines[:half]
    yield None, twin[:half]
    yield slug, lines[half:]
    yield f"{slug}-twin", twin[half:]


def _of_twin(line: dict[str, Any]) -> dict[str, Any]:
    """A line with the event id that it has in the twin, since no id may be used twice."""
    ids = {key: str(_twin_id(line[key])) for key in ("event_id", "event") if key in line}
    return line | ids


def _twin_id(event_id: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"{event_id} twin")
