"""SQLite: one file, one writer, WAL."""

from __future__ import annotations

import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from dateline.errors import Damaged, DatelineError, NotAnArchive
from dateline.log import files, resting
from dateline.log.backend import (
    Backend,
    Execute,
    LockTimeout,
    Unwritten,
    Values,
    Watch,
    driver,
    listed,
    quoted,
    require_done,
    without,
)
from dateline.log.leftover import require_own_log
from dateline.log.relation import SQL_VIEW, TABLE, Relation, StoredColumn

_BUSY_MS = 10_000
#: At most so many places of damage are named.
_NAMED = 20
#: By part of SQLite's message: the code of our error, and what to do.
_HINTS = {
    "unable to open": (
        "database-not-opened",
        "check that the file and its folder exist and are writable",
    ),
    "readonly": ("database-read-only", "check the file's permissions, or work on a writable copy"),
    "no such table": (
        "table-altered",
        "a part of the archive is missing: run `dateline verify` to see which",
    ),
    "no such column": (
        "table-altered",
        "a table is not as Dateline made it: run `dateline verify` to see which",
    ),
}
#: By part of SQLite's message: what to do, where nothing was written.
_UNWRITTEN = {"full": "make room on the disk", "disk I/O": "check the disk"}


#: Kept with a connection: its file, and whether that is known not to be a backup at rest.
_FILE, _AWAKE = "dateline_file", "dateline_awake"

#: How many connections this process has to each file.
_open: Counter[tuple[int, int] | None] = Counter()

_any_text = partial(str, encoding="utf-8", errors="surrogateescape")


class SQLite(Backend):
    errors = sqlite3.DatabaseError
    reading = {"dateline_write": False}
    writing = {"dateline_write": True}

    def engine(self, url: URL) -> Engine:
        path = _path(url)
        sealed = path is not None and _is_sealed(path)
        # The driver's own transactions would leave half-done migrations, so BEGIN is sent here.
        arguments = {"isolation_level": None, "timeout": _BUSY_MS / 1000}
        engine = create_engine(
            url,
            poolclass=StaticPool if path is None else QueuePool,
            connect_args=arguments,
            hide_parameters=True,  # an error names the statement, never the data
            **({"creator": partial(_look, path)} if path is not None and sealed else {}),
        )
        if path is not None and not sealed:
            event.listen(engine, "do_connect", lambda *_: files.require_one_name(path))
            event.listen(engine, "connect", partial(_remember, path))
            event.listen(engine, "close", _forget)
            event.listen(engine, "begin", partial(_before_writing, path))
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
            return NotAnArchive(f"{where} is not a SQLite database, or is damaged: {text}")
        if isinstance(error, sqlite3.OperationalError):
            if "locked" in text:
                return LockTimeout(f"{where}: {text}", hint="another process is writing: try again")
            for sign, step in _UNWRITTEN.items():
                if sign in text:
                    return Unwritten(f"{where}: {text}", step)
            known = (advice for sign, advice in _HINTS.items() if sign in text)
            code, hint = next(known, ("database-failed", None))
            return DatelineError(f"{where}: {text}", hint=hint, code=code)
        return error

    def exists(self, url: URL) -> bool:
        path = _path(url)
        return path is None or path.exists()

    def require_own_log(self, engine: Engine, current: str) -> None:
        path = _path(engine.url)
        if path is not None:
            require_own_log(engine, path, open_here=_open[_identity(path)] > 0, current=current)

    def sealed(self, engine: Engine) -> bool:
        path = _path(engine.url)
        return path is not None and _is_sealed(path)

    def rests(self, engine: Engine) -> bool:
        if self.sealed(engine):
            return True
        with engine.connect() as connection:
            return resting.rests(driver(connection))

    @contextmanager
    def place(self, engine: Engine) -> Iterator[Engine]:
        path = _path(engine.url)
        if path is None:
            yield engine
            return
        if os.path.lexists(path):
            raise _taken(path)
        # It has another name until it is complete, so a killed process leaves nothing in its place. It
        # has no WAL until then, because closing would not report a failure to write that back.
        try:
            with files.beside(path) as making:
                os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                beside = self.engine(engine.url.set(database=str(making)))
                try:
                    yield beside
                    with beside.connect() as connection:
                        driver(connection).execute("PRAGMA journal_mode=WAL")
                finally:
                    beside.dispose()
                files.name(making, path, force=False)
        except FileExistsError:
            raise _taken(path) from None
        except OSError as error:
            raise _not_created(path, error) from None
        except self.errors as error:
            raise self.explained(error, str(path)) from error

    def damage(self, connection: Connection) -> list[str]:
        # An index that lost an entry does not change an event, but a retry would record it twice.
        found = driver(connection).execute(f"PRAGMA integrity_check({_NAMED})").fetchall()
        return [message for (message,) in found if message != "ok"]

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
        pass  # BEGIN IMMEDIATE took the only lock

    def hold_table(self, connection: Connection, table: str) -> bool:
        return True  # the snapshot keeps it

    def hold_alone(self, connection: Connection, tables: Sequence[str]) -> None:
        pass  # readers have snapshots, and nobody else writes

    def relations(self, connection: Connection, names: Sequence[str]) -> list[Relation]:
        run = driver(connection).execute
        marks = ", ".join("?" * len(names))
        # SQLite ignores the case of names.
        found = run(f"{_RELATIONS} AND lower(name) IN ({marks})", list(names)).fetchall()
        return [_relation(driver(connection), *row) for row in found]

    def show(self, connection: Connection, view: str, table: str, hidden: Sequence[str]) -> None:
        run = driver(connection).execute
        run(f"DROP VIEW IF EXISTS {quoted(view)}")
        run(f"CREATE VIEW {quoted(view)} AS {_selects(table, hidden)}")

    def selects(self, view: Relation, table: Relation, hidden: Sequence[str]) -> str:
        return _selects(table.name, hidden)

    def column_type(self, kind: str) -> str:
        return {"integer": "BIGINT", "number": "FLOAT"}.get(kind, kind.upper())

    def execute(self, connection: Connection) -> Execute:
        return driver(connection).execute  # type: ignore[no-any-return]

    def execute_many(self, connection: Connection, sql: str, rows: Sequence[Values]) -> int:
        return int(driver(connection).executemany(sql, rows).rowcount)

    def be_brief(self, connection: Connection, milliseconds: int) -> None:
        pass  # a writer has all locks

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

    def written_us(self, engine: Engine) -> int | None:
        path = _path(engine.url)
        if path is None:
            return None
        try:
            return max(
                file.stat().st_mtime_ns // 1000
                for file in (path, Path(f"{path}-wal"))
                if file.exists()
            )
        except (OSError, ValueError):  # removed meanwhile
            return None

    def announce(self, engine: Engine) -> None:
        pass  # watchers see the change of the file itself

    @contextmanager
    def watch(self, engine: Engine) -> Iterator[Watch]:
        with engine.connect() as connection:
            yield _DataVersion(driver(connection), shared=_path(engine.url) is None)

    def lost(self, error: BaseException) -> bool:
        return False


class _DataVersion(Watch):
    """SQLite's data_version, which changes after each commit of any other connection."""

    poll = 0.2

    def __init__(self, connection: sqlite3.Connection, *, shared: bool) -> None:
        """`shared`: writers use this very connection, as for an archive in memory."""
        self._connection, self._shared = connection, shared
        self._seen = self._now()

    def changed(self) -> bool:
        before, self._seen = self._seen, self._now()
        return self._shared or before != self._seen

    def _now(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


_RELATIONS = "SELECT lower(name), type, sql FROM sqlite_master WHERE type <> 'trigger'"
_GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = ? ORDER BY 1"
#: Columns with their types, generated and hidden ones too. DEFAULT and GENERATED mark columns that
#: Dateline did not make.
_SHAPE = """
SELECT name, type || CASE WHEN dflt_value IS NULL THEN '' ELSE ' DEFAULT' END
  || CASE hidden WHEN 0 THEN '' ELSE ' GENERATED' END, "notnull"
FROM pragma_table_xinfo(?)
"""


def _selects(table: str, hidden: Sequence[str]) -> str:
    return f"SELECT * FROM {quoted(table)}{without(hidden)}"


def _relation(connection: sqlite3.Connection, name: str, kind: str, sql: str | None) -> Relation:
    try:
        columns = connection.execute(_SHAPE, (name,)).fetchall()
    except sqlite3.OperationalError:  # an SQL view of something that does not exist
        columns = []
    if kind == "view":
        kind = SQL_VIEW
    elif kind == "table" and not re.match(r"CREATE\s+TABLE\b", sql or "", re.IGNORECASE):
        kind = "virtual table"
    is_view, definition = kind == SQL_VIEW, sql or ""
    return Relation(
        name,
        kind,
        tuple(StoredColumn(name, type_, bool(need)) for name, type_, need in columns),
        definition.removeprefix(f"CREATE VIEW {quoted(name)} AS ") if is_view else "",
        tuple(sorted(set(re.findall(r"[a-z0-9_]+__g[0-9]+", definition.lower()))))
        if is_view
        else (),
        tuple(f"the trigger {guard}" for (guard,) in connection.execute(_GUARDS, (name,)))
        if kind == TABLE
        else (),
    )


@lru_cache(256)
def _insert(verb: str, table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"{verb} INTO {quoted(table)} ({listed(columns)}) VALUES ({marks})"


def _path(url: URL) -> Path | None:
    """The file; None in memory."""
    return None if url.database in (None, "", ":memory:") else Path(url.database or "")


def _is_sealed(path: Path) -> bool:
    """Whether it is on a read-only medium, or not writable for any user, and not in use."""
    path = Path(os.path.realpath(path))  # SQLite keeps its other files next to this
    try:
        if Path(f"{path}-wal").exists():
            return False
        modes = path.stat().st_mode | path.parent.stat().st_mode
        return not modes & 0o222 or bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # it does not exist, or on Windows, which has no statvfs
        return False


def _look(path: Path) -> sqlite3.Connection:
    """A connection that takes no lock and makes no file next to the database, which cannot change."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
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
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _before_writing(path: Path, connection: Connection) -> None:
    """Check that the file still has this name, because its write-ahead log bears the name too."""
    if not connection.get_execution_options().get("dateline_write", False):
        return
    if _identity(path) != connection.info[_FILE]:
        raise DatelineError(
            f"{path} was moved or replaced after it was opened; nothing was written",
            hint="close the archive and open it again under its current name",
            code="file-replaced",
        )
    files.require_one_name(path)
    if not connection.info.get(_AWAKE):
        resting.wake(driver(connection))
        connection.info[_AWAKE] = True


def _on_begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once if another wrote in between.
    write = connection.get_execution_options().get("dateline_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _taken(path: Path) -> DatelineError:
    return DatelineError(
        f"{path} already exists",
        hint="use it as it is, or choose another path with --db",
        code="target-occupied",
    )


def _not_created(path: Path, error: OSError) -> DatelineError:
    return DatelineError(
        f"cannot create {path}: {error.strerror}",
        hint="choose another path with --db",
        code="output-not-writable",
    )
