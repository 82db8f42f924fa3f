"""SQLite: one file, one writer, WAL."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool, StaticPool

from dateline.errors import Damaged, DatelineError, NotAnArchive
from dateline.log.backend import (
    Backend,
    Execute,
    LockTimeout,
    Step,
    Unwritten,
    Values,
    Watch,
    driver,
    listed,
    quoted,
    require_done,
)

_BUSY_MS = 10_000
#: Pages copied at a time by a backup: 8 MB.
_BACKUP_PAGES = 2048
#: Places of damage that are named one by one.
_NAMED = 20
_HINTS = {
    "unable to open": "check that the file and its folder exist and may be written",
    "readonly": "check the file's permissions, or work in a copy that can be written to",
    "no such table": "a part of the archive is gone: `dateline verify` says which",
}
#: The same, where nothing was written.
_UNWRITTEN = {"full": "make room on the disk", "disk I/O": "check the disk"}


_any_text = partial(str, encoding="utf-8", errors="surrogateescape")


class SQLite(Backend):
    errors = sqlite3.DatabaseError
    reading = {"dateline_write": False}
    writing = {"dateline_write": True}

    def engine(self, url: URL) -> Engine:
        path = _path(url)
        # The driver's own transaction handling leaves half-done migrations; BEGIN is ours.
        arguments = {"isolation_level": None, "timeout": _BUSY_MS / 1000}
        engine = create_engine(
            url,
            poolclass=StaticPool if path is None else QueuePool,
            connect_args=arguments,
            hide_parameters=True,  # an error names the statement, never what was to be stored
            **({} if path is None or not _is_sealed(path) else {"creator": partial(_look, path)}),
        )
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine

    def shown(self, url: URL) -> str:
        return url.database or ":memory:"

    def explained(self, error: Exception, where: str) -> Exception:
        text = str(error)
        if "Could not decode to UTF-8" in text:
            return Damaged(f"{where}: {text}")
        if "not a database" in text or "malformed" in text:
            return NotAnArchive(f"{where} is no SQLite database, or is damaged: {text}")
        if isinstance(error, sqlite3.OperationalError):
            if "locked" in text:
                return LockTimeout(f"{where}: {text}", hint="another process is writing: try again")
            for sign, step in _UNWRITTEN.items():
                if sign in text:
                    return Unwritten(f"{where}: {text}", step)
            hint = next((advice for sign, advice in _HINTS.items() if sign in text), None)
            return DatelineError(f"{where}: {text}", hint=hint)
        return error

    def exists(self, url: URL) -> bool:
        path = _path(url)
        return path is None or path.exists()

    def sealed(self, engine: Engine) -> bool:
        path = _path(engine.url)
        return path is not None and _is_sealed(path)

    @contextmanager
    def place(self, engine: Engine) -> Iterator[Engine]:
        path = _path(engine.url)
        if path is None:
            yield engine
            return
        # Under another name until it is whole: a process that dies leaves nothing in its place. With
        # no WAL until then: a failure to empty it into the file would not be told on closing.
        making = _create_private_file(path)
        beside = self.engine(engine.url.set(database=str(making)))
        try:
            yield beside
            with beside.connect() as connection:
                driver(connection).execute("PRAGMA journal_mode=WAL")
            beside.dispose()
            _name(making, path)
        except self.errors as error:
            raise self.explained(error, str(path)) from error
        finally:
            beside.dispose()
            for suffix in ("", "-journal", "-wal", "-shm"):
                Path(f"{making}{suffix}").unlink(missing_ok=True)

    def damage(self, connection: Connection) -> list[str]:
        # An index that lost an entry changes no event, but a retry would record it twice.
        found = driver(connection).execute(f"PRAGMA integrity_check({_NAMED})").fetchall()
        return [said for (said,) in found if said != "ok"]

    def triggers(self, connection: Connection, tables: Sequence[str]) -> list[tuple[str, str]]:
        query = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = driver(connection).execute(query).fetchall()
        return [(f"{name} on {table}", str(sql)) for table, name, sql in found if table in tables]

    @contextmanager
    def any_text(self, connection: Connection) -> Iterator[None]:
        plain = driver(connection)
        plain.text_factory = _any_text
        try:
            yield
        finally:
            plain.text_factory = str

    def hold_creation(self, connection: Connection) -> None:
        pass  # the file is new

    def hold_head(self, connection: Connection) -> None:
        pass  # BEGIN IMMEDIATE took the one lock there is

    def hold_table(self, connection: Connection, table: str) -> bool:
        return True  # a snapshot keeps it

    def hold_alone(self, connection: Connection, tables: Sequence[str]) -> None:
        pass  # readers have snapshots, and nobody else writes

    def show(self, connection: Connection, view: str, table: str) -> None:
        run = driver(connection).execute
        run(f"DROP VIEW IF EXISTS {quoted(view)}")
        run(f"CREATE VIEW {quoted(view)} AS SELECT * FROM {quoted(table)}")

    def execute(self, connection: Connection) -> Execute:
        return driver(connection).execute  # type: ignore[no-any-return]

    def execute_many(self, connection: Connection, sql: str, rows: Sequence[Values]) -> int:
        return int(driver(connection).executemany(sql, rows).rowcount)

    def be_brief(self, connection: Connection, milliseconds: int) -> None:
        pass  # whoever writes has all locks

    def insert(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Values]
    ) -> None:
        self._insert_all("INSERT", connection, table, columns, rows)

    def replace(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
        key: Sequence[str],
    ) -> None:
        self._insert_all("INSERT OR REPLACE", connection, table, columns, rows)

    def _insert_all(
        self,
        verb: str,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
    ) -> None:
        if rows:
            done = self.execute_many(connection, _insert(verb, table, tuple(columns)), rows)
            require_done(done, len(rows), table)

    def delete(
        self, connection: Connection, table: str, key: Sequence[str], keys: Iterable[Values]
    ) -> None:
        where = " AND ".join(f"{quoted(name)} = ?" for name in key)
        driver(connection).executemany(f"DELETE FROM {quoted(table)} WHERE {where}", keys)

    def back_up(self, connection: Connection, file: Path, step: Step) -> bool:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy = sqlite3.connect(file)
        try:
            # This connection's open snapshot keeps SQLite from starting over at each foreign commit.
            driver(connection).backup(
                copy,
                pages=_BACKUP_PAGES,
                progress=lambda status, left, total: step(total - left, total),
            )
        finally:
            copy.close()
        return True

    def announce(self, engine: Engine) -> None:
        pass  # the file itself tells

    @contextmanager
    def watch(self, engine: Engine) -> Iterator[Watch]:
        with engine.connect() as connection:
            yield _DataVersion(driver(connection), shared=_path(engine.url) is None)

    def lost(self, error: BaseException) -> bool:
        return False


class _DataVersion(Watch):
    """SQLite's own number, another after each commit of any other connection."""

    poll = 0.2

    def __init__(self, connection: sqlite3.Connection, *, shared: bool) -> None:
        """`shared`: those who write do it on this very connection, as in memory."""
        self._connection, self._shared = connection, shared
        self._seen = self._now()

    def changed(self) -> bool:
        before, self._seen = self._seen, self._now()
        return self._shared or before != self._seen

    def _now(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


@lru_cache(256)
def _insert(verb: str, table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"{verb} INTO {quoted(table)} ({listed(columns)}) VALUES ({marks})"


def _path(url: URL) -> Path | None:
    """The file; None in memory."""
    return None if url.database in (None, "", ":memory:") else Path(url.database or "")


def _is_sealed(path: Path) -> bool:
    """On a medium that only reads, or with no permission to write for anybody, and in use by nobody."""
    try:
        if Path(f"{path}-wal").exists():
            return False
        modes = path.stat().st_mode | path.parent.stat().st_mode
        return not modes & 0o222 or bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # not there; Windows has no statvfs
        return False


def _look(path: Path) -> sqlite3.Connection:
    """A connection that takes no lock and makes no file beside the database: nothing changes it."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "foreign_keys=ON",
        # What is acknowledged must survive a power cut. WAL needs FULL for that; where somebody made
        # the file one without WAL, its folder is to be synced too.
        "synchronous=EXTRA",
        # Also what building an index may take: memory must not grow with the log.
        "cache_size=-8192",
        "secure_delete=ON",
        # The file may come from a stranger.
        "trusted_schema=OFF",
        "cell_size_check=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A deferred transaction that reads, then writes, fails at once when another wrote between.
    write = connection.get_execution_options().get("dateline_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _create_private_file(path: Path) -> Path:
    """An empty file beside `path` only its owner may read; SQLite gives its WAL the same mode."""
    if os.path.lexists(path):
        raise _taken(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _not_created(path, error) from None
    os.close(handle)
    return Path(name)


def _name(made: Path, path: Path) -> None:
    """Give it its name, for good. Unlike a rename, a link fails when somebody was first."""
    try:
        with open(made, "rb") as file:
            os.fsync(file.fileno())
        os.link(made, path)
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise _not_created(path, error) from None


def _taken(path: Path) -> DatelineError:
    return DatelineError(
        f"{path} is there already", hint="use it as it is, or choose another path with --db"
    )


def _not_created(path: Path, error: OSError) -> DatelineError:
    return DatelineError(
        f"cannot create {path}: {error.strerror}", hint="choose another path with --db"
    )
