"""The rows of a view: their class, its fields as columns, and the values that they may hold."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Collection, Sequence
from typing import Any, Literal

import msgspec

from dateline.errors import DatelineError
from dateline.events.state import Fact
from dateline.events.tombstones import ErasedFact

Values = tuple[Any, ...]
ColumnType = Literal["text", "integer", "number", "boolean"]

#: The form of the name of a view or column.
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
#: The most characters in the texts of a row: PostgreSQL accepts rows of less than 1 GB.
TEXT_LENGTH = 100_000_000
#: Columns that every PostgreSQL table has.
_SYSTEM = frozenset({"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"})
_SAFE = 2**53
#: Types whose values need no check.
_SMALL = frozenset({bool, type(None)})
#: So many rows are checked faster one by one than column by column.
_FEW = 6
#: The most characters in a column of rows that are checked together: no row can have more.
_MANY = TEXT_LENGTH // 250
_PYTHON: dict[ColumnType, frozenset[object]] = {
    "text": frozenset({str}),
    "integer": frozenset({int}),
    "boolean": frozenset({bool}),
    "number": frozenset({int, float}),
}


class ViewRow(msgspec.Struct, frozen=True, gc=False):
    """Base of a view's row. A field is a ``str``, ``int``, ``float`` or ``bool``, or one of them or None."""


class FactRow(ViewRow, frozen=True):
    """A row about a fact. Dateline adds the columns ``story, fact, item, status, source, position, method``."""


class Column(msgspec.Struct, frozen=True):
    """One column of a view's table, and so of a CSV header and a JSON Schema."""

    name: str
    type: ColumnType
    nullable: bool = False


class RowType:
    """The class of a view's rows, and its fields as `columns`."""

    def __init__(self, view: str, row: type[ViewRow], taken: Collection[str]) -> None:
        """`taken` are the names of the columns that Dateline fills in. Raises DatelineError for a field
        that cannot be a column."""
        hints = typing.get_type_hints(row)
        for name in row.__struct_fields__:
            if name in taken or name in _SYSTEM or not NAME.fullmatch(name):
                raise DatelineError(
                    f"view {view}: a row cannot have a field named {name!r}",
                    hint="rename it: lower-case letters, digits and _, and not a column that exists already",
                    code="view-invalid",
                )
        self.row_class = row
        self.columns = tuple(_column(view, name, hints[name]) for name in row.__struct_fields__)
        self._types = [
            _PYTHON[column.type] | ({type(None)} if column.nullable else set())
            for column in self.columns
        ]
        kinds = [column.type for column in self.columns]
        self._texts = [kind == "text" for kind in kinds]
        self._text_at = [at for at, kind in enumerate(kinds) if kind == "text"]
        self._number_at = [at for at, kind in enumerate(kinds) if kind in ("integer", "number")]
        #: The types of the values of rows that were checked: most rows have the same.
        self._seen: set[tuple[type, ...]] = set()

    def values(self, row: ViewRow, about: Fact | ErasedFact | str) -> Values:
        """The row's values; `about` is its fact or key. Raises DatelineError for a wrong row."""
        if type(row) is not self.row_class:
            verb = "yield" if isinstance(about, Fact) else "put"
            raise DatelineError(
                f"{_name(about)}: {row!r} is not a row: {verb} self.Row(...)", code="row-invalid"
            )
        values = msgspec.structs.astuple(row)
        kinds = tuple(map(type, values))
        if kinds not in self._seen:
            self._require(values, about)
            self._seen.add(kinds)
        texts = "".join([values[at] or "" for at in self._text_at])
        if len(texts) > TEXT_LENGTH:
            raise DatelineError(
                f"{_name(about)}: the row has {len(texts):,} characters; at most {TEXT_LENGTH:,} are "
                "allowed",
                code="row-too-large",
            )
        if "\x00" in texts or not (texts.isascii() or storable(texts)):
            self._require(values, about)
        for at in self._number_at:
            value = values[at]
            if value is not None and not -_SAFE < value < _SAFE and not storable(value):
                self._require(values, about)
        return values

    def all_values(
        self, rows: Sequence[ViewRow], about: Sequence[Fact | ErasedFact | str]
    ) -> list[Values]:
        """The values of many rows, checked column by column; `about` has the fact or key of each. Raises
        DatelineError for the first wrong row."""
        if len(rows) > _FEW and {*map(type, rows)} == {self.row_class}:
            found = list(map(msgspec.structs.astuple, rows))
            columns = zip(*found, strict=True)
            if all(map(_sound, columns, self._types, self._texts)):
                return found
        return list(map(self.values, rows, about))

    def _require(self, values: Values, about: Fact | ErasedFact | str) -> None:
        for value, column, kinds in zip(values, self.columns, self._types, strict=True):
            what = f"{_name(about)}: {column.name}={value!r}"
            if type(value) not in kinds:
                kind = type(value).__name__
                raise DatelineError(
                    f"{what} is of type {kind}, but the column is of type {column.type}",
                    code="row-invalid",
                )
            if not storable(value):
                raise DatelineError(
                    f"{what} cannot be stored in every database", code="value-not-storable"
                )


def storable(value: Any) -> bool:
    """Whether every database stores it unchanged: no lone surrogate, NUL or NaN, at most 64 bits."""
    kind = type(value)
    if kind is int:
        return bool(-(2**63) <= value < 2**63)
    if kind is not str:
        return kind is not float or math.isfinite(value)
    if "\x00" in value:
        return False
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


def _sound(column: tuple[Any, ...], types_: Collection[object], text: bool) -> bool:
    """Whether the values of one column are certainly right. If not, one of them may be wrong."""
    kinds = {*map(type, column)}
    if not kinds <= types_:  # type: ignore[operator]
        return False
    if kinds <= _SMALL:
        return True
    present = [value for value in column if value is not None] if type(None) in kinds else column
    if text:
        joined = "".join(present)
        return len(joined) <= _MANY and "\x00" not in joined and storable(joined)
    return math.isfinite(sum(present)) and min(present) > -_SAFE and max(present) < _SAFE


def _name(about: Fact | ErasedFact | str) -> str:
    return about.id if isinstance(about, Fact) else repr(about)


def _column(view: str, name: str, hint: object) -> Column:
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    options = set(typing.get_args(hint) if union else (hint,))
    kinds = options - {type(None)}
    for kind, accepted in _PYTHON.items():
        if kinds and kinds <= accepted:
            return Column(name, kind, nullable=kinds != options)
    raise DatelineError(
        f"view {view}: field {name} is {hint}; use str, int, float or bool", code="view-invalid"
    )
