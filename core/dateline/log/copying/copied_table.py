"""Keeps a table of the copy equal to the source, page by page in the order of its key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table

from dateline.errors import DatelineError
from dateline.log.databases.backend import Values as Row
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import listed, quoted
from dateline.log.databases.unwritten import require_done
from dateline.log.pages import damaged

PAGE = 500
#: At most so many bytes of content are moved in one transaction, except for a single larger row.
_PORTION = 4 << 20

#: Opens a transaction on the copy; see `copier.Turn`.
Turn = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class CopiedTable:
    """A table whose rows are added and, at most, erased as a whole.

    `content` is a column of any size. The key is its SHA-256, except in rows where the column `sealed`
    has a value. With a content column, rows are compared by its length, and it is moved in small
    portions. Where rows are not `erasable`, a copy that has additional ones is refused. Where they are
    `mutable`, a row with other values is replaced.
    """

    table: Table
    content: str | None = None
    sealed: str | None = None
    erasable: bool = True
    mutable: bool = False

    def copy(self, source: Connection, turn: Turn, where: str) -> None:
        """Make the copy's rows those of `source`. `where` names the source in errors.

        Raises Damaged when the copy has a row with other values.
        """
        for page, after, last in self._pages(source):
            with turn() as connection:
                there = self._range(connection, after, last)
                self._erase(connection, there, page)
                kept = {*page}.intersection(there) if self.mutable else there
                known = {self._key(row) for row in kept}
                missing = [row for row in page if self._key(row) not in known]
                if self.content is None:
                    self._insert(connection, missing)
            if self.content is not None:
                self._move(source, turn, where, missing)

    def differs(self, source: Connection, copy: Connection) -> bool:
        """Whether `copy` would change the rows of the copy. Raises the errors that it would raise."""
        differs = False
        for page, after, last in self._pages(source):
            there = self._range(copy, after, last)
            self._deleted(copy, there, page)
            differs |= there != page
        return differs

    def compare(self, source: Connection, copy: Connection, where: str, of_copy: str) -> None:
        """Raises Damaged unless both hold the same rows, whose contents match their hashes."""
        for page, after, last in self._pages(source):
            if page != self._range(copy, after, last):
                raise damaged(of_copy, f"its table {self.table.name} differs from that of {where}")
            for row in page if self.content is not None else ():
                if self._content(source, row, where) != self._content(copy, row, of_copy):
                    raise damaged(of_copy, f"a row of its table {self.table.name} has other bytes")

    def _pages(self, source: Connection) -> Iterator[tuple[list[Row], Row | None, Row | None]]:
        """Pages of rows of the source, each with the keys that bound it: (exclusive, inclusive)."""
        after: Row | None = None
        while True:
            page = self._range(source, after, None, PAGE)
            last = self._key(page[-1]) if len(page) == PAGE else None
            yield page, after, last
            if last is None:
                return
            after = last

    def _erase(self, connection: Connection, there: list[Row], here: list[Row]) -> None:
        """Delete the rows that the source no longer has."""
        deleted = self._deleted(connection, there, here)
        if deleted:
            query = f"DELETE FROM {quoted(self.table.name)} WHERE {self._same()}"
            done = of(connection).execute_many(connection, query, deleted)
            require_done(done, len(deleted), self.table.name)

    def _deleted(self, connection: Connection, there: list[Row], here: list[Row]) -> list[Row]:
        """The keys of those rows, and of rows that have changed. Raises DatelineError when the copy has
        rows of its own."""
        known = {self._key(row): row for row in here}
        if self.mutable:
            return [self._key(row) for row in there if known.get(self._key(row)) != row]
        deleted = [self._key(row) for row in there if self._key(row) not in known]
        where = of(connection).shown(connection.engine.url)
        if deleted and not self.erasable:
            raise DatelineError(
                f"{where} has {self.table.name} of its own: it is no longer only a copy",
                hint="copy to a new file or an empty database",
                code="not-a-copy",
            )
        if any(known.get(self._key(row), row) != row for row in there):
            raise damaged(where, f"a row of its table {self.table.name} has other values")
        return deleted

    def _move(self, source: Connection, turn: Turn, where: str, missing: list[Row]) -> None:
        for portion in _portions(missing):
            rows = [(*row[:-1], self._content(source, row, where)) for row in portion]
            with turn() as connection:
                self._insert(connection, rows)

    def _content(self, connection: Connection, row: Row, where: str) -> bytes:
        key = self._key(row)
        query = f"SELECT {quoted(str(self.content))} FROM {quoted(self.table.name)}"
        [content] = (
            of(connection).execute(connection)(f"{query} WHERE {self._same()}", key).fetchone()
        )
        open_ = self.sealed is None or row[self._columns().index(self.sealed)] is None
        if open_ and hashlib.sha256(content).digest() != key[0]:
            raise damaged(where, f"the document sha256:{key[0].hex()} has other bytes")
        return bytes(content)

    def _insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        if rows:
            of(connection).insert(connection, self.table.name, self._columns(), rows)

    def _range(
        self, connection: Connection, after: Row | None, until: Row | None, limit: int | None = None
    ) -> list[Row]:
        """Rows with `after` < key <= `until`, in order, with the length of a content in its place."""
        keys = listed(self._keys())
        marks = ", ".join("?" * len(self._keys()))
        columns = [
            f"length({quoted(name)})" if name == self.content else quoted(name)
            for name in self._columns()
        ]
        query, values = f"SELECT {', '.join(columns)} FROM {quoted(self.table.name)}", []
        bounds = [(">", after), ("<=", until)]
        given = [(sign, bound) for sign, bound in bounds if bound is not None]
        if given:
            query += " WHERE " + " AND ".join(f"({keys}) {sign} ({marks})" for sign, _ in given)
            values = [value for _, bound in given for value in bound]
        query += f" ORDER BY {keys}" + ("" if limit is None else f" LIMIT {limit:d}")
        found: Any = of(connection).execute(connection)(query, values).fetchall()
        return [tuple(row) for row in found]

    def _keys(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.primary_key.columns)

    def _columns(self) -> tuple[str, ...]:
        """The key first, the content last."""
        names = [column.name for column in self.table.columns]
        return tuple(
            sorted(names, key=lambda name: (name not in self._keys(), name == self.content))
        )

    def _key(self, row: Row) -> Row:
        return row[: len(self._keys())]

    def _same(self) -> str:
        return " AND ".join(f"{quoted(name)} = ?" for name in self._keys())


def _portions(rows: list[Row]) -> Iterator[list[Row]]:
    """Split rows into portions of limited size; the length of the content is the last column."""
    portion: list[Row] = []
    size = 0
    for row in rows:
        if portion and size + row[-1] > _PORTION:
            yield portion
            portion, size = [], 0
        portion.append(row)
        size += row[-1]
    if portion:
        yield portion
