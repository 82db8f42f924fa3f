"""The limit on PostgreSQL: psycopg's COPY on the same tables, under the same lock of the head row.

It is not an archive. It looks nothing up, checks nothing and keeps its stories in memory, so it is
correct only while nobody else writes to them. The replay of one view handles only figures that were never
corrected; that of all views is `limit_views` with COPY.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import limit_views
import msgspec
import psycopg
import workload
from limit import COLUMNS, ENTRY, PAGE, Body, Row, figure_rows, row_of
from measure import Clock

TABLE = "figures_limit"
_EVENTS = (
    "position, event_id, story, version, type, schema_version, recorded_us, reported_us,"
    " subject_key, salt, body, commitment, leaf"
)
_MOVED = (
    "UPDATE stories s SET version = m.version, leaf = m.leaf, recorded_us = m.recorded FROM unnest"
    "(%b::bytea[], %b::int8[], %b::bytea[], %b::int8[]) AS m (story, version, leaf, recorded)"
    " WHERE s.story = m.story"
)


class Log:
    """Appends whole batches, with the versions of its own stories in memory."""

    def __init__(self, db: str) -> None:
        self._connection = psycopg.connect(db)
        self._encode = msgspec.json.Encoder().encode
        self._versions: dict[bytes, int] = {}

    def append(self, pairs: Sequence[workload.Pair]) -> None:
        self._append([row_of(pair) for pair in pairs])

    def close(self) -> None:
        self._connection.close()

    def _append(self, rows: Sequence[Row]) -> None:
        versions = self._versions
        salts, now = os.urandom(32 * len(rows)), time.time_ns() // 1000
        sealed = []
        for at, (*_, data, by) in enumerate(rows):
            salt, body = salts[32 * at : 32 * at + 32], self._encode(Body(data, by))
            sealed.append((salt, body, sha256(salt + body).digest()))
        opened, moved, events = [], {}, []
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("SELECT position, peaks FROM log_head FOR UPDATE", prepare=True)
            position, raw = cursor.fetchone() or (0, b"")
            peaks = [raw[at : at + 32] for at in range(0, len(raw), 32)]
            for (story, key, kind, reported, data, _), kept in zip(rows, sealed, strict=True):
                leaf = sha256(ENTRY[kind] + kept[2]).digest()
                carry, size = leaf, position
                while size & 1:
                    carry = sha256(b"\x01" + peaks.pop() + carry).digest()
                    size >>= 1
                peaks.append(carry)
                position += 1
                version = versions[story] = versions.get(story, 0) + 1
                if version == 1:
                    opened.append((story, data.slug, 1, leaf, now))
                moved[story] = (story, version, leaf, now)
                events.append(
                    (position, key, story, version, kind, 1, now, reported, None, *kept, leaf)
                )
            if opened:
                with cursor.copy(
                    "COPY stories (story, slug, version, leaf, recorded_us) FROM STDIN"
                ) as copy:
                    for row in opened:
                        copy.write_row(row)
            with cursor.copy(f"COPY events ({_EVENTS}) FROM STDIN") as copy:
                for event in events:
                    copy.write_row(event)
            columns = [list(column) for column in zip(*moved.values(), strict=True)]
            cursor.execute(_MOVED, columns, prepare=True)
            cursor.execute(
                "UPDATE log_head SET position = %s, peaks = %s",
                (position, b"".join(peaks)),
                prepare=True,
            )


def replay(db: str) -> dict[str, Any]:
    clock = Clock()
    with psycopg.connect(db) as connection:
        with clock:
            count = _replay(connection)
        return clock.result(count)


def _replay(connection: psycopg.Connection) -> int:
    run = connection.execute
    run(f"CREATE TABLE {TABLE} ({COLUMNS.replace('FLOAT', 'DOUBLE PRECISION')})")
    run(f"CREATE TABLE {TABLE}_checkpoint (position BIGINT NOT NULL)")
    run(f"INSERT INTO {TABLE}_checkpoint VALUES (0)")
    slugs = dict(run("SELECT story, slug FROM stories", binary=True).fetchall())
    labels: dict[bytes, dict[str, str]] = {story: {} for story in slugs}
    connection.commit()
    select = "SELECT position, story, type, body FROM events WHERE position > %s ORDER BY position"
    after = 0
    while page := run(f"{select} LIMIT {PAGE}", (after,), prepare=True, binary=True).fetchall():
        after = page[-1][0]
        rows = figure_rows(page, slugs, labels)
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        run(f"UPDATE {TABLE}_checkpoint SET position = %s", (after,))
        connection.commit()
    run(f"CREATE UNIQUE INDEX {TABLE}_key ON {TABLE} (story, fact, item)")
    connection.commit()
    return after


def replay_views(db: str, views: Sequence[str]) -> dict[str, Any]:
    clock = Clock()
    with psycopg.connect(db) as connection:
        with clock:
            count = _replay_views(connection, views)
        return clock.result(count)


def _replay_views(connection: psycopg.Connection, views: Sequence[str]) -> int:
    run, step = connection.execute, limit_views.STEP
    run("CREATE TABLE limit_position (story BYTEA NOT NULL)")
    run("INSERT INTO limit_position VALUES ('')")
    for view in views:
        columns = limit_views.TABLES[view].replace("FLOAT", "DOUBLE PRECISION")
        columns = columns.replace("TEXT", 'TEXT COLLATE "C"')
        run(f"CREATE TABLE limit_{view} ({columns})")
    slugs = dict(run("SELECT story, slug FROM stories", binary=True).fetchall())
    connection.commit()
    select = limit_views.SELECT.replace("?", "%s")
    story, version, done = b"", 2**62, 0
    rest: list[Any] = []
    while True:
        page = run(select, (story, version, step), prepare=True, binary=True).fetchall()
        last = len(page) < step
        if page:
            story, version = page[-1][2], page[-1][3]
        events = rest + page
        whole = len(events) if last else limit_views.start_of_last(events)
        events, rest = events[:whole], events[whole:]
        for view, rows in limit_views.fold(events, slugs, views).items():
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY limit_{view} FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        done += len(events)
        run("UPDATE limit_position SET story = %s", (story,))
        connection.commit()
        if last:
            break
    for view in views:
        run(f"CREATE UNIQUE INDEX limit_{view}_key ON limit_{view} ({limit_views.key_of(view)})")
    connection.commit()
    return done
