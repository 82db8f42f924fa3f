"""Shortcuts of the default run: slow work with a constant result is done once in each process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, inspect

from dateline.log import schema
from dateline.log.tables import VERSION_TABLE


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
