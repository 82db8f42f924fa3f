"""SQLite: one file, one writer, WAL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from dateline.errors import DatelineError
from dateline.log import atomic_file
from dateline.log.databases import resting
from dateline.log.databases import sqlite_catalog as catalog
from dateline.log.databases.backend import Backend, Check, Execute, Values, Watch
from dateline.log.databases.leftover import require_own_log
from dateline.log.databases.relation import Relation
from dateline.log.databases.sql import driver, listed, quoted
from dateline.log.databases.sqlite_connection import connecting, file_of, is_open_here, is_sealed
from dateline.log.databases.sqlite_errors import explained
from dateline.log.databases.unwritten import require_done

#: At most so many places of damage are named.
_NAMED = 20
#: From so many rows on, an insert leaves out columns that are empty in all of them.
_MANY = 100
_any_text = partial(str, encoding="utf-8", errors="surrogateescape")


class SQLite(Backend):
    errors = sqlite3.DatabaseError
    reading = {"dateline_write": False}
    writing = {"dateline_write": True}
    engine = staticmethod(connecting)
    explained = staticmethod(explained)

    def shown(self, url: URL) -> str:
        return url.database or ":memory:"

    def exists(self, url: URL) -> bool:
        path = file_of(url)
        return path is None or path.exists()

    def require_own_log(self, engine: Engine, read_through: Check) -> None:
        path = file_of(engine.url)
        if path is not None:
            require_own_log(path, read_through, open_here=is_open_here(path))

    def sealed(self, engine: Engine) -> bool:
        path = file_of(engine.url)
        return path is not None and is_sealed(path)

    def rests(self, engine: Engine) -> bool:
        if super().rests(engine):
            return True
        with engine.connect() as connection:
            return resting.rests(driver(connection))

    @contextmanager
    def place(self, engine: Engine) -> Iterator[Engine]:
        path = file_of(engine.url)
        if path is None:
            yield engine
            return
        if os.path.lexists(path):
            raise _taken(path)
        # It has another name until it is complete, so a killed process leaves nothing in its place. It
        # has no WAL until then, because closing would not report a failure to write that back.
        try:
            with atomic_file.beside(path) as making:
                os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                beside = self.engine(engine.url.set(database=str(making)))
                try:
                    yield beside
                    with beside.connect() as connection:
                        driver(connection).execute("PRAGMA journal_mode=WAL")
                finally:
                    beside.dispose()
                atomic_file.name(making, path, force=False)
        except FileExistsError:
            raise _taken(path) from None
        except OSError as error:
            raise DatelineError(
                f"cannot create {path}: {error.strerror}",
                hint="choose another path with --db",
                code="output-not-writable",
            ) from None
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

    def relations(self, connection: Connection, names: Sequence[str]) -> list[Relation]:
        return catalog.relations(driver(connection), names)

    def show(self, connection: Connection, view: str, table: str, hidden: Sequence[str]) -> None:
        run = driver(connection).execute
        run(f"DROP VIEW IF EXISTS {quoted(view)}")
        run(f"CREATE VIEW {quoted(view)} AS {catalog.selects(table, hidden)}")

    def selects(self, view: Relation, table: Relation, hidden: Sequence[str]) -> str:
        return catalog.selects(table.name, hidden)

    def column_type(self, kind: str) -> str:
        return {"row": "INTEGER", "integer": "BIGINT", "number": "FLOAT"}.get(kind, kind.upper())

    def containing(self, letters: Sequence[str]) -> tuple[str, str]:
        # LIKE knows the case of ASCII letters only.
        sets = (f"[{one}]" if len(one) > 1 or one in "*?[" else one for one in letters)
        return "GLOB", f"*{''.join(sets)}*"

    def execute(self, connection: Connection) -> Execute:
        return driver(connection).execute  # type: ignore[no-any-return]

    def execute_many(self, connection: Connection, sql: str, rows: Iterable[Values]) -> int:
        return int(driver(connection).executemany(sql, rows).rowcount)

    def insert(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
        verb: str = "INSERT",
    ) -> None:
        if rows:
            kept = _not_empty(rows) if len(rows) >= _MANY else list(range(len(columns)))
            given: Iterable[Values] = rows
            if 1 < len(kept) < len(columns):
                columns, given = [columns[at] for at in kept], map(itemgetter(*kept), rows)
            done = self.execute_many(connection, _insert(verb, table, tuple(columns)), given)
            require_done(done, len(rows), table)

    def replace(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
        key: Sequence[str],
    ) -> None:
        self.insert(connection, table, columns, rows, "INSERT OR REPLACE")

    def delete(
        self, connection: Connection, table: str, key: Sequence[str], keys: Iterable[Values]
    ) -> None:
        where = " AND ".join(f"{quoted(name)} = ?" for name in key)
        driver(connection).executemany(f"DELETE FROM {quoted(table)} WHERE {where}", keys)

    def create_words(self, connection: Connection, table: str, number: str, tokens: str) -> None:
        try:
            driver(connection).execute(
                f"CREATE VIRTUAL TABLE {_words(table)} USING fts5({tokens}, content={quoted(table)},"
                f" content_rowid={number}, columnsize=0,"
                " tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co'\")"
            )
        except sqlite3.OperationalError as error:
            if "no such module" not in str(error):
                raise
            raise DatelineError(
                "this Python's SQLite has no FTS5, which search needs",
                hint="use a Python from python.org, your system or uv",
                code="fts5-missing",
            ) from None

    def fill_words(self, connection: Connection, table: str) -> None:
        words = _words(table)
        driver(connection).execute(f"INSERT INTO {words}({words}) VALUES ('rebuild')")

    def add_words(
        self, connection: Connection, table: str, tokens: str, rows: Sequence[Values]
    ) -> None:
        insert = f"INSERT INTO {_words(table)}(rowid, {quoted(tokens)}) VALUES (?, ?)"
        driver(connection).executemany(insert, rows)

    def remove_words(
        self,
        connection: Connection,
        table: str,
        number: str,
        tokens: str,
        key: Sequence[str],
        keys: Sequence[Values],
    ) -> None:
        words, where = _words(table), " AND ".join(f"{quoted(name)} = ?" for name in key)
        # An index without content of its own must be given what it has of a row.
        driver(connection).executemany(
            f"INSERT INTO {words}({words}, rowid, {quoted(tokens)}) SELECT 'delete',"
            f" {quoted(number)}, {quoted(tokens)} FROM {quoted(table)} WHERE {where}",
            keys,
        )

    def drop_words(self, connection: Connection, table: str) -> None:
        made = f"CREATE VIRTUAL TABLE {_words(table)} USING fts5(%content={quoted(table)}%"
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND sql LIKE ?"
        if driver(connection).execute(query, (made,)).fetchone():
            driver(connection).execute(f"DROP TABLE {_words(table)}")

    def having_words(self, table: str, number: str, tokens: str) -> tuple[str, str, str]:
        words = _words(table)
        join = f"{words} JOIN {quoted(table)} ON {quoted(table)}.{quoted(number)} = {words}.rowid"
        return join, f"{words} MATCH ?", f"{words}.rowid"

    def words_in(self, connection: Connection, table: str) -> Iterator[tuple[str, int]] | None:
        # Its own check of its integrity would take the write lock.
        run, name = driver(connection).execute, f"{table}_terms"
        run(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{quoted(name)}"
            f" USING fts5vocab(main, {_words(table)}, 'row')"
        )
        found: Iterator[tuple[str, int]] = iter(run(f"SELECT term, cnt FROM temp.{quoted(name)}"))
        return found

    def written_us(self, engine: Engine) -> int | None:
        path = file_of(engine.url)
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

    @contextmanager
    def watch(self, engine: Engine) -> Iterator[Watch]:
        with engine.connect() as connection:
            yield _DataVersion(driver(connection), shared=file_of(engine.url) is None)


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


def _not_empty(rows: Sequence[Values]) -> list[int]:
    """The columns in which some row has a value. The driver takes seven times as long for a None as for
    a number, so an empty column is left out of the statement."""
    first = enumerate(rows[0])
    return [
        at for at, value in first if value is not None or any(row[at] is not None for row in rows)
    ]


@lru_cache(256)
def _insert(verb: str, table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"{verb} INTO {quoted(table)} ({listed(columns)}) VALUES ({marks})"


def _words(table: str) -> str:
    """The full-text index of a table."""
    return quoted(f"{table}_words")


def _taken(path: Path) -> DatelineError:
    return DatelineError(
        f"{path} already exists",
        hint="use it as it is, or choose another path with --db",
        code="target-occupied",
    )
