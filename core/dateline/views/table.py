"""A view's rows for reading: columns, tuples in the view's order, and the number left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from dateline.events.status import HIDDEN
from dateline.views.row_type import Column, Values
from dateline.views.view_schema import ViewSchema


class Table(msgspec.Struct, frozen=True):
    """Rows of a view, in its order. `hidden` counts the rows of retracted and rejected facts that were
    left out, `further` those after the last one, where a limit was asked for, and `undated` those without a
    date, where dates were asked for."""

    name: str
    columns: tuple[Column, ...]
    rows: list[Values]
    hidden: int = 0
    further: int = 0
    undated: int = 0

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary by column name."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def arrange(schema: ViewSchema, rows: Iterable[Values], *, everything: bool = False) -> Table:
    """`rows` in the view's order, with numbers in one form and without the rows of hidden facts."""
    kept, hidden = whole_numbers(schema, rows), 0
    if schema.fact_rows and not everything:
        every, status = kept, schema.names.index("status")
        kept = [row for row in every if row[status] not in HIDDEN]
        hidden = len(every) - len(kept)

    return Table(schema.name, schema.columns, sorted(kept, key=sort_key(schema)), hidden)


def sort_key(schema: ViewSchema) -> Callable[[Values], list[Any]]:
    """The key by which rows have the view's order."""

    def key(row: Values) -> list[Any]:
        found: list[Any] = []
        for at, empty_last in schema.order:
            found += [(row[at] is None) == empty_last, row[at] if row[at] is not None else 0]
        found += row[: len(schema.key)]  # keys break ties: the order is total
        return found

    return key


def whole_numbers(schema: ViewSchema, rows: Iterable[Values]) -> list[Values]:
    """143.0 as 143: rows from a database's REAL and from a fold in memory are equal."""
    whole = []
    for row in rows:
        for at in schema.numbers:
            if isinstance(row[at], float) and row[at].is_integer():
                row = (*row[:at], int(row[at]), *row[at + 1 :])
        whole.append(row)
    return whole
