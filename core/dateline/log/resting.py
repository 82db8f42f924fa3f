"""A backup at rest: a SQLite file that says it is one, until something is first written to it.

It has no write-ahead log and never had one. So a log that lies beside it is another file's, left by a
process that died before the backup was put in its place.
"""

from __future__ import annotations

import os
import sqlite3

from dateline.errors import DatelineError

#: What SQLite's field for the application says of a file: it rests ("DLbk"), or is about to be used.
_MARK, _WAKING = 0x444C626B, 0x444C6277


def rest(path: str | os.PathLike[str]) -> None:
    """Mark a file that nobody uses. All of it is in that one file then. Raises DatelineError."""
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            connection.execute("PRAGMA synchronous=EXTRA")
            connection.execute(f"PRAGMA application_id={_MARK}")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise DatelineError(f"cannot write {path}: {error}") from None
    if mode != "delete":
        raise DatelineError(f"cannot write {path}: it is in use")


def rests(connection: sqlite3.Connection) -> bool:
    """Whether nothing was written to the file since it was marked."""
    return _says(connection) == _MARK


def wake(connection: sqlite3.Connection) -> None:
    """Make it an archive in use, before the first write to it. Others that read it are waited for."""
    # In this order, whoever dies when: the mark is gone from the file before there is a write-ahead
    # log, and who comes next goes on.
    if _says(connection) == _MARK:
        connection.execute(f"PRAGMA application_id={_WAKING}")
    if _says(connection) == _WAKING:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA application_id=0")


def _says(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])
