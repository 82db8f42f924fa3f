"""Reads relations from SQLite's catalog, and writes the SQL view of a table."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from dateline.log.databases.relation import SQL_VIEW, TABLE, Relation, StoredColumn
from dateline.log.databases.sql import quoted, without

_RELATIONS = "SELECT lower(name), type, sql FROM sqlite_master WHERE type <> 'trigger'"
_GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = ? ORDER BY 1"
#: Columns with their types, generated and hidden ones too. DEFAULT and GENERATED mark columns that
#: Dateline did not make.
_SHAPE = """
SELECT name, type || CASE WHEN dflt_value IS NULL THEN '' ELSE ' DEFAULT' END
  || CASE hidden WHEN 0 THEN '' ELSE ' GENERATED' END, "notnull"
FROM pragma_table_xinfo(?)
"""


def relations(connection: sqlite3.Connection, names: Sequence[str]) -> list[Relation]:
    """The relations with one of `names`; `connection` is the driver's own."""
    marks = ", ".join("?" * len(names))
    # SQLite ignores the case of names.
    found = connection.execute(f"{_RELATIONS} AND lower(name) IN ({marks})", list(names)).fetchall()
    return [_relation(connection, *row) for row in found]


def selects(table: str, hidden: Sequence[str]) -> str:
    """The definition of the SQL view of a table, in the form of `Relation.selects`."""
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
