"""The limit: the same tables written with only the standard library's sqlite3.

It is not an archive. It looks nothing up, checks nothing and keeps the head of the log in memory, so it
is correct only while nobody else writes. Its replay handles only figures that were never corrected.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import workload
from measure import Clock

from dateline.events.clock import to_iso
from dateline.events.edtf import parse
from dateline.events.envelope import RecordedBy
from dateline.events.parts import Quantity
from dateline.events.words import quantity_words
from dateline.log import hashing

TABLE = "figures_limit"
PRAGMAS = (
    "busy_timeout=10000", "foreign_keys=ON", "synchronous=FULL", "cache_size=-16384",
    "secure_delete=ON", "trusted_schema=OFF",
)  # fmt: skip
#: How many events a page and a transaction of the replay have.
PAGE = 5000


def connect(db: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(db, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


# -- append ----------------------------------------------------------------------------------


class Body(msgspec.Struct, omit_defaults=True):
    data: Any
    recorded_by: RecordedBy


#: story, event id, type, reported, data, recorded by
Row = tuple[bytes, bytes, str, int | None, Any, RecordedBy]
_INSERT = f"INSERT INTO events VALUES ({', '.join('?' * 13)})"
_HEAD = "UPDATE log_head SET position = ?, peaks = ?"


class _Log:
    """The head of the log, in memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._encode = msgspec.json.Encoder().encode
        self._position = 0
        self._peaks: list[bytes] = []
        self._versions: dict[bytes, int] = {}

    def append(self, rows: list[Row]) -> None:
        encode, versions, peaks = self._encode, self._versions, self._peaks
        salts, now = os.urandom(32 * len(rows)), time.time_ns() // 1000
        position, events, opened, moved = self._position, [], [], {}
        for at, (story, key, kind, reported, data, by) in enumerate(rows):
            salt = salts[32 * at : 32 * at + 32]
            body = encode(Body(data, by))
            committed = sha256(salt + body).digest()
            leaf = sha256(ENTRY[kind] + committed).digest()
            carry, size = leaf, position
            while size & 1:
                carry = sha256(b"\x01" + peaks.pop() + carry).digest()
                size >>= 1
            peaks.append(carry)
            position += 1
            version = versions[story] = versions.get(story, 0) + 1
            if version == 1:
                opened.append((story, data.slug, 1, leaf, now))
            else:
                moved[story] = (version, leaf, now, story)
            events.append(
                (position, key, story, version, kind, 1, now, reported, None, salt, body,
                 committed, leaf)
            )  # fmt: skip
        run, many = self._connection.execute, self._connection.executemany
        run("BEGIN IMMEDIATE")
        if opened:
            many("INSERT INTO stories VALUES (?, ?, ?, ?, ?)", opened)
        many(_INSERT, events)
        if moved:
            set_ = "UPDATE stories SET version = ?, leaf = ?, recorded_us = ? WHERE story = ?"
            many(set_, moved.values())
        run(_HEAD, (position, b"".join(peaks)))
        run("COMMIT")
        self._position = position


def append(db: Path, stories: int, batch: int) -> dict[str, Any]:
    clock, connection, count = Clock(), connect(db), 0
    log = _Log(connection)
    for payloads in workload.batches(stories, batch):
        rows = [row_of(pair) for pair in workload.made(payloads)]
        with clock:
            log.append(rows)
        count += len(rows)
    result = clock.result(count)
    connection.close()
    return result


def single(db: Path, stories: int, events: int) -> dict[str, Any]:
    [payloads] = workload.batches(stories, events)
    rows = [[row_of(pair)] for pair in workload.made(payloads)]
    clock, connection = Clock(), connect(db)
    log = _Log(connection)
    with clock:
        for row in rows:
            log.append(row)
    result = clock.result(len(rows))
    connection.close()
    return result


def row_of(pair: workload.Pair) -> Row:
    story, event = pair
    return (
        story.bytes, event.event_id.bytes, event.type, event.reported_us, event.data,
        event.recorded_by,
    )  # fmt: skip


def _entries() -> Iterator[tuple[str, bytes]]:
    """For each type: bytes as long as those that a leaf hashes, without the 32 of the commitment."""
    for version, (story, event) in enumerate(workload.made(list(workload.stream(1))), 1):
        entry = hashing.entry(
            archive=UUID(int=0),
            story=story,
            version=version,
            event_id=event.event_id,
            type=event.type,
            schema_version=1,
            recorded_at=to_iso(workload.REPORTED),
            reported_at=None if event.reported_us is None else to_iso(event.reported_us),
            subject_key=None,
            prev=bytes(32),
            commitment=bytes(32),
        )
        yield event.type, (b"\x00" + entry)[:-32]


ENTRY = dict(_entries())

# -- replay ----------------------------------------------------------------------------------


class Span(msgspec.Struct, gc=False):
    role: str
    exact: str
    start: int | None = None
    end: int | None = None


class _Step(msgspec.Struct, gc=False):
    agent: str


class Time(msgspec.Struct, gc=False):
    edtf: str


class Times(msgspec.Struct, gc=False):
    said: Time | None = None
    valid: Time | None = None


class _Data(msgspec.Struct, gc=False):
    fact: str
    text: str
    source: str
    evidence: list[Span]
    times: Times
    quantities: list[Quantity] = []
    attribution: list[_Step] = []
    cumulative: bool | None = None
    as_of: str | None = None


class _Fact(msgspec.Struct, gc=False):
    data: _Data


class _Entity(msgspec.Struct, gc=False):
    entity: str
    label: str


class _Introduced(msgspec.Struct, gc=False):
    data: _Entity


KINDS = {
    f"{kind}.recorded": kind
    for kind in ("statement", "occurrence", "figure", "state", "role", "assessment")
}
COLUMNS = """
    story TEXT NOT NULL, fact TEXT NOT NULL, item BIGINT NOT NULL, status TEXT NOT NULL,
    source TEXT NOT NULL, position BIGINT NOT NULL, method TEXT NOT NULL, measure TEXT NOT NULL, words TEXT NOT NULL,
    unit TEXT, value FLOAT, "of" FLOAT, lower FLOAT, upper FLOAT, lower_inclusive BOOLEAN,
    upper_inclusive BOOLEAN, ordinal BIGINT, approximate BOOLEAN NOT NULL, verbatim TEXT NOT NULL,
    kind TEXT NOT NULL, cumulative BOOLEAN, "when" TEXT NOT NULL, as_of TEXT, earliest TEXT,
    latest TEXT, chain TEXT NOT NULL, agent_ids TEXT NOT NULL, text TEXT NOT NULL, start BIGINT, "end" BIGINT
"""
#: How every event of the workload was recorded.
METHOD = "imported"
_SELECT = (
    "SELECT position, story, type, body FROM events WHERE position > ? ORDER BY position LIMIT ?"
)


def replay(db: Path) -> dict[str, Any]:
    clock, connection = Clock(), connect(db)
    with clock:
        count = _replay(connection)
    result = clock.result(count)
    connection.close()
    return result


def _replay(connection: sqlite3.Connection) -> int:
    run = connection.execute
    run(f"CREATE TABLE {TABLE} ({COLUMNS})")
    run(f"CREATE TABLE {TABLE}_checkpoint (position BIGINT NOT NULL)")
    run(f"INSERT INTO {TABLE}_checkpoint VALUES (0)")
    slugs = dict(run("SELECT story, slug FROM stories"))
    labels: dict[bytes, dict[str, str]] = {story: {} for story in slugs}
    insert = f"INSERT INTO {TABLE} VALUES ({', '.join('?' * 30)})"
    after = 0
    while page := run(_SELECT, (after, PAGE)).fetchall():
        after = page[-1][0]
        rows = figure_rows(page, slugs, labels)
        run("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        run(f"UPDATE {TABLE}_checkpoint SET position = ?", (after,))
        run("COMMIT")
    run(f"CREATE UNIQUE INDEX {TABLE}_key ON {TABLE} (story, fact, item)")
    return after


_fact = msgspec.json.Decoder(_Fact).decode
_introduced = msgspec.json.Decoder(_Introduced).decode


def figure_rows(
    page: list[tuple[int, bytes, str, bytes]],
    slugs: dict[bytes, str],
    labels: dict[bytes, dict[str, str]],
) -> list[tuple[Any, ...]]:
    rows = []
    for position, story, type_, body in page:
        kind = KINDS.get(type_)
        if kind is None:
            if type_ == "entity.introduced":
                entity = _introduced(body).data
                labels[story][entity.entity] = entity.label
            continue
        data = _fact(body).data
        if not data.quantities:
            continue
        times, known = data.times, labels[story]
        time = times.said or times.valid if kind == "statement" else times.valid or times.said
        when = None if time is None else parse(time.edtf)
        chain = " › ".join([known.get(step.agent, step.agent) for step in data.attribution])
        agents = " ".join([step.agent for step in data.attribution])
        for item, q in enumerate(data.quantities, 1):
            cited = span(data.evidence, q.verbatim)
            rows.append(
                (
                    slugs[story], data.fact, item, "recorded", data.source, position, METHOD, q.measure,
                    quantity_words(q), q.unit, q.value, q.of, q.lower, q.upper, q.lower_inclusive,
                    q.upper_inclusive, q.ordinal, q.approximate, q.verbatim, kind,
                    data.cumulative, "undated" if when is None else when.words, data.as_of,
                    None if when is None else when.earliest,
                    None if when is None else when.latest, chain, agents, data.text,
                    None if cited is None else cited.start,
                    None if cited is None else cited.end,
                )
            )  # fmt: skip
    return rows


def span(evidence: list[Span], verbatim: str) -> Span | None:
    for item in evidence:
        if item.exact == verbatim:
            return item
    for role in ("quote", "content"):
        for item in evidence:
            if item.role == role:
                return item
    return evidence[0] if evidence else None
