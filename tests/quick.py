"""Shortcuts of the default run: slow work with a constant result is done once in each process."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Pool, event, inspect

from dateline.log import schema
from dateline.log.tables import VERSION_TABLE
from dateline.testing import postgres


@contextmanager
def migrations_recorded() -> Iterator[None]:
    """In the block, Alembic creates the first archive on each database, and its statements are recorded.
    Later archives are created from these statements without Alembic. `upgrade` is not affected.
    """
    migrate = schema._migrate
    recorded: dict[str, list[tuple[str, Any]]] = {}

    def quick(connection: Connection) -> None:
        if inspect(connection).has_table(VERSION_TABLE):
            migrate(connection)
        elif (statements := recorded.get(connection.dialect.name)) is not None:
            for statement, parameters in statements:
                connection.exec_driver_sql(statement, parameters or None)
        else:
            recorded[connection.dialect.name] = _statements(connection, migrate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_migrate", quick)
        yield


def _statements(connection: Connection, migrate: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            found.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", keep)
    try:
        migrate(connection)
    finally:
        event.remove(connection, "before_cursor_execute", keep)
    return found


@contextmanager
def nothing_synced() -> Iterator[None]:
    """In the block, SQLite does not wait for the disk, which costs milliseconds for each commit. Child
    processes do wait: some of them lose their power."""
    process = os.getpid()

    def do_not_sync(connection: object, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection) and os.getpid() == process:
            connection.execute("PRAGMA synchronous=OFF")

    event.listen(Pool, "checkout", do_not_sync)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", do_not_sync)


@contextmanager
def databases_reused() -> Iterator[None]:
    """In the block, a database on PostgreSQL is emptied after a test and given to another test. To create
    one takes ten times as long. A database that a test changed otherwise is dropped, as without
    this."""
    database = postgres.Server.database
    spare: dict[postgres.Server, list[str]] = defaultdict(list)

    @contextmanager
    def reused(server: postgres.Server, template: str = "template0") -> Iterator[str]:
        if template != "template0" or os.environ.get(postgres.VARIABLE):
            with database(server, template) as url:
                yield url
            return
        if not spare[server]:
            name = next(server._names)
            server._run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
            spare[server].append(server.url.set(database=name).render_as_string(False))
        url = spare[server].pop()
        yield url
        if _emptied(url):
            spare[server].append(url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres.Server, "database", reused)
        yield


def _emptied(url: str) -> bool:
    """Make the database as it was when it was created. Returns False if that may have failed."""
    with postgres.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        # Settings of the database, default privileges, large objects, and schemas of its own.
        return not connection.execute(
            "SELECT count(*) FROM pg_database d WHERE datname = current_database() AND ("
            " datacl IS NOT NULL OR EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = d.oid)"
            " OR EXISTS (SELECT FROM pg_default_acl) OR EXISTS (SELECT FROM pg_largeobject_metadata)"
            " OR EXISTS (SELECT FROM pg_namespace WHERE oid >= 16384 AND nspname <> 'public'))"
        ).fetchone()[0]
