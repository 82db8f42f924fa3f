"""Reading: keyset pages in the order of positions, in bounded memory, and never past a hole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from dateline.errors import LogGap
from dateline.events.envelope import Event, RecordedBy
from dateline.events.payload import Erased, Raw
from dateline.events.registry import CORE_NAMES, Registry
from dateline.log import hashing
from dateline.log.tables import events, log_head, stories

PAGE = 2000

_COLUMNS = (
    events.c.position, events.c.event_id, events.c.story, events.c.version, events.c.type,
    events.c.schema_version, events.c.recorded_us, events.c.reported_us, events.c.subject_key,
    events.c.body,
)  # fmt: skip
#: Keyset over the index (story, version): a row value compares as the index sorts.
_BY_STORY = (
    "SELECT position, event_id, story, version, type, schema_version, recorded_us, reported_us,"
    " subject_key, body FROM events WHERE (story, version) > (?, ?) ORDER BY story, version LIMIT ?"
)
_NOBODY = RecordedBy()


class _StoredBody(msgspec.Struct, frozen=True):
    data: msgspec.Raw
    recorded_by: RecordedBy = _NOBODY
    causation_id: UUID | None = None


class Head(msgspec.Struct, frozen=True):
    """How far the log goes, and the root of its Merkle tree there."""

    archive: UUID
    position: int
    root: bytes


class StoryRow(msgspec.Struct, frozen=True):
    """One story as the log lists it."""

    id: UUID
    slug: str
    version: int
    recorded_us: int


_body = msgspec.json.Decoder(_StoredBody)


def head(connection: Connection) -> Head:
    row = connection.execute(log_head.select()).one()
    root = hashing.Frontier.from_bytes(row.position, row.peaks).root()
    return Head(UUID(bytes=row.archive), row.position, root)


def root_at(connection: Connection, position: int) -> bytes:
    """The root of the log's tree when it had that many events."""
    tree = hashing.Frontier()
    after = 0
    while after < position:
        query = select(events.c.leaf).where(events.c.position > after)
        query = query.where(events.c.position <= position).order_by(events.c.position).limit(PAGE)
        leaves = connection.execute(query).scalars().all()
        if not leaves:
            raise LogGap(after + 1, position)
        tree.extend(leaves)
        after += len(leaves)
    return tree.root()


def list_stories(connection: Connection) -> list[StoryRow]:
    """All stories, by slug."""
    rows = connection.execute(stories.select().order_by(stories.c.slug))
    return [_story(row) for row in rows]


def story_by_slug(connection: Connection, slug: str) -> StoryRow | None:
    row = connection.execute(stories.select().where(stories.c.slug == slug)).first()
    return None if row is None else _story(row)


def story_by_id(connection: Connection, story: UUID) -> StoryRow | None:
    row = connection.execute(stories.select().where(stories.c.story == story.bytes)).first()
    return None if row is None else _story(row)


def _story(row: Any) -> StoryRow:
    return StoryRow(UUID(bytes=row.story), row.slug, row.version, row.recorded_us)


class Reader:
    """Decodes events of one archive; remembers the slugs of its stories."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._slugs: dict[bytes, tuple[UUID, str]] = {}

    def read(
        self,
        connection: Connection,
        *,
        after: int = 0,
        until: int | None = None,
        types: Collection[str] | None = None,
        page: int = PAGE,
    ) -> Iterator[Event]:
        """Events of the whole log with position > `after` and <= `until`, in order.

        Raises LogGap at a hole.
        """
        while until is None or after < until:
            query = select(*_COLUMNS).where(events.c.position > after)
            if until is not None:
                query = query.where(events.c.position <= until)
            rows = connection.execute(query.order_by(events.c.position).limit(page)).all()
            for row in rows:
                after += 1
                if row.position != after:
                    raise LogGap(after, row.position)
                if types is None or row.type in types:
                    yield self._event(connection, row)
            if len(rows) < page:
                if until is not None and after < until:
                    raise LogGap(after + 1, until)
                return

    def read_story(
        self,
        connection: Connection,
        story: UUID,
        *,
        after: int = 0,
        until: int | None = None,
        page: int = PAGE,
    ) -> Iterator[Event]:
        """Events of one story with version > `after` and position <= `until`, in order."""
        while True:
            query = select(*_COLUMNS).where(events.c.story == story.bytes, events.c.version > after)
            if until is not None:
                query = query.where(events.c.position <= until)
            rows = connection.execute(query.order_by(events.c.version).limit(page)).all()
            for row in rows:
                after += 1
                if row.version != after:
                    raise LogGap(after, row.version)
                yield self._event(connection, row)
            if len(rows) < page:
                return

    def read_by_story(
        self,
        connection: Connection,
        *,
        after: UUID | None = None,
        until: int,
        page: int = PAGE,
    ) -> Iterator[Event]:
        """Events with position <= `until`, story by story in the order of their ids, each in the
        order of its versions; stories after `after` alone. Raises LogGap."""
        story, version = (b"" if after is None else after.bytes), 1 << 62
        while True:
            rows = connection.exec_driver_sql(_BY_STORY, (story, version, page)).all()
            for row in rows:
                expected = version + 1 if row.story == story else 1
                if row.version != expected:
                    raise LogGap(expected, row.version)
                story, version = row.story, row.version
                if row.position <= until:
                    yield self._event(connection, row)
            if len(rows) < page:
                return

    def by_id(self, connection: Connection, event_id: UUID) -> Event | None:
        row = connection.execute(
            select(*_COLUMNS).where(events.c.event_id == event_id.bytes)
        ).first()
        return None if row is None else self._event(connection, row)

    def _event(self, connection: Connection, row: Any) -> Event:
        story, slug = self._slugs.get(row.story) or self._slug(connection, row.story)
        original: dict[str, object] | None = None
        data: Any = Erased()
        recorded_by, causation = _NOBODY, None
        if row.body is not None:
            body = _body.decode(row.body)
            recorded_by, causation = body.recorded_by, body.causation_id
            data = self._data(row.type, row.schema_version, body.data)
            if not isinstance(data, Raw) and row.schema_version != data.schema_version:
                original = msgspec.json.decode(body.data, type=dict[str, object])
        return Event(
            position=row.position,
            event_id=UUID(bytes=row.event_id),
            story=story,
            slug=slug,
            version=row.version,
            type=row.type,
            schema_version=row.schema_version,
            recorded_us=row.recorded_us,
            reported_us=row.reported_us,
            subject_key=row.subject_key,
            data=data,
            recorded_by=recorded_by,
            causation_id=causation,
            original=original,
        )

    def _data(self, type_: str, schema_version: int, data: msgspec.Raw) -> Any:
        try:
            return self.registry.decode(type_, schema_version, data)
        except Exception:
            # What a plugin's type cannot hold, or its upcaster chokes on, stays readable as it is.
            if type_ in CORE_NAMES:
                raise
            return Raw(msgspec.json.decode(data, type=dict[str, object]))

    def _slug(self, connection: Connection, key: bytes) -> tuple[UUID, str]:
        found = story_by_id(connection, UUID(bytes=key))
        known = (UUID(bytes=key), "" if found is None else found.slug)
        self._slugs[key] = known
        return known
