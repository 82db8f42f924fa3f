"""Appending: each event gets its position under the lock of the single head row, and its hashes.

The writer settles the order, so a reader can never skip an event that commits late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, islice
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.errors import (
    DatelineError,
    EventIdConflict,
    SealedContent,
    SlugTaken,
    VersionConflict,
)
from dateline.events.clock import CLOCK_TOLERANCE_US, now_us
from dateline.events.envelope import NewEvent
from dateline.events.registry import CORE_NAMES
from dateline.events.story import StoryOpened
from dateline.log import hashing, stored_tree
from dateline.log.collector import collector_paused
from dateline.log.content import Encrypted, dump, salted, same_data
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import found_in
from dateline.log.databases.unwritten import require_done
from dateline.log.hashing import stamp
from dateline.log.read import stored_head
from dateline.log.tables import EVENT_COLUMNS, STORY_COLUMNS, events, plugin_types, stories
from dateline.protect.vault import Vault

Expected = int | Literal["new"] | None
#: So many rows are made, then inserted: all rows of a large import would fill the memory.
_ROWS = 10_000

_HEAD = "SELECT position, archive, peaks FROM log_head"
_STORY = "SELECT version, leaf, recorded_us FROM stories WHERE story = ?"
_STORIES = "SELECT story, version, leaf, recorded_us FROM stories WHERE story IN"
_SLUGS = "SELECT slug FROM stories WHERE slug IN"
_NEW_TYPE = "INSERT INTO plugin_types (name, since) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
_IS_TYPE = "SELECT 1 FROM plugin_types WHERE name = ?"
_KNOWN = "SELECT position, event_id, story, type, subject_key, body FROM events WHERE event_id IN"


class Appended(msgspec.Struct, frozen=True):
    """The positions of events in the log. ``new`` counts the events that this call added."""

    positions: tuple[int, ...]
    version: int
    new: int


class _Story:
    """The state of a story while a transaction appends to it."""

    __slots__ = ("changed", "key", "leaf", "new", "recorded", "slug", "version")

    def __init__(self, key: bytes, row: tuple[int, bytes, int] | None) -> None:
        self.key, self.new, self.changed, self.slug = key, row is None, False, ""
        self.version, self.leaf, self.recorded = row or (0, b"", 0)


class Appender:
    """Appends within one write transaction. Create one, append to any stories, then call `finish`.

    Statements go to the driver's own connection: an event takes a few microseconds, and each layer
    would add to that. `vault` encrypts events that have a subject key.
    """

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._connection, self._backend, self._vault = connection, of(connection), vault
        self._run = self._backend.execute(connection)
        #: By the number that is the story's id: a UUID is slow to look up.
        self._stories: dict[int, _Story] = {}
        self._began = False
        #: Stories whose last event has a time that this clock has not reached yet, with that time. New
        #: events of these stories get the same time.
        self.ahead: dict[UUID, int] = {}
        #: This clock minus the database server's, in microseconds; None without a server.
        self.skew_us: int | None = None

    def _begin(
        self, ids: Sequence[bytes], pairs: Sequence[tuple[UUID, NewEvent]]
    ) -> list[Any] | None:
        """Take the append lock. Where the backend is remote, the same round trip looks up the stories
        of `pairs` and the events with `ids`. Returns the rows of these events, or None where they
        were not looked up.

        The lock is taken first, in a statement of its own, so nothing read after it can be stale.
        """
        if self._began:
            return None
        self._began, known = True, None
        server: int | None = None
        if not self._backend.remote:
            position, archive, peaks = self._run(_HEAD).fetchone()
        else:
            keys = {story: story.bytes for story in {story for story, _ in pairs}}
            found = self._backend.open_append(self._connection, ids, list(keys.values()))
            [(_, archive, _, position, *_, peaks, server)] = [r for r in found if r[0] == "head"]
            there = {row[1]: (row[3], row[7], row[4]) for row in found if row[0] == "story"}
            self._stories = {story.int: _Story(key, there.get(key)) for story, key in keys.items()}
            known = [
                (at, key, owner, type_, subject, body)
                for kind, key, owner, at, _, type_, subject, body, _ in found
                if kind == "event"
            ]
        self.archive, self._frontier = stored_head(archive, position, peaks)
        self.position: int = position
        self.now = now_us()
        self.skew_us = None if server is None else self.now - server
        return known

    def append(self, story: UUID, new: Sequence[NewEvent], expected: Expected = None) -> Appended:
        """Append `new` to `story`.

        An event whose id is in the log already, with the same content, is not added again. Ids are
        checked before `expected`. Raises EventIdConflict, VersionConflict.
        """
        positions, added = self.append_all([(story, event) for event in new], {story: expected})
        return Appended(tuple(positions), self.version(story), added)

    def append_all(
        self, pairs: Sequence[tuple[UUID, NewEvent]], expected: Mapping[UUID, Expected]
    ) -> tuple[list[int], int]:
        """Append events to several stories, in this order. Returns (positions, number of new events)."""
        # Hash before taking the lock where other writers wait for it; else one by one, to save memory.
        early = list(salted(pairs)) if self._backend.remote else None
        keys = [event.event_id.bytes for _, event in pairs]
        known = self._known(keys, pairs)
        fresh, ids = pairs, keys
        if known:
            new = [key not in known for key in keys]
            fresh, ids = list(compress(pairs, new)), list(compress(keys, new))
            early = None if early is None else list(compress(early, new))
        touched = {pair[0].int: pair[0] for pair in fresh}
        if len(touched) > 1:
            self._fetch(touched)
        for story in touched.values():
            self._check(story, expected.get(story))
        contents, placed = iter(salted(fresh) if early is None else early), list[int]()
        for at in range(0, len(fresh), _ROWS):
            some = fresh[at : at + _ROWS]
            with collector_paused():
                placed += self._insert(some, ids[at : at + _ROWS], islice(contents, len(some)))
        if not known:
            return placed, len(placed)
        known.update(zip(ids, placed, strict=True))
        return [known[key] for key in keys], len(placed)

    def version(self, story: UUID) -> int:
        """The story's version as this transaction leaves it; 0 when there is no such story."""
        self._begin([], [])
        return self._story(story).version

    def finish(self) -> None:
        """Write the new head and the stories. Nothing can be appended after that."""
        if not self._began:
            return
        moved = [
            (at.version, at.leaf, at.recorded, at.key)
            for at in self._stories.values()
            if at.changed
        ]
        stored_tree.insert(self._connection, self._frontier.take_complete())
        peaks = self._frontier.to_bytes()
        self._backend.close_append(self._connection, self.position, peaks, moved)

    def _story(self, story: UUID) -> _Story:
        found = self._stories.get(story.int)
        if found is None:
            key = story.bytes
            found = _Story(key, self._run(_STORY, (key,)).fetchone())
            self._stories[story.int] = found
        return found

    def _fetch(self, touched: Mapping[int, UUID]) -> None:
        """Load many stories at once: each statement is a round trip during which other writers wait."""
        wanted = {
            story.bytes: number for number, story in touched.items() if number not in self._stories
        }
        found = {row[0]: row[1:] for row in found_in(self._run, _STORIES, list(wanted))}
        for key, number in wanted.items():
            self._stories[number] = _Story(key, found.get(key))

    def _check(self, story: UUID, expected: Expected) -> None:
        version = self._story(story).version
        if expected is not None and (0 if expected == "new" else expected) != version:
            raise VersionConflict(story, expected, version)

    def _known(
        self, keys: Sequence[bytes], pairs: Sequence[tuple[UUID, NewEvent]]
    ) -> dict[bytes, int]:
        """The positions of the events that are in the log already. `keys` are the ids of `pairs`."""
        wanted = dict(zip(keys, pairs, strict=True))
        if len(wanted) != len(pairs):
            raise DatelineError(
                "two events of one append have the same id",
                hint="give each event an id of its own",
                code="event-ids-repeated",
            )
        rows = self._begin(keys, pairs)
        if rows is None:
            rows = list(found_in(self._run, _KNOWN, keys))
        known: dict[bytes, int] = {}
        for position, key, owner, type_, subject, body in rows:
            story, event = wanted[key]
            if subject is not None and body is not None:
                plain = Encrypted(subject, body).opened(key, self._vault)
                if plain is None:
                    raise SealedContent("of this event", position)
                body = plain.body
            if owner != story.bytes or type_ != event.type or not same_data(body, event):
                raise EventIdConflict(event.event_id, position)
            known[key] = position
        return known

    def _insert(
        self,
        pairs: Sequence[tuple[UUID, NewEvent]],
        keys: Sequence[bytes],
        contents: Iterable[tuple[bytes, bytes, bytes]],
    ) -> list[int]:
        archive, leaves, rows = str(self.archive), list[bytes](), list[Any]()
        first = self.position + 1
        foreign: dict[str, int] = {}
        for position, ((story, event), key, (salt, body, committed)) in enumerate(
            zip(pairs, keys, contents, strict=True), first
        ):
            at = self._stories[story.int]
            if at.new and not at.version:
                at.slug = _slug(story, event)
            # A clock that was set back never reorders a story.
            recorded = event.recorded_us
            if recorded is None:
                recorded = max(at.recorded, self.now)
                if recorded - self.now > CLOCK_TOLERANCE_US:
                    self.ahead[story] = recorded
            at.version += 1
            leaf = hashing.leaf(
                hashing.entry(
                    archive=archive,
                    story=story,
                    version=at.version,
                    event_id=event.event_id,
                    type=event.type,
                    schema_version=event.schema_version,
                    recorded_at=stamp(recorded),
                    reported_at=None if event.reported_us is None else stamp(event.reported_us),
                    subject_key=event.subject_key,
                    prev=at.leaf,
                    commitment=committed,
                )
            )
            at.leaf, at.recorded, at.changed = leaf, recorded, True
            if event.type not in CORE_NAMES:
                foreign.setdefault(event.type, position)
            stored: tuple[bytes | None, bytes] = (salt, body)
            if event.subject_key is not None:  # the hashes cover the plain body
                assert self._vault is not None
                sealed = self._vault.seal_event(event.subject_key, key, salt, body)
                stored = dump(Encrypted(event.subject_key, sealed))
            leaves.append(leaf)
            rows.append(
                (
                    position, key, at.key, at.version, event.type,
                    event.schema_version, recorded, event.reported_us, event.subject_key,
                    *stored, committed, leaf,
                )
            )  # fmt: skip
        self._frontier.extend(leaves)
        self._open_stories()
        self._backend.insert(self._connection, events.name, EVENT_COLUMNS, rows)
        for kind in foreign.items():
            if self._run(_NEW_TYPE, kind).rowcount != 1:
                there = self._run(_IS_TYPE, kind[:1]).fetchone()
                require_done(int(there is not None), 1, plugin_types.name)
        self.position += len(rows)
        return list(range(first, first + len(rows)))

    def _open_stories(self) -> None:
        """Write new stories, because their events refer to them; the others are written by `finish`."""
        opened: dict[str, tuple[Any, ...]] = {}
        for at in self._stories.values():
            if at.new and at.changed:
                if at.slug in opened:
                    raise SlugTaken(at.slug)
                opened[at.slug] = (at.key, at.slug, at.version, at.leaf, at.recorded)
                at.new = at.changed = False
        if not opened:
            return
        for (slug,) in found_in(self._run, _SLUGS, list(opened)):
            raise SlugTaken(slug)
        rows = list(opened.values())
        self._backend.insert(self._connection, stories.name, STORY_COLUMNS, rows)


def _slug(story: UUID, first: NewEvent) -> str:
    if not isinstance(first.data, StoryOpened):
        raise DatelineError(
            f"the first event of story {story} is not story.opened",
            hint="record story.opened first",
            code="story-not-opened",
        )
    return first.data.slug
