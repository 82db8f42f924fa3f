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


def rows(db: Path | str, table: str) -> list[Any]:
    """The number of rows of a view, and their hash in the order of their keys."""
    digest, count = sha256(), 0
    with _connected(db) as connection:
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY story, fact, item"):
            digest.update(repr(row).encode())
            count += 1
    return [count, digest.hexdigest()]


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
