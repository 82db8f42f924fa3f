"""Small pieces of SQL, and the connection that runs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from dateline.log.databases.backend import Execute, Values

Value = TypeVar("Value")
#: So many values fit one statement of either database.
_VALUES = 500


def driver(connection: Connection) -> Any:
    """The database driver's own connection."""
    return connection.connection.driver_connection


def quoted(name: str) -> str:
    """The name of a table or column as SQL. Raises ValueError for a name that Dateline never gives."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ValueError(f"{name!r} is not a valid name of a table or column")
    return f'"{name}"'


def without(hidden: Sequence[str]) -> str:
    """The condition that excludes rows with those statuses; empty when there are none."""
    return f' WHERE "status" NOT IN ({", ".join(map(repr, hidden))})' if hidden else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """`values` in portions of which each fits one statement."""
    return (values[at : at + _VALUES] for at in range(0, len(values), _VALUES))


def found_in(run: Execute, query: str, values: Sequence[Any]) -> Iterator[Values]:
    """The rows of a query that ends with ``IN``, for any number of values."""
    for some in portions(values):
        yield from run(f"{query} ({', '.join('?' * len(some))})", some).fetchall()
