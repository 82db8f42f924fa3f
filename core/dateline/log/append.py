"""Appending: positions given under the lock of the one head row, hashes with every event.

Order is settled at the writer, so a reader can never skip an event that commits late.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select, update

from dateline.errors import DatelineError, EventIdConflict, VersionConflict
from dateline.events.clock import now_us, to_iso
from dateline.events.envelope import NewEvent, RecordedBy
from dateline.events.payload import Raw
from dateline.events.story import StoryOpened
from dateline.log import hashing
from dateline.log.tables import events, log_head, stories

Expected = int | Literal["new"] | None

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


class Appender:
    """Appends within one write transaction. Make one, append to any stories, then `finish`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # Statement one takes the lock; what is read after it cannot be stale.
        connection.execute(update(log_head).values(position=log_head.c.position))
        head = connection.execute(log_head.select()).one()
        self.archive = UUID(bytes=head.archive)
        self.position: int = head.position
        self._frontier = hashing.Frontier.from_bytes(head.position, head.peaks)
        self._now = now_us()

    def append(self, story: UUID, new: Sequence[NewEvent], expected: Expected = None) -> Appended:
        """Append `new` to `story`.

        Events whose id is there already with the same content are not added again; ids are looked
        at before `expected`. Raises EventIdConflict, VersionConflict.
        """
        row = self._connection.execute(
            stories.select().where(stories.c.story == story.bytes)
        ).first()
        version: int = 0 if row is None else row.version
        known = self._known(story, new)
        fresh = [event for event in new if event.event_id not in known]
        if fresh:
            wanted = {"new": 0, None: version}.get(expected, expected)  # type: ignore[arg-type]
            if wanted != version:
                raise VersionConflict(story, expected, version)
            placed = self._insert(story, row, version, fresh)
            known.update(zip((event.event_id for event in fresh), placed, strict=True))
        positions = tuple(known[event.event_id] for event in new)
        return Appended(positions, version + len(fresh), len(fresh))

    def finish(self) -> None:
        """Write the new head. Nothing more may be appended."""
        self._connection.execute(
            update(log_head).values(position=self.position, peaks=self._frontier.to_bytes())
        )

    def _known(self, story: UUID, new: Sequence[NewEvent]) -> dict[UUID, int]:
        """Positions of those of `new` that are in the log already."""
        known: dict[UUID, int] = {}
        wanted = {event.event_id.bytes: event for event in new}
        if len(wanted) != len(new):
            raise DatelineError("two events of one append have the same id")
        keys = list(wanted)
        for at in range(0, len(keys), 500):
            columns = (
                events.c.position,
                events.c.event_id,
                events.c.story,
                events.c.type,
                events.c.body,
            )
            found = select(*columns).where(events.c.event_id.in_(keys[at : at + 500]))
            for row in self._connection.execute(found):
                event = wanted[row.event_id]
                if row.story != story.bytes or row.type != event.type or not _same(row.body, event):
                    raise EventIdConflict(event.event_id, row.position)
                known[event.event_id] = row.position
        return known

    def _insert(self, story: UUID, row: Any, version: int, new: Sequence[NewEvent]) -> list[int]:
        recorded = 0 if row is None else int(row.recorded_us)
        prev = b"" if row is None else bytes(row.leaf)
        salts = os.urandom(hashing.SALT_BYTES * len(new))
        story_key, rows, positions = story.bytes, [], []
        stamp_us, stamp = -1, ""
        for index, event in enumerate(new):
            # A clock that went backwards never reorders a story.
            recorded = (
                event.recorded_us if event.recorded_us is not None else max(recorded, self._now)
            )
            if recorded != stamp_us:
                stamp_us, stamp = recorded, to_iso(recorded)
            salt = salts[index * hashing.SALT_BYTES : (index + 1) * hashing.SALT_BYTES]
            body = encode(event)
            committed = hashing.commitment(salt, body)
            version += 1
            prev = hashing.leaf(
                hashing.entry(
                    archive=self.archive,
                    story=story,
                    version=version,
                    event_id=event.event_id,
                    type=event.type,
                    schema_version=event.schema_version,
                    recorded_at=stamp,
                    reported_at=None if event.reported_us is None else to_iso(event.reported_us),
                    subject_key=event.subject_key,
                    prev=prev,
                    commitment=committed,
                )
            )
            self.position += 1
            positions.append(self.position)
            self._frontier.append(prev)
            rows.append(
                (
                    self.position, event.event_id.bytes, story_key, version, event.type,
                    event.schema_version, recorded, event.reported_us, event.subject_key,
                    salt, body, committed, prev,
                )
            )  # fmt: skip
        self._write_story(story, row, version, prev, recorded, new[0])
        self._connection.exec_driver_sql(_INSERT, rows)
        return positions

    def _write_story(
        self, story: UUID, row: Any, version: int, leaf: bytes, recorded: int, first: NewEvent
    ) -> None:
        values = {"version": version, "leaf": leaf, "recorded_us": recorded}
        if row is not None:
            self._connection.execute(
                update(stories).where(stories.c.story == story.bytes).values(**values)
            )
            return
        if not isinstance(first.data, StoryOpened):
            raise DatelineError(f"the first event of story {story} is not story.opened")
        slug = first.data.slug
        if self._connection.execute(select(stories.c.story).where(stories.c.slug == slug)).first():
            raise DatelineError(f"a story {slug!r} is there already", hint="choose another slug")
        self._connection.execute(stories.insert().values(story=story.bytes, slug=slug, **values))


def _same(body: bytes | None, event: NewEvent) -> bool:
    """Same data. Who recorded it does not count: a retry may come from another hand."""
    if body is None:  # erased: nothing left to compare, and the id alone is proof of the attempt
        return True
    stored = msgspec.json.decode(body, type=dict[str, Any])["data"]
    ours = msgspec.json.decode(encode(event), type=dict[str, Any])["data"]
    return bool(stored == ours)
