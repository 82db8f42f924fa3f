"""SQLite's write-ahead log (WAL), which may still hold pages from before an erasure."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log.atomic_file import sweep
from dateline.log.databases.sqlite_connection import file_of

_PAUSE = 0.05


def empty_wal(engine: Engine, patience: float) -> bool:
    """Copy the WAL into the database and truncate it, within `patience` seconds; False when a reader
    prevents that. Unfinished files of killed writers next to the database are removed, too. On
    PostgreSQL vacuum and WAL are left to the server. Raises DatelineError."""
    if engine.dialect.name != "sqlite":
        return True
    if (path := file_of(engine.url)) is not None:
        sweep(Path(os.path.realpath(path)).parent)
    try:
        return _emptied(engine, time.monotonic() + patience)
    except sqlite3.DatabaseError as error:
        raise DatelineError(
            f"the content is erased, but the archive's write-ahead log could not be emptied: {error}",
            hint="make room on the disk, or check it; then run any command on the archive",
            code="wal-not-emptied",
        ) from error


def still_read(done: str, then: str) -> DatelineError:
    """The error when a reader prevents that: `done` states what is done, `then` what to do next."""
    return DatelineError(
        f"{done}, but another process is still reading an older snapshot, which keeps it in the "
        "archive's write-ahead log",
        hint=f"close that process, then {then}",
        code="old-snapshot-read",
    )


def _emptied(engine: Engine, until: float) -> bool:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        # A blocking checkpoint would wait for readers while holding the lock, so try again and again.
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() >= until:
                    return False
                time.sleep(_PAUSE)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={waits}")
    return True
