"""A view's rows for reading: columns, tuples in the view's order, and the number left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from dateline.events.status import HIDDEN
from dateline.views.projection import Column, View, columns, last
from dateline.views.rows import Values


class Table(msgspec.Struct, frozen=True):
    """Rows of a view, in its order. `hidden` counts the rows of retracted and rejected facts that were
    left out."""

    name: str
    columns: tuple[Column, ...]
    rows: list[Values]
    hidden: int = 0

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary by column name."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def arrange(view: View, rows: Iterable[Values], *, everything: bool = False) -> Table:
    """`rows` in the view's order, with numbers in one form and without the rows of hidden facts."""
    shape = columns(view)
    names = [column.name for column in shape]
    status = names.index("status") if view.key_columns()[0].name == "fact" else None
    kept, hidden = [], 0
    for row in whole_numbers(view, rows):
        if status is not None and not everything and row[status] in HIDDEN:
            hidden += 1
        else:
            kept.append(row)
    order = [(names.index(column), isinstance(column, last)) for column in ("story", *view.order)]
    tail = range(1, 1 + len(view.key_columns()))  # keys break ties: the order is total

    def sort_key(row: Values) -> list[Any]:
        key: list[Any] = []
        for at, empty_last in order:
            key += [(row[at] is None) == empty_last, row[at] if row[at] is not None else 0]
        return key + [row[at] for at in tail]

    return Table(view.name, shape, sorted(kept, key=sort_key), hidden)


def whole_numbers(view: View, rows: Iterable[Values]) -> list[Values]:
    """143.0 as 143: rows from a database's REAL and from a fold in memory are equal."""
    numbers = [at for at, column in enumerate(columns(view)) if column.type == "number"]
    return [_whole(row, numbers) for row in rows]


def _whole(row: Values, numbers: list[int]) -> Values:
    if not any(isinstance(row[at], float) and row[at].is_integer() for at in numbers):
        return row
    fixed = list(row)
    for at in numbers:
        if isinstance(fixed[at], float) and fixed[at].is_integer():
            fixed[at] = int(fixed[at])
    return tuple(fixed)
