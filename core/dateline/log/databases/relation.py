"""Relations of the database: tables and SQL views of Dateline, or objects that others made."""

from __future__ import annotations

import re

import msgspec

#: The kinds that Dateline makes.
TABLE, SQL_VIEW = "table", "SQL view"


class StoredColumn(msgspec.Struct, frozen=True):
    """A column, with its type as the database names it, and its name as written in SQL."""

    name: str
    type: str
    required: bool = False
    sql: str = ""


class Relation(msgspec.Struct, frozen=True):
    """A table, an SQL view, or any other object that takes up a name which these need.

    For an SQL view, `selects` is its definition in the form of the backend, and `reads` names the
    relations it reads, as far as the backend can tell. `guards` are triggers, rules and the like; an
    ordinary table has none.
    """

    name: str
    kind: str
    columns: tuple[StoredColumn, ...] = ()
    selects: str = ""
    reads: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """``a table``, ``an SQL view``"""
        return f"{'an' if self.kind.startswith(('SQL', 'index')) else 'a'} {self.kind}"

    def shows(self, view: str) -> bool:
        """Whether it is the SQL view that Dateline keeps for a view, even if altered: it reads the
        table of one of the view's generations and nothing else."""
        return (
            self.kind == SQL_VIEW
            and len(self.reads) == 1
            and re.fullmatch(f"{view}__g[0-9]+", self.reads[0]) is not None
        )

    @property
    def has_facts(self) -> bool:
        """Whether it has the columns of a `FactView`, a status among them."""
        return [column.name for column in self.columns[1:4]] == ["fact", "item", "status"]

    @property
    def poses(self) -> bool:
        """Whether a reader may mistake its rows for rows of a view."""
        names = {column.name for column in self.columns}
        return {"story", "fact"} <= names or {"story", "key"} <= names
