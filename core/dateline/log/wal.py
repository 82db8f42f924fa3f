"""SQLite's write-ahead log, where pages of before an erasure still stand."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log.backend import of
from dateline.log.files import sweep

_PAUSE = 0.05


def empty_wal(engine: Engine, patience: float) -> bool:
    """Copy it into the database and truncate it, within so many seconds; False when a reader holds
    it up. What killed writers left half made beside the database is removed, too. PostgreSQL's vacuum
    and WAL are the server's own to recycle. Raises DatelineError."""
    if engine.dialect.name != "sqlite":
        return True
    if engine.url.database not in (None, "", ":memory:"):
        sweep(Path(os.path.realpath(str(engine.url.database))).parent)
    try:
        return _emptied(engine, time.monotonic() + patience)
    except of(engine).errors as error:
        raise DatelineError(
            f"it is erased, but the archive's write-ahead log could not be emptied: {error}",
            hint="make room, or check the disk; then run any command on the archive",
        ) from error


def still_read(done: str, then: str) -> DatelineError:
    """What to say when a reader holds it up: what is done all the same, and what to do `then`."""
    return DatelineError(
        f"{done}, but another process still reads a state of before, which keeps it in the "
        "archive's write-ahead log",
        hint=f"close that process, then {then}",
    )


def _emptied(engine: Engine, until: float) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        # It would wait for readers that cannot end as long as it holds the lock: ask and ask again.
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() >= until:
                    return False
                time.sleep(_PAUSE)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={waits}")
    finally:
        connection.close()
    return True
