"""Appending: positions given under the lock of the one head row, hashes with every event.

Order is settled at the writer, so a reader can never skip an event that commits late.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError, EventIdConflict, SlugTaken, VersionConflict
from dateline.events.clock import now_us, to_iso
from dateline.events.envelope import NewEvent, RecordedBy
from dateline.events.payload import Raw
from dateline.events.story import StoryOpened
from dateline.log import hashing, nodes
from dateline.log.engine import driver
from dateline.log.hashing import SALT_BYTES

Expected = int | Literal["new"] | None

_HEAD = "SELECT position, archive, peaks FROM log_head"
_SET_HEAD = "UPDATE log_head SET position = ?, peaks = ?"
_STORY = "SELECT version, leaf, recorded_us FROM stories WHERE story = ?"
_SLUG = "SELECT 1 FROM stories WHERE slug = ?"
_NEW_STORY = "INSERT INTO stories (story, slug, version, leaf, recorded_us) VALUES (?, ?, ?, ?, ?)"
_SET_STORY = "UPDATE stories SET version = ?, leaf = ?, recorded_us = ? WHERE story = ?"
_KNOWN = "SELECT position, event_id, story, type, body FROM events WHERE event_id IN"
_IDS = 500
_INSERT = (
    "INSERT INTO events (position, event_id, story, version, type, schema_version, recorded_us,"
    " reported_us, subject_key, salt, body, commitment, leaf)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored and committed to as one blob, encoded once and never again."""

    data: Any
    recorded_by: RecordedBy
    causation_id: UUID | None = None


class Appended(msgspec.Struct, frozen=True):
    """Where events are in the log. ``new`` counts those this call added."""

    positions: tuple[int, ...]
    version: int
    new: int


_encode = msgspec.json.Encoder().encode


def encode(event: NewEvent) -> bytes:
    data = event.data.fields if isinstance(event.data, Raw) else event.data
    return _encode(Body(data, event.recorded_by, event.causation_id))


class _Story:
    """How far a story is while a transaction appends to it."""

    __slots__ = ("changed", "leaf", "new", "recorded", "slug", "version")

    def __init__(self, row: tuple[int, bytes, int] | None) -> None:
        self.new, self.changed, self.slug = row is None, False, ""
        self.version, self.leaf, self.recorded = row or (0, b"", 0)


class Appender:
    """Appends within one write transaction. Make one, append to any stories, then `finish`.

    Statements go to the driver's own connection: at a few microseconds an event, a layer shows.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._run = driver(connection).execute
        self._run_many = driver(connection).executemany
        # BEGIN IMMEDIATE holds the lock already: what is read here cannot be stale.
        position, archive, peaks = self._run(_HEAD).fetchone()
        self.archive = UUID(bytes=archive)
        self.position: int = position
        self._frontier = hashing.Frontier.from_bytes(position, peaks)
        self._now = now_us()
        self._stories: dict[UUID, _Story] = {}

    def append(self, story: UUID, new: Sequence[NewEvent], expected: Expected = None) -> Appended:
        """Append `new` to `story`.

        Events whose id is there already with the same content are not added again; ids are looked
        at before `expected`. Raises EventIdConflict, VersionConflict.
        """
        positions, added = self.append_all([(story, event) for event in new], {story: expected})
        return Appended(tuple(positions), self.version(story), added)

    def append_all(
        self, pairs: Sequence[tuple[UUID, NewEvent]], expected: Mapping[UUID, Expected]
    ) -> tuple[list[int], int]:
        """Append events to several stories, in this order. Returns (positions, how many are new)."""
        known = self._known(pairs)
        fresh = [pair for pair in pairs if pair[1].event_id not in known] if known else pairs
        checked = set()
        for story, _ in fresh:
            if story not in checked:
                checked.add(story)
                self._check(story, expected.get(story))
        placed = self._insert(fresh)
        if not known:
            return placed, len(placed)
        known.update(zip((event.event_id for _, event in fresh), placed, strict=True))
        return [known[event.event_id] for _, event in pairs], len(placed)

    def version(self, story: UUID) -> int:
        """The story's version as this transaction leaves it; 0 when it is not there."""
        return self._story(story).version

    def finish(self) -> None:
        """Write the new head. Nothing more may be appended."""
        self._run(_SET_HEAD, (self.position, self._frontier.to_bytes()))
        nodes.insert(self._connection, self._frontier.take_complete())

    def _story(self, story: UUID) -> _Story:
        found = self._stories.get(story)
        if found is None:
            found = _Story(self._run(_STORY, (story.bytes,)).fetchone())
            self._stories[story] = found
        return found

    def _check(self, story: UUID, expected: Expected) -> None:
        version = self._story(story).version
        if expected is not None and (0 if expected == "new" else expected) != version:
            raise VersionConflict(story, expected, version)

    def _known(self, pairs: Sequence[tuple[UUID, NewEvent]]) -> dict[UUID, int]:
        """Positions of those events that are in the log already."""
        wanted = {event.event_id.bytes: (story, event) for story, event in pairs}
        if len(wanted) != len(pairs):
            raise DatelineError("two events of one append have the same id")
        known: dict[UUID, int] = {}
        keys = list(wanted)
        for at in range(0, len(keys), _IDS):
            some = keys[at : at + _IDS]
            query = f"{_KNOWN} ({', '.join('?' * len(some))})"
            for position, key, owner, type_, body in self._run(query, some).fetchall():
                story, event = wanted[key]
                if owner != story.bytes or type_ != event.type or not _same(body, event):
                    raise EventIdConflict(event.event_id, position)
                known[event.event_id] = position
        return known

    def _insert(self, pairs: Sequence[tuple[UUID, NewEvent]]) -> list[int]:
        if not pairs:
            return []
        salts = os.urandom(SALT_BYTES * len(pairs))
        archive, frontier, rows = str(self.archive), self._frontier, []
        first = self.position + 1
        stamps = _Stamps()
        for index, (story, event) in enumerate(pairs):
            at = self._story(story)
            if at.new and not at.version:
                at.slug = _slug(story, event)
            # A clock that went backwards never reorders a story.
            recorded = event.recorded_us
            if recorded is None:
                recorded = max(at.recorded, self._now)
            salt = salts[index * SALT_BYTES : (index + 1) * SALT_BYTES]
            body = encode(event)
            committed = hashing.commitment(salt, body)
            at.version += 1
            leaf = hashing.leaf(
                hashing.entry(
                    archive=archive,
                    story=story,
                    version=at.version,
                    event_id=event.event_id,
                    type=event.type,
                    schema_version=event.schema_version,
                    recorded_at=stamps[recorded],
                    reported_at=None if event.reported_us is None else stamps[event.reported_us],
                    subject_key=event.subject_key,
                    prev=at.leaf,
                    commitment=committed,
                )
            )
            at.leaf, at.recorded, at.changed = leaf, recorded, True
            frontier.append(leaf)
            rows.append(
                (
                    first + index, event.event_id.bytes, story.bytes, at.version, event.type,
                    event.schema_version, recorded, event.reported_us, event.subject_key,
                    salt, body, committed, leaf,
                )
            )  # fmt: skip
        self._write_stories()
        self._run_many(_INSERT, rows)
        self.position += len(rows)
        return list(range(first, first + len(rows)))

    def _write_stories(self) -> None:
        for story, at in self._stories.items():
            if at.new and at.changed:
                owner = self._run(_SLUG, (at.slug,)).fetchone()
                if owner is not None:
                    raise SlugTaken(at.slug)
                values = (story.bytes, at.slug, at.version, at.leaf, at.recorded)
                self._run(_NEW_STORY, values)
            elif at.changed:
                self._run(_SET_STORY, (at.version, at.leaf, at.recorded, story.bytes))
            at.new, at.changed = at.new and not at.version, False


class _Stamps(dict[int, str]):
    """Instants as hashed; events of one batch mostly share them."""

    def __missing__(self, us: int) -> str:
        stamp = self[us] = to_iso(us)
        return stamp


def _slug(story: UUID, first: NewEvent) -> str:
    if not isinstance(first.data, StoryOpened):
        raise DatelineError(f"the first event of story {story} is not story.opened")
    return first.data.slug


def _same(body: bytes | None, event: NewEvent) -> bool:
    """Same data. Who recorded it does not count: a retry may come from another hand."""
    if body is None:  # erased: nothing left to compare, and the id alone is proof of the attempt
        return True
    stored = msgspec.json.decode(body, type=dict[str, Any])["data"]
    ours = msgspec.json.decode(encode(event), type=dict[str, Any])["data"]
    return bool(stored == ours)
