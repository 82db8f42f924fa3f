"""A connection to a SQLite file: its settings, its transactions, and which file it has open."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections import Counter
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from dateline.errors import DatelineError, NotAnArchive
from dateline.log.atomic_file import sweep
from dateline.log.databases import resting
from dateline.log.databases.backend import READ_ONLY
from dateline.log.databases.sql import driver

_BUSY_MS = 10_000
_TRIES, _PAUSE = 10, 0.05
#: Kept with a connection: its file, and whether that is known not to be a backup at rest.
_FILE, _AWAKE = "dateline_file", "dateline_awake"

#: How many connections this process has to each file.
_open: Counter[tuple[int, int] | None] = Counter()


def file_of(url: URL) -> Path | None:
    """The archive's file; None for an archive in memory or on a server."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database or "")


def require_one_name(path: Path, *, clean: bool = True) -> None:
    """Raises DatelineError for a database that has a second name (a hard link). With `clean`, unfinished
    files of killed writers are removed.

    SQLite keeps the newest changes in files next to the database that bear its name (`BESIDE`). Under
    a second name it would not find them, and changes would be lost.
    """
    for _ in range(_TRIES):
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return  # opening it reports this
        if not stat.S_ISREG(found.st_mode):
            raise NotAnArchive(
                f"{path} is not a file",
                hint="name the file of an archive with --db, or make one there",
            )
        if found.st_nlink < 2:
            return
        # A new file has its final and its temporary name until its writer finishes or is swept.
        if clean:
            sweep(path.parent)
        time.sleep(_PAUSE)
    raise DatelineError(
        f"{path} has a second name (a hard link): what is recorded under one name would be lost "
        "under the other",
        hint=f"close every program that uses it and remove one name: `find . -samefile {path}` lists "
        "them; keep the one with a -wal file next to it",
        code="hard-linked",
    )


def connecting(url: URL, *, read_only: bool = False) -> Engine:
    """An engine that connects with Dateline's settings."""
    path = file_of(url)
    sealed = path is not None and is_sealed(path)
    only = {"creator": partial(_reader, path, sealed)} if path and (sealed or read_only) else {}
    # Without a limit: threads that each wait for a second connection would wait for each other.
    pool = {"max_overflow": -1} if path is not None else {}
    # The driver's own transactions would leave half-done migrations, so BEGIN is sent here.
    arguments = {"isolation_level": None, "timeout": _BUSY_MS / 1000}
    engine = create_engine(
        url,
        poolclass=StaticPool if path is None else QueuePool,
        connect_args=arguments,
        hide_parameters=True,  # an error names the statement, never the data
        execution_options={READ_ONLY: read_only},
        **pool,
        **only,
    )
    if path is not None and not sealed:
        event.listen(engine, "do_connect", lambda *_: require_one_name(path))
        event.listen(engine, "connect", partial(_remember, path))
        event.listen(engine, "close", _forget)
        event.listen(engine, "begin", partial(_before_writing, path))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def is_open_here(path: Path) -> bool:
    """Whether this process has a connection to the file."""
    return _open[_identity(path)] > 0


def is_sealed(path: Path) -> bool:
    """Whether it is on a read-only medium, or not writable for any user, and not in use."""
    path = Path(os.path.realpath(path))  # SQLite keeps its other files next to this
    try:
        if Path(f"{path}-wal").exists():
            return False
        modes = path.stat().st_mode | path.parent.stat().st_mode
        return not modes & 0o222 or bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # it does not exist, or on Windows, which has no statvfs
        return False


def _reader(path: Path, sealed: bool) -> sqlite3.Connection:
    if not sealed:
        require_one_name(path, clean=False)
    return read_only(path, immutable=sealed)


def read_only(path: Path, *, immutable: bool = True) -> sqlite3.Connection:
    """A connection that writes nothing to the database. It takes no lock and makes no file next to an
    `immutable` one, which must not change. Next to any other one it reads the write-ahead log, where
    SQLite needs a file for the locks of readers."""
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "foreign_keys=ON",
        # Acknowledged events must survive a power cut. With WAL that needs FULL; where somebody
        # turned WAL off, the folder must be synced too.
        "synchronous=EXTRA",
        # This also limits the building of an index, so that memory does not grow with the log.
        "cache_size=-8192",
        "secure_delete=ON",
        # The file may come from a stranger.
        "trusted_schema=OFF",
        "cell_size_check=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _remember(path: Path, connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    record.info[_FILE] = _identity(path)
    _open[record.info[_FILE]] += 1


def _forget(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    _open[record.info[_FILE]] -= 1


def _identity(path: Path) -> tuple[int, int] | None:
    found = _stat(path)
    return None if found is None else (found.st_dev, found.st_ino)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def _before_writing(path: Path, connection: Connection) -> None:
    """Check that the file still has this name, because its write-ahead log bears the name too."""
    if not connection.get_execution_options().get("dateline_write", False):
        return
    found = _stat(path)
    if found is None or (found.st_dev, found.st_ino) != connection.info[_FILE]:
        raise DatelineError(
            f"{path} was moved or replaced after it was opened; nothing was written",
            hint="close the archive and open it again under its current name",
            code="file-replaced",
        )
    if found.st_nlink > 1 or not stat.S_ISREG(found.st_mode):
        require_one_name(path)
    if not connection.info.get(_AWAKE):
        resting.wake(driver(connection))
        connection.info[_AWAKE] = True


def _on_begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once if another wrote in between.
    write = connection.get_execution_options().get("dateline_write", False)
    driver(connection).execute("BEGIN IMMEDIATE" if write else "BEGIN")
