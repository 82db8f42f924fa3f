"""PostgreSQL through psycopg 3: writers take turns at the head row, readers never wait."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import chain
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from dateline.errors import DatelineError, NotAnArchive
from dateline.log.databases import postgres_catalog as catalog
from dateline.log.databases.backend import READ_ONLY, Backend, Execute, Values, Watch
from dateline.log.databases.postgres_errors import explained
from dateline.log.databases.relation import Relation
from dateline.log.databases.sql import driver, listed, quoted, without
from dateline.log.databases.unwritten import require_done

#: How long to wait for a lock, unless the server's settings say otherwise.
_LOCK_TIMEOUT = "30s"
#: How long a holder of the append lock may be idle, unless the server's settings say otherwise. It is
#: less than the lock timeout, so that the server ends a frozen writer while the next one still waits.
_IDLE_TIMEOUT = "20s"
#: From this number of rows on, COPY is faster than one statement.
_COPY_FROM = 24
#: The oldest release that the tests have run on.
_OLDEST = 150000
#: The channel that announces each append to an archive of this database.
_CHANNEL = "dateline_log"
#: Settings with which the index of words is used.
_BY_WORDS = {"enable_indexscan": "off", "enable_seqscan": "off", "work_mem": "64MB"}
#: To divide the text of a row into words costs as much as so many rows that the index finds.
_PER_ROW = 8
#: The key of the advisory lock held while an archive is being made; any number will do.
_CREATION = 0x44415445

# With row_security off, a policy that would hide rows from this user raises an error instead.
_CHECK = """
SELECT current_setting('synchronous_commit'), current_setting('server_encoding'),
  current_schema(), current_setting('server_version_num')::int,
  set_config('search_path', quote_ident(coalesce(current_schema(), 'public')), false),
  set_config('row_security', 'off', false),
  CASE current_setting('lock_timeout') WHEN '0'
    THEN set_config('lock_timeout', %s, false) END
"""

_LIMIT_IDLE = """CASE current_setting('idle_in_transaction_session_timeout') WHEN '0'
  THEN set_config('idle_in_transaction_session_timeout', %s, true) END"""
_LIMIT = f"SELECT {_LIMIT_IDLE}"
_HOLD_HEAD = f"SELECT {_LIMIT_IDLE} FROM log_head FOR UPDATE"
# In the same round trip, and only once: a CTE of volatile calls is neither inlined nor skipped.
_OPEN_APPEND = f"""
WITH idle AS (SELECT {_LIMIT_IDLE})
SELECT f.*, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
FROM idle, dateline_open_append(%b::bytea[], %b::bytea[]) AS f
"""
_CLOSE_APPEND = (
    "SELECT dateline_close_append("
    "%b::bigint, %b::bytea, %b::bytea[], %b::bigint[], %b::bytea[], %b::bigint[])"
)


class PostgreSQL(Backend):
    errors = psycopg.Error
    reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    # A stricter level would fail where this level waits for the head row.
    writing = {"isolation_level": "READ COMMITTED"}
    remote = True
    cascade = " CASCADE"
    index_letters = 200
    explained = staticmethod(explained)

    def engine(self, url: URL, *, read_only: bool = False) -> Engine:
        if url.drivername not in ("postgresql", "postgresql+psycopg"):
            raise DatelineError(
                f"the driver {url.drivername} is not supported; Dateline uses psycopg 3",
                hint="write the URL as postgresql://...",
                code="database-unsupported",
            )
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,  # reconnects after a restart of the server
            max_overflow=-1,  # threads that each wait for a second one would wait for each other
            hide_parameters=True,  # an error names the statement, never the data
            execution_options={READ_ONLY: True, **self.reading} if read_only else {},
            connect_args={
                "client_encoding": "utf8",
                "application_name": url.query.get("application_name", "dateline"),
                # The log's own statements ask to be prepared. For the others, a plan could
                # outlive the table that it was made for.
                "prepare_threshold": None,
            },
        )
        event.listen(engine, "connect", _on_connect)
        return engine

    def shown(self, url: URL) -> str:
        plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
        # A query may hold passwords as well: only the names of places are shown.
        kept = {k: v for k, v in url.query.items() if k in ("host", "port", "service", "dbname")}
        return plain.set(query=kept).render_as_string(hide_password=True)

    @contextmanager
    def place(self, engine: Engine) -> Iterator[Engine]:
        try:
            yield engine
        except BaseException:
            engine.dispose()
            raise

    def triggers(self, connection: Connection, tables: Sequence[str]) -> list[tuple[str, str]]:
        return catalog.triggers(driver(connection), tables)

    def meddling(self, connection: Connection, tables: Sequence[str]) -> list[str]:
        return catalog.meddling(driver(connection), tables)

    def hold_creation(self, connection: Connection) -> None:
        driver(connection).execute("SELECT pg_advisory_xact_lock(%s)", (_CREATION,))

    def hold_head(self, connection: Connection) -> None:
        driver(connection).execute(_HOLD_HEAD, (_IDLE_TIMEOUT,), prepare=True)

    def limit_idle(self, connection: Connection) -> None:
        driver(connection).execute(_LIMIT, (_IDLE_TIMEOUT,), prepare=True)

    def hold_table(self, connection: Connection, table: str) -> bool:
        # In a block, because the error for a table that was dropped would end the snapshot.
        cursor = driver(connection).execute(
            f"DO $$BEGIN LOCK TABLE {quoted(table)} IN ACCESS SHARE MODE;"
            " EXCEPTION WHEN undefined_table THEN NULL; END$$;"
            f" SELECT to_regclass('{quoted(table)}') IS NOT NULL"
        )
        cursor.nextset()
        [held] = cursor.fetchone()
        return bool(held)

    def hold_alone(self, connection: Connection, tables: Sequence[str]) -> None:
        found = "SELECT relname FROM pg_class WHERE oid = to_regclass(quote_ident(%s))"
        run = driver(connection).execute
        there = [row for name in tables for row in run(found, (name,)).fetchall()]
        if there:
            names = listed(name for (name,) in there)
            run(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")

    def relations(self, connection: Connection, names: Sequence[str]) -> list[Relation]:
        return catalog.relations(driver(connection), names)

    def show(self, connection: Connection, view: str, table: str, hidden: Sequence[str]) -> None:
        plain, run = driver(connection), driver(connection).execute
        rest = f"FROM {quoted(table)}{without(hidden)}"
        replace = f"CREATE OR REPLACE VIEW {quoted(view)} AS SELECT"
        try:
            # This keeps what others built on the view, and their rights to read it.
            with plain.transaction():
                run(f"{replace} * {rest}")
                return
        except psycopg.errors.InvalidTableDefinition:
            pass  # its columns changed
        try:
            with plain.transaction():
                run(f"DROP VIEW {quoted(view)}")
                run(f"{replace} * {rest}")
        except psycopg.errors.DependentObjectsStillExist:
            found = {one.name: one for one in self.relations(connection, [view, table])}
            run(f"{replace} {', '.join(catalog.listed(found[view], found[table]))} {rest}")

    def selects(self, view: Relation, table: Relation, hidden: Sequence[str]) -> str:
        return catalog.selects(view, table, hidden)

    def column_type(self, kind: str) -> str:
        return {"row": "bigint", "integer": "bigint", "number": "double precision"}.get(kind, kind)

    def containing(self, letters: Sequence[str]) -> tuple[str, str]:
        # What ILIKE knows of case depends on the server's locale.
        sets = (
            f"[{one}]"
            if len(one) > 1
            else one
            if one.isalnum() or not one.isascii()
            else f"\\{one}"
            for one in letters
        )
        return "~", "".join(sets)

    def execute(self, connection: Connection) -> Execute:
        run = driver(connection).execute

        def execute(sql: str, parameters: Sequence[Any] = ()) -> Any:
            return run(_translated(sql), parameters, prepare=True, binary=True)

        return execute

    def execute_many(self, connection: Connection, sql: str, rows: Sequence[Values]) -> int:
        with driver(connection).cursor() as cursor:
            cursor.executemany(_translated(sql), rows)
            done = int(cursor.rowcount)
            # After the last message of the driver's pipeline the server does not limit how long the
            # session is idle. Another statement makes it do so again.
            cursor.execute("SELECT 1")
            return done

    def open_append(
        self, connection: Connection, ids: Sequence[bytes], stories: Sequence[bytes]
    ) -> list[Values]:
        run = driver(connection).execute
        given = (_IDLE_TIMEOUT, list(ids), list(stories))
        cursor = run(_OPEN_APPEND, given, prepare=True, binary=True)
        found: list[Values] = cursor.fetchall()
        return found

    def close_append(
        self, connection: Connection, position: int, peaks: bytes, stories: Sequence[Values]
    ) -> None:
        versions, leaves, recorded, keys = ([row[at] for row in stories] for at in range(4))
        given = (position, peaks, keys, versions, leaves, recorded)
        [done] = driver(connection).execute(_CLOSE_APPEND, given, prepare=True).fetchone()
        require_done(done, 1 + len(stories), "log_head and stories")

    def be_brief(self, connection: Connection, milliseconds: int) -> None:
        driver(connection).execute(f"SET LOCAL lock_timeout = {milliseconds:d}")

    def insert(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Values]
    ) -> None:
        if not rows:
            return
        with driver(connection).cursor() as cursor:
            if len(rows) < _COPY_FROM:
                # One statement, and not `executemany`: see `execute_many`.
                statement = _insert(table, tuple(columns), len(rows))
                cursor.execute(statement, list(chain.from_iterable(rows)), prepare=len(rows) == 1)
            else:
                with cursor.copy(f"COPY {quoted(table)} ({listed(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            require_done(cursor.rowcount, len(rows), table)

    def delete(
        self, connection: Connection, table: str, key: Sequence[str], keys: Iterable[Values]
    ) -> None:
        deleted = [list(values) for values in zip(*keys, strict=True)]
        if not deleted:
            return
        arrays = ", ".join(["%s::text[]"] * len(key))
        same = " AND ".join(f"t.{quoted(name)} = deleted.{quoted(name)}" for name in key)
        driver(connection).execute(
            f"DELETE FROM {quoted(table)} AS t USING unnest({arrays}) AS deleted ({listed(key)})"
            f" WHERE {same}",
            deleted,
        )

    def finish_words(self, connection: Connection, table: str, tokens: str) -> None:
        driver(connection).execute(
            f"CREATE INDEX IF NOT EXISTS {quoted(f'{table}_words')} ON {quoted(table)}"
            f" USING gin ({_vector(tokens)})"
        )

    @contextmanager
    def by_words(self, connection: Connection) -> Iterator[None]:
        # For a few rows the planner would rather go through the table by number, and divide each text into
        # words on the way: seconds for a rare word. A small bitmap would do that for many words.
        run = driver(connection).execute
        for name, value in _BY_WORDS.items():
            run(f"SET LOCAL {name} = '{value}'")
        yield
        for name in _BY_WORDS:  # an error ends the transaction, and these with it
            run(f"SET LOCAL {name} TO DEFAULT")

    def most_are_found(
        self, connection: Connection, source: str, condition: str, text: str, limit: int
    ) -> int | None:
        # The planner knows the most frequent words. It takes several in one row for independent of each
        # other, which they need not be.
        run = self.execute(connection)
        [(plan,)] = run(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {source} WHERE {condition}", (text,))
        table = "SELECT reltuples FROM pg_class WHERE oid = CAST(? AS regclass)"
        [(rows,)] = run(table, (source,))
        if rows < 1:  # it was never analysed, so the plan is a guess
            return None
        found = plan[0]["Plan"]["Plan Rows"]
        # Reading a row of the table costs as much as `_PER_ROW` that the index finds.
        reads = 4 * limit * rows / max(1, found)
        return math.ceil(reads) if reads * _PER_ROW < found else None

    def having_words(self, table: str, number: str, tokens: str) -> tuple[str, str, str]:
        return quoted(table), f"{_vector(tokens)} @@ CAST(? AS tsquery)", quoted(number)

    def announce(self, engine: Engine) -> None:
        # In a transaction of its own, because NOTIFY takes a global lock at the commit.
        with suppress(psycopg.Error, SQLAlchemyError), engine.connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            driver(connection).execute(f"NOTIFY {_CHANNEL}")

    @contextmanager
    def watch(self, engine: Engine) -> Iterator[Watch]:
        with engine.connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            driver(connection).execute(f"LISTEN {_CHANNEL}")
            try:
                yield _Notified(driver(connection))
            finally:
                connection.detach()  # it still listens, so it must not return to the pool

    def lost(self, error: BaseException) -> bool:
        found: BaseException | None = error
        while found is not None and not isinstance(found, psycopg.Error):
            found = found.__cause__ or getattr(found, "orig", None)
        if not isinstance(found, psycopg.OperationalError | psycopg.InterfaceError):
            return False
        return found.sqlstate is None or found.sqlstate.startswith(("08", "57P"))


def _vector(tokens: str) -> str:
    return f"to_tsvector('simple'::regconfig, {quoted(tokens)})"


class _Notified(Watch):
    """A session that listens. A notification only tells when to look at the log."""

    poll = 1.0

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def sockets(self) -> Sequence[int]:
        return (self._connection.fileno(),)

    def changed(self) -> bool:
        for _ in self._connection.notifies(timeout=0):
            pass
        return True


def _on_connect(connection: Any, record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CHECK, (_LOCK_TIMEOUT,))
        durable, encoding, schema, version, *_ = cursor.fetchone()
    connection.commit()
    if durable == "off":
        raise DatelineError(
            "this server has synchronous_commit = off, so it may lose acknowledged events",
            hint="turn it on for this user: ALTER ROLE ... SET synchronous_commit = on",
            code="database-not-durable",
        )
    if encoding != "UTF8":
        raise DatelineError(
            f"this database is encoded in {encoding}, which cannot hold every text",
            hint="create one with `createdb --encoding=UTF8 --template=template0`",
            code="database-encoding",
        )
    if schema is None:
        raise NotAnArchive(
            "no schema of the search_path exists, or this user may not use it",
            hint="create the schema, or set search_path for this user",
        )
    if version < _OLDEST:
        raise DatelineError(
            f"this server runs PostgreSQL {version // 10000}; Dateline needs "
            f"{_OLDEST // 10000} or newer",
            hint="upgrade the server, or use another one",
            code="database-too-old",
        )


@lru_cache(256)
def _translated(sql: str) -> str:
    return sql.replace("?", "%s")


@lru_cache(256)
def _insert(table: str, columns: tuple[str, ...], count: int) -> str:
    marks = f"({', '.join(['%s'] * len(columns))})"
    values = ", ".join([marks] * count)
    return f"INSERT INTO {quoted(table)} ({listed(columns)}) VALUES {values}"
