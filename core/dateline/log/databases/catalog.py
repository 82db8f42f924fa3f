"""Finding and dropping relations. Dateline never replaces or drops what it did not make."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.log.databases.dialect import of
from dateline.log.databases.relation import TABLE, Relation
from dateline.log.databases.sql import driver, quoted


def find(connection: Connection, names: Iterable[str]) -> dict[str, Relation]:
    """The relations that exist under some of `names`, by name."""
    return {found.name: found for found in of(connection).relations(connection, sorted({*names}))}


def require_free(connection: Connection, name: str, for_what: str) -> None:
    """Raises DatelineError when a relation has the name of a table to create."""
    if (other := find(connection, [name]).get(name)) is not None:
        raise DatelineError(
            f"{for_what} needs the name {name}, which is taken by {other.words} that Dateline did not "
            "make",
            hint="rename it, or drop it if it is not needed; then run this again",
            code="name-taken",
        )


def drop_view(connection: Connection, view: str, *, others_too: bool) -> None:
    """Drop the SQL view that shows a view, if Dateline made it; with `others_too` also what outsiders
    built on it."""
    there = find(connection, [view]).get(view)
    if there is not None and there.shows(view):
        _drop(connection, "VIEW", view, others_too)


def drop_table(connection: Connection, table: str, *, others_too: bool) -> None:
    """Drop the table of a generation and its full-text index; with `others_too` also what outsiders built
    on it. An object of another kind with its name is left alone."""
    of(connection).drop_words(connection, table)
    there = find(connection, [table]).get(table)
    if there is not None and there.kind == TABLE:
        _drop(connection, "TABLE", table, others_too)


def _drop(connection: Connection, kind: str, name: str, others_too: bool) -> None:
    cascade = of(connection).cascade if others_too else ""
    driver(connection).execute(f"DROP {kind} {quoted(name)}{cascade}")
