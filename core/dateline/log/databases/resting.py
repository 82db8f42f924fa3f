"""A backup at rest: a SQLite file that is marked as a backup until the first write to it.

It has no write-ahead log (WAL) and never had one. So a WAL next to it belongs to another file: a killed
process left it before the backup was put in the place of that file.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from dateline.errors import DatelineError

#: Values of SQLite's application_id: the file is at rest ("DLbk"), or is about to be used ("DLbw").
_MARK, _WAKING = 0x444C626B, 0x444C6277


def rest(path: str | os.PathLike[str]) -> None:
    """Mark a file that is not in use; everything is then in that one file. Raises DatelineError."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            connection.execute("PRAGMA synchronous=EXTRA")
            connection.execute(f"PRAGMA application_id={_MARK}")
    except sqlite3.Error as error:
        raise DatelineError(
            f"cannot write {path}: {error}",
            hint="check the folder, its permissions and the space on the disk",
            code="output-not-writable",
        ) from None
    if mode != "delete":
        raise DatelineError(
            f"cannot write {path}: it is in use",
            hint="close the program that uses it, or choose another name",
            code="file-in-use",
        )


def rests(connection: sqlite3.Connection) -> bool:
    """Whether the file is marked: nothing was written to it since the backup."""
    return _says(connection) == _MARK


def wake(connection: sqlite3.Connection) -> None:
    """Turn it into an archive in use, before the first write to it. Waits for other readers."""
    # This order is safe whenever the process is killed: the mark is removed before there is a WAL,
    # and the next process continues from there.
    if _says(connection) == _MARK:
        connection.execute(f"PRAGMA application_id={_WAKING}")
    if _says(connection) == _WAKING:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA application_id=0")


def _says(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])
