"""Checks that a write-ahead log (WAL) left by a killed process belongs to its database.

SQLite applies any WAL that it finds next to a database. Where a backup was copied over an archive whose
WAL was still there, pages of both are mixed, and nothing recorded after that is reliable.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import sys
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from dateline.errors import DatelineError
from dateline.log.databases import resting
from dateline.log.databases.backend import Check
from dateline.log.databases.sql import driver
from dateline.log.databases.sqlite_connection import read_only
from dateline.log.databases.sqlite_errors import explained
from dateline.log.databases.unwritten import LockTimeout, Unwritten

#: A WAL that is not longer than its header is empty.
_HEADER_BYTES = 32
#: The byte range of the shared-memory file in which processes lock an open database.
_LOCKS_AT, _LOCKS = 120, 9


def require_own_log(path: Path, read_through: Check, *, open_here: bool) -> None:
    """Check, before opening the SQLite file `path`, that the WAL next to it belongs to it.

    Where another process, or this one (`open_here`), has the file open, that was checked before.
    Otherwise the file is read from end to end with its WAL, without writing. Raises DatelineError.
    """
    path = Path(os.path.realpath(path))
    if not _is_left(path):
        return
    if _rests(path):
        raise _mixed(path, "a backup was copied over an archive that had not been closed")
    if open_here or _in_use(path):
        return
    found = create_engine(
        "sqlite://", creator=partial(read_only, path, immutable=False), poolclass=NullPool
    )
    try:
        with found.connect() as connection:
            run = driver(connection).execute
            run("BEGIN")
            [[verdict]] = run("PRAGMA quick_check(1)").fetchall()
            if verdict != "ok":
                raise DatelineError(str(verdict).splitlines()[-1], code="damaged")
            read_through(connection, str(path))
    except (DatelineError, DBAPIError, sqlite3.Error, TypeError, ValueError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, sqlite3.Error):
            cause = explained(cause, str(path))
        if isinstance(cause, LockTimeout | Unwritten):
            raise cause from None
        raise _mixed(path, f"together they are not an archive: {cause}") from error


def _rests(path: Path) -> bool:
    """Whether the file without its WAL is a backup. Without its WAL an archive may be incomplete; a
    backup is complete."""
    with closing(read_only(path)) as alone, suppress(sqlite3.DatabaseError):
        return resting.rests(alone)
    return False


def _is_left(path: Path) -> bool:
    try:
        return os.stat(f"{path}-wal").st_size > _HEADER_BYTES
    except OSError:
        return False


def _in_use(path: Path) -> bool:
    """Whether another process has the database open; False where the system cannot tell."""
    if sys.platform == "linux" and sys.maxsize > 2**32:
        ask = struct.pack("@hhqqi", 1, 0, _LOCKS_AT, _LOCKS, 0)
    elif sys.platform == "darwin":
        ask = struct.pack("@qqihh", _LOCKS_AT, _LOCKS, 0, 3, 0)
    else:
        return False
    import fcntl

    try:
        with open(f"{path}-shm", "r+b") as shared:
            answer = fcntl.fcntl(shared, fcntl.F_GETLK, ask)
    except OSError:
        return False
    kind = answer[:2] if sys.platform == "linux" else answer[20:22]
    return bool(struct.unpack("@h", kind)[0] != fcntl.F_UNLCK)


def _mixed(path: Path, why: str) -> DatelineError:
    return DatelineError(
        f"{path}-wal is not the write-ahead log of {path}: {why}; nothing was read or written",
        hint=f"if {path} was restored, move {path}-wal and {path}-shm away: it is complete without "
        "them. If not, keep copies of all three and restore a backup",
        code="wal-foreign",
    )
