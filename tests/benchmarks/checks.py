"""Checks that contenders did the same work by comparing what they wrote, outside the clock."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

from dateline.testing.postgres import connect

_LOG = (
    "SELECT count(*), sum(length(body)),"
    " sum(length(salt) + length(commitment) + length(leaf)), sum(version),"
    " (SELECT position FROM log_head), (SELECT length(peaks) FROM log_head),"
    " (SELECT sum(version) FROM stories), max(position) FROM events"
)


def _connected(db: Path | str) -> Any:
    return connect(db) if isinstance(db, str) else sqlite3.connect(db)


def log(db: Path | str) -> list[Any]:
    """Sizes and sums of a log, because its salts and ids are random."""
    with _connected(db) as connection:
        return [int(value) for value in connection.execute(_LOG).fetchone()]


def events(db: Path) -> list[Any]:
    """The number of events and documents, and the hash of all that does not depend on random salts."""
    columns = (
        "position, event_id, story, version, type, schema_version, recorded_us, reported_us, body"
    )
    digest, count = sha256(), 0
    with _connected(db) as connection:
        for table in (
            f"SELECT {columns} FROM events ORDER BY position",
            "SELECT sha256, charset, content, subject_key FROM documents ORDER BY sha256",
            "SELECT story, slug, version, recorded_us FROM stories ORDER BY story",
        ):
            for row in connection.execute(table):
                digest.update(repr(row).encode())
                count += 1
    return [count, digest.hexdigest()]


def rows(db: Path | str, table: str) -> list[Any]:
    """The number of rows of a view, and their hash in the order of their keys."""
    digest, count = sha256(), 0
    with _connected(db) as connection:
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY story, fact, item"):
            digest.update(repr(row).encode())
            count += 1
    return [count, digest.hexdigest()]


def first(db: Path | str, table: str, stories: int) -> list[Any]:
    """The same of the first stories of the workload, without the positions of the events."""
    slugs = {f"story-{number}" for number in range(stories)}
    digest, count = sha256(), 0
    with _connected(db) as connection:
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY story, fact, item"):
            if row[0] in slugs:
                digest.update(repr((*row[:5], *row[6:])).encode())
                count += 1
    return [count, digest.hexdigest()]


def count(db: Path | str, table: str) -> int:
    with _connected(db) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def tables(db: Path | str, named: str, views: list[str]) -> dict[str, list[Any]]:
    """The number of rows of each view, and their hash, whatever their order. Its table is `named`."""
    found = {}
    with _connected(db) as connection:
        for view in views:
            digest, count = sha256(), 0
            for row in sorted(map(repr, connection.execute(f"SELECT * FROM {named.format(view)}"))):
                digest.update(row.encode())
                count += 1
            found[view] = [count, digest.hexdigest()]
    return found
