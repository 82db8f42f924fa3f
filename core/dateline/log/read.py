"""Reading the log: keyset pages in the order of positions, in bounded memory, never past a hole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, func, select

from dateline.errors import Damaged, DatelineError, LogGap, NotAnArchive, stops_plugin
from dateline.events.clock import LAST_US
from dateline.events.envelope import Event, RecordedBy, StoredBody, body_decoder
from dateline.events.frozen import frozen
from dateline.events.payload import Erased, Raw, Sealed
from dateline.events.registry import CORE_NAMES, Registry
from dateline.events.story import is_slug
from dateline.log import hashing
from dateline.log.content import Encrypted
from dateline.log.databases.dialect import named_errors, of
from dateline.log.databases.sql import found_in, portions
from dateline.log.tables import events, log_head, plugin_types, stories
from dateline.protect.vault import Vault

PAGE = 2000

# Rows come from the driver itself, as tuples in this order: at a million events each layer costs.
_SELECT = (
    "SELECT position, event_id, story, version, type, schema_version, recorded_us, reported_us,"
    " subject_key, body FROM events"
)
_BY_POSITION = f"{_SELECT} WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
_OF_STORY = f"{_SELECT} WHERE story = ? AND version > ? AND position <= ? ORDER BY version LIMIT ?"
#: Keyset over the index (story, version): row values compare in the order of the index.
_BY_STORY = f"{_SELECT} WHERE (story, version) > (?, ?) ORDER BY story, version LIMIT ?"
_BY_STORY_TO = _BY_STORY.replace("ORDER", "AND story <= ? ORDER")
_OF_TYPES = f"{_SELECT} WHERE position > ? AND type IN ({{}}) ORDER BY position LIMIT ?"
_AT = f"{_SELECT} WHERE position IN"
_SLUGS_OF = "SELECT story, slug FROM stories WHERE story IN"
_PRESENT_OR_ERASED = "SELECT event_id FROM events WHERE event_id"
_PRESENT = "SELECT event_id FROM events WHERE body IS NOT NULL"
_BY_ID = f"{_SELECT} WHERE event_id = ?"
_END = 2**62
#: How many slugs are cached; a rebuild folds story by story and needs each once.
_SLUGS = 4096
_NOBODY, _ERASED = RecordedBy(), Erased()


class Head(msgspec.Struct, frozen=True):
    """The newest position of the log, and the root of its Merkle tree there."""

    archive: UUID
    position: int
    root: bytes


class StoryRow(msgspec.Struct, frozen=True):
    """One story, from the log's table of stories."""

    id: UUID
    slug: str
    version: int
    recorded_us: int


def head(connection: Connection) -> Head:
    row = connection.execute(log_head.select()).first()
    if row is None:
        raise NotAnArchive(
            "the head of the log is missing", hint="restore the archive from a backup"
        )
    archive, frontier = stored_head(row.archive, row.position, row.peaks)
    return Head(archive, row.position, frontier.root())


def stored_head(archive: Any, position: Any, peaks: Any) -> tuple[UUID, hashing.Frontier]:
    """The archive's id and its tree, from the values of the head's row. Raises Damaged."""
    try:
        return UUID(bytes=archive), hashing.Frontier.from_bytes(position, peaks)
    except (ValueError, TypeError, AttributeError) as error:
        raise Damaged(f"the head of the log cannot be read: {error}") from error


def present(connection: Connection, ids: Iterable[UUID], *, live: bool = False) -> set[UUID]:
    """Which of those events are in the log; with `live` only those that were not erased."""
    query = f"{_PRESENT} AND event_id IN" if live else f"{_PRESENT_OR_ERASED} IN"
    keys = [event_id.bytes for event_id in ids]
    with named_errors(connection):
        rows = found_in(of(connection).execute(connection), query, keys)
        return {UUID(bytes=key) for (key,) in rows}


def list_stories(connection: Connection) -> list[StoryRow]:
    """All stories, by slug."""
    rows = connection.execute(stories.select().order_by(stories.c.slug))
    return [_story(row) for row in rows]


def latest_stories(connection: Connection, count: int, skip: int = 0) -> list[StoryRow]:
    """The `count` stories that changed last after the first `skip` of these, the latest first."""
    query = stories.select().order_by(stories.c.recorded_us.desc(), stories.c.slug)
    return [_story(row) for row in connection.execute(query.limit(count).offset(skip))]


def count_stories(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(stories)).scalar_one())


def story_by_slug(connection: Connection, slug: str) -> StoryRow | None:
    row = connection.execute(stories.select().where(stories.c.slug == slug)).first()
    return None if row is None else _story(row)


def story_by_id(connection: Connection, story: UUID) -> StoryRow | None:
    row = connection.execute(stories.select().where(stories.c.story == story.bytes)).first()
    return None if row is None else _story(row)


def _story(row: Any) -> StoryRow:
    # A slug becomes a file name, so a slug in a stranger's archive must not lead to another folder.
    sound = (
        isinstance(row.slug, str)
        and is_slug(row.slug)
        and type(row.version) is type(row.recorded_us) is int
    )
    if not sound or len(row.story) != 16 or not 0 <= row.recorded_us <= LAST_US:
        raise Damaged(f"the row of story {row.slug!r} cannot be read")
    return StoryRow(UUID(bytes=row.story), row.slug, row.version, row.recorded_us)


def _fetched(connection: Connection, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    # Explained here, because an exporter reads while it writes and is not at fault for a damaged file.
    with named_errors(connection):
        rows: list[tuple[Any, ...]] = of(connection).execute(connection)(query, values).fetchall()
    return rows


class Reader:
    """Decodes events of one archive and caches the slugs of its stories.

    Protected events are decrypted with the keys of `vault`; without its key their data is `Sealed`. With `withhold`
    they are read as if they had been erased.
    """

    def __init__(
        self, registry: Registry, vault: Vault | None = None, *, withhold: bool = False
    ) -> None:
        self.registry = registry
        self.vault = None if withhold else vault
        self.withhold = withhold
        self._slugs: dict[bytes, tuple[UUID, str]] = {}
        self._decoders: dict[tuple[str, int], Callable[[bytes], StoredBody[Any]]] = {}

    def withholds(self, connection: Connection) -> bool:
        """Whether something is withheld, so that rows which others kept may show too much."""
        protected = select(events.c.position).where(events.c.subject_key.is_not(None)).limit(1)
        return self.withhold and connection.execute(protected).first() is not None

    def known_types(self, connection: Connection) -> list[str]:
        """``name version`` of each event type of a plugin that is known and that the log holds."""
        if not self.registry.extra:
            return []
        held = set(connection.execute(select(plugin_types.c.name)).scalars())
        return [f"{kind.name} {kind.version}" for kind in self.registry.extra if kind.name in held]

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
        end = _END if until is None else until
        while after < end:
            rows = _fetched(connection, _BY_POSITION, (after, end, page))
            self._learn(connection, rows)
            for row in rows:
                after += 1
                if row[0] != after:
                    raise LogGap(after, row[0])
                if types is None or row[4] in types:
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
        key, end = story.bytes, _END if until is None else until
        while True:
            rows = _fetched(connection, _OF_STORY, (key, after, end, page))
            for row in rows:
                after += 1
                if row[3] != after:
                    raise LogGap(after, row[3])
                yield self._event(connection, row)
            if len(rows) < page:
                return

    def rows_by_story(
        self,
        connection: Connection,
        *,
        after: UUID | None = None,
        last: UUID | None = None,
        until: int,
        page: int = PAGE,
    ) -> list[tuple[Any, ...]]:
        """The rows of events with position <= `until`, story by story in the order of their ids, each in the
        order of its versions; only stories after `after`, up to the story `last`. They can be decoded with
        `decode` when the transaction has ended. Raises LogGap."""
        found = list(
            chain.from_iterable(self._pages_by_story(connection, after, last, until, page))
        )
        self._learn(connection, found, all_=True)
        return found

    def decode(self, row: tuple[Any, ...]) -> Event:
        """The event of one of the last `rows_by_story`. Raises Damaged."""
        return self._event(None, row)

    def _pages_by_story(
        self, connection: Connection, after: UUID | None, last: UUID | None, until: int, page: int
    ) -> Iterator[list[tuple[Any, ...]]]:
        story, version = (b"" if after is None else after.bytes), _END
        query, end = (_BY_STORY, ()) if last is None else (_BY_STORY_TO, (last.bytes,))
        while True:
            rows = _fetched(connection, query, (story, version, *end, page))
            self._learn(connection, rows)
            for row in rows:
                expected = version + 1 if row[2] == story else 1
                story, version = row[2], row[3]
                if version != expected:
                    raise LogGap(expected, version)
            yield [row for row in rows if row[0] <= until]
            if len(rows) < page:
                return

    def read_types(
        self, connection: Connection, types: Sequence[str], *, page: int = PAGE
    ) -> Iterator[Event]:
        """Events of several types, in the order of the log. Holes are not noticed."""
        query = _OF_TYPES.format(", ".join("?" * len(types)))
        after = 0
        while types:
            rows = _fetched(connection, query, (after, *types, page))
            self._learn(connection, rows)
            for row in rows:
                yield self._event(connection, row)
            if len(rows) < page:
                return
            after = rows[-1][0]

    def read_at(self, connection: Connection, positions: Sequence[int]) -> Iterator[Event]:
        """The events at `positions` of the log, in no particular order. Raises LogGap if one is missing."""
        for some in portions(positions):
            query = f"{_AT} ({', '.join('?' * len(some))})"
            rows = _fetched(connection, query, tuple(some))
            self._learn(connection, rows)
            if len(rows) < len(some):
                missing = min({*some} - {row[0] for row in rows})
                raise LogGap(missing, missing + 1)
            for row in rows:
                yield self._event(connection, row)

    def by_id(self, connection: Connection, event_id: UUID) -> Event | None:
        rows = _fetched(connection, _BY_ID, (event_id.bytes,))
        return self._event(connection, rows[0]) if rows else None

    def _event(self, connection: Connection | None, row: tuple[Any, ...]) -> Event:
        (
            position, event_key, story_key, version, type_, schema_version, recorded_us, reported_us,
            subject_key, raw,
        ) = row  # fmt: skip
        try:
            _require_sound(row)
            story, slug = self._slugs.get(story_key) or self._slug(connection, story_key)
            original: dict[str, object] | None = None
            data: Any = _ERASED
            recorded_by, causation = _NOBODY, None
            if self.withhold and subject_key is not None:
                raw = None
            elif raw is not None and subject_key is not None:
                plain = Encrypted(subject_key, raw).opened(event_key, self.vault)
                raw, data = (
                    (None, self._sealed(subject_key)) if plain is None else (plain.body, data)
                )
            if raw is not None:
                body = self._body(type_, schema_version, raw)
                data, recorded_by, causation = body.data, body.recorded_by, body.causation_id
                if type(data) is msgspec.Raw:
                    stored, data = data, self._data(type_, schema_version, data)
                    if not isinstance(data, Raw):
                        original = frozen(msgspec.json.decode(stored, type=dict[str, object]))
                data = frozen(data)
        except DatelineError:
            raise
        # An archive may come from a stranger, and a SQLite column holds any type of value.
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError, RecursionError) as error:
            reason = str(error) or type(error).__name__
            raise Damaged(f"the event at position {row[0]} cannot be read ({reason})") from error
        # By position, in the order of the fields: keywords take twice as long.
        return Event(
            position, event_key, story, slug, version, type_, schema_version, recorded_us,
            reported_us, subject_key, data, recorded_by, causation, original,
        )  # fmt: skip

    def _sealed(self, subject_key: str) -> Sealed:
        lost = self.vault is not None and self.vault.keys.is_lost(subject_key)
        return Sealed(subject_key if lost else None)

    def _body(self, type_: str, schema_version: int, raw: bytes) -> StoredBody[Any]:
        """The body. Data of the current schema version is decoded to its type in the same pass."""
        try:
            decode = self._decoders.get((type_, schema_version))
            if decode is None:
                shape = self.registry.shape(type_, schema_version)
                decode = body_decoder(shape).decode
                if shape is not msgspec.Raw:  # a stranger's log may hold any number of types
                    self._decoders[type_, schema_version] = decode
            return decode(raw)
        except BaseException as error:  # a plugin's payload may run code
            stops_plugin(error)
            if type_ in CORE_NAMES:
                raise
            return body_decoder(msgspec.Raw).decode(raw)

    def _data(self, type_: str, schema_version: int, data: msgspec.Raw) -> Any:
        try:
            return self.registry.decode(type_, schema_version, data)
        except BaseException as error:
            stops_plugin(error)
            # Data that a plugin's type or upcaster does not accept stays readable as raw fields.
            if type_ in CORE_NAMES:
                raise
            return Raw(msgspec.json.decode(data, type=dict[str, object]))

    def _learn(
        self, connection: Connection, rows: list[tuple[Any, ...]], *, all_: bool = False
    ) -> None:
        """Load the slugs of a page's stories in one statement instead of one round trip each; unless
        `all_`, not that of a single story."""
        keys = {row[2] for row in rows}
        unknown = {key for key in keys if key not in self._slugs}  # other threads may add some
        if len(unknown) < (1 if all_ else 2):
            return
        if len(self._slugs) + len(unknown) > _SLUGS:
            self._slugs.clear()
            unknown = keys
        run = of(connection).execute(connection)
        for key, slug in found_in(run, _SLUGS_OF, list(unknown)):
            self._slugs[key] = (UUID(bytes=key), slug)

    def _slug(self, connection: Connection | None, key: bytes) -> tuple[UUID, str]:
        story = UUID(bytes=key)
        found = None if connection is None else story_by_id(connection, story)
        known = (UUID(bytes=key), "" if found is None else found.slug)
        if len(self._slugs) >= _SLUGS:
            self._slugs.clear()
        self._slugs[key] = known
        return known


def _require_sound(row: tuple[Any, ...]) -> None:
    """Raises ValueError if the values of a row cannot be those of an event."""
    position, event_key, story_key, _, type_, _, recorded_us, reported_us, _, _ = row
    if type(position) is not int or position < 1:
        raise ValueError("its position is outside the log")
    for stamp in (recorded_us, reported_us or 0):
        if type(stamp) is not int or not -LAST_US <= stamp <= LAST_US:
            raise ValueError(f"{stamp!r} is not a time stamp")
    ids = type(event_key) is type(story_key) is bytes and len(event_key) == 16
    if not ids or type(type_) is not str:
        raise ValueError("its row holds values of a wrong type")
