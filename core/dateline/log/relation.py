"""What has a name in the database: a table of Dateline's, or whatever somebody else put there."""

from __future__ import annotations

import re

import msgspec

#: Kinds that Dateline makes.
TABLE, SQL_VIEW = "table", "SQL view"


class StoredColumn(msgspec.Struct, frozen=True):
    """A column, with its type in the database's own words, and its name as it is written in SQL."""

    name: str
    type: str
    required: bool = False
    sql: str = ""


class Relation(msgspec.Struct, frozen=True):
    """A table, an SQL view, or anything else that takes a name which they need.

    Of an SQL view, `selects` is its definition in the backend's one form, and `reads` names what it
    reads, as far as the backend can tell. `guards` are triggers, rules and the like: an ordinary
    table has none.
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
        """Whether it is the SQL view that Dateline keeps for a view, altered or not: it reads the
        table of one of the view's generations, and nothing else."""
        return (
            self.kind == SQL_VIEW
            and len(self.reads) == 1
            and re.fullmatch(f"{view}__g[0-9]+", self.reads[0]) is not None
        )

    @property
    def has_facts(self) -> bool:
        """Whether it has the columns of a row about a fact, as a `FactView` has: then a status."""
        return [column.name for column in self.columns[1:4]] == ["fact", "item", "status"]

    @property
    def poses(self) -> bool:
        """Whether who reads it may take it for rows of a view."""
        names = {column.name for column in self.columns}
        return {"story", "fact"} <= names or {"story", "key"} <= names
