"""A question of one view, with values of its columns' types, and what it means: a function over rows.

`stored_rows.selected` has the database answer the same. A test compares the two.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.events.edtf import parse
from dateline.events.status import HIDDEN
from dateline.views.letters import folded
from dateline.views.question import NotAQuestion, Question
from dateline.views.row_type import Column, Values, storable
from dateline.views.table import Table, sort_key, whole_numbers
from dateline.views.view_schema import ViewSchema

#: The columns of the dates that a row is about.
DATES = ("earliest", "latest")
#: The longest text that may be looked for: databases limit the length of a pattern.
_LONGEST = 1000
#: After any digit, ``T`` or ``Z``: ``2024-05-03~`` comes after each moment of that day.
_END = "~"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Term(msgspec.Struct, frozen=True):
    """A condition on the column number `at`. A `value` of None stands for an empty field."""

    at: int
    operator: str
    value: Any

    def holds(self, row: Values) -> bool:
        """Whether the row meets it. An empty field is unequal to every value, and neither less nor greater."""
        found = row[self.at]
        if self.value is None:
            return (found is None or found == "") == (self.operator == "=")
        if self.operator in ("=", "!="):
            return (found is not None and found == self.value) == (self.operator == "=")
        if found is None:
            return False
        if self.operator == "~":
            return self.value in folded(found)
        return ORDERED[self.operator](found, self.value)


class Range(msgspec.Struct, frozen=True):
    """Dates that rows must meet. `earliest` and `latest` are their columns; `starts` are the texts of which a row's
    latest date must be at least the first or equal another, `end` is what its earliest must be less than."""

    earliest: int
    latest: int
    starts: tuple[str, ...] = ()
    end: str | None = None

    def dates(self, row: Values) -> bool:
        """Whether the row has a date at all."""
        return row[self.earliest] is not None or row[self.latest] is not None

    def meets(self, row: Values) -> bool:
        """Whether a row with a date may be about a moment of the range: an open end reaches for ever."""
        first, last = row[self.earliest], row[self.latest]
        begun = self.end is None or first is None or first < self.end
        starts = self.starts
        return begun and (not starts or last is None or last >= starts[0] or last in starts)


class Selection(msgspec.Struct, frozen=True):
    """A question of one view. ``sort`` has column numbers, each with whether the greatest come first; the
    view's own order decides between rows that are equal in these. Empty fields come last."""

    terms: tuple[Term, ...] = ()
    range: Range | None = None
    sort: tuple[tuple[int, bool], ...] = ()
    limit: int | None = None


def selection(schema: ViewSchema, question: Question) -> Selection:
    """The question with values of the columns' types. Raises NotAQuestion, DatelineError."""
    terms = tuple(_term(schema, *condition) for condition in question.where)
    for field, operator_, value in question.where:
        if operator_ in ("<", "<=", ">", ">="):
            _require_order(schema, field, f"{field}{operator_}{value}")
    for name in question.sort:
        _require_order(schema, name.removeprefix("-"), name)
    sort = tuple(
        (_at(schema, name.removeprefix("-"), name), name.startswith("-")) for name in question.sort
    )
    if question.limit is not None and question.limit < 0:
        raise NotAQuestion(f"the limit is {question.limit}, and must be at least 0")
    dates = _range(schema, question) if question.dated else None
    return Selection(terms, dates, sort, question.limit)


def select(
    schema: ViewSchema, asked: Selection, rows: Iterable[Values], *, everything: bool = False
) -> Table:
    """The rows of a view that the question is about, in its order: what the question means."""
    found = [
        row for row in whole_numbers(schema, rows) if all(one.holds(row) for one in asked.terms)
    ]
    shown, hidden = found, list[Values]()
    if schema.fact_rows and not everything:
        status = schema.names.index("status")
        shown = [row for row in found if row[status] not in HIDDEN]
        hidden = [row for row in found if row[status] in HIDDEN]
    undated, dates = 0, asked.range
    if dates is not None:
        undated = sum(not dates.dates(row) for row in shown)
        shown, hidden = (
            [row for row in some if dates.dates(row) and dates.meets(row)]
            for some in (shown, hidden)
        )
    shown.sort(key=sort_key(schema))
    for at, greatest in reversed(asked.sort):
        there = [row for row in shown if row[at] is not None]
        there.sort(key=operator.itemgetter(at), reverse=greatest)
        shown = [*there, *(row for row in shown if row[at] is None)]
    kept = shown if asked.limit is None else shown[: asked.limit]
    return Table(schema.name, schema.columns, kept, len(hidden), len(shown) - len(kept), undated)


def _require_order(schema: ViewSchema, name: str, given: str) -> None:
    """Raises NotAQuestion for dates in words, such as ``12 June 2025``: their order is that of letters."""
    if name == "when" and "earliest" in schema.names:
        raise NotAQuestion(
            f"{schema.name}: {name} has dates in words, which have no order",
            given=given,
            instead=given.replace(name, "earliest", 1),
            hint="ask for earliest or latest, which have ISO dates, or give --since and --until",
        )


def _at(schema: ViewSchema, name: str, given: str) -> int:
    """The number of the column `name`."""
    if name in schema.names:
        return schema.names.index(name)
    import difflib  # slow to import, and this error is rare

    near = difflib.get_close_matches(name, schema.names, 1)
    known = f"it has {', '.join(schema.names)}"
    raise NotAQuestion(
        f"{schema.name} has no column {name!r}",
        given=given,
        instead=given.replace(name, near[0], 1) if near else None,
        hint=f"did you mean {near[0]!r}? {known}" if near else known,
    )


def _term(schema: ViewSchema, field: str, operator: str, value: Any) -> Term:
    given = f"{field}{operator}{'' if value is None else value}"
    at = _at(schema, field, given)
    column = schema.columns[at]
    if operator == "~" and column.type != "text":
        raise _unfit(column, given, f"{operator} is for text, and {field} is {_words(column)}")
    if column.type == "boolean" and operator not in ("=", "!="):
        raise _unfit(column, given, f"{field} is {_words(column)}: it is = or !=")
    if value is None or value == "":
        if operator not in ("=", "!="):
            raise _unfit(column, given, f"{operator} needs a value")
        return Term(at, operator, None)
    found = _value(column, value)
    if found is None or not storable(found):
        raise _unfit(column, given, f"{value!r} is not {_words(column)}")
    if operator == "~":
        if len(found) > _LONGEST:
            raise _unfit(column, given, f"the text has more than {_LONGEST:,} characters")
        found = folded(found)
    return Term(at, operator, found)


def _value(column: Column, value: Any) -> Any:
    """`value` as one of the column's type; None if it is none."""
    if column.type == "text":
        return value if type(value) is str else None
    if column.type == "boolean":
        return value if type(value) is bool else {"true": True, "false": False}.get(value)
    if type(value) is str:
        if not _NUMBER.fullmatch(value):
            return None
        if column.type == "integer":
            return int(value) if value.lstrip("+-").isdigit() and len(value) < 21 else None
        value = float(value)
    if type(value) not in (int, float) or (column.type == "integer" and type(value) is float):
        return None
    if column.type == "integer":
        return value
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _words(column: Column) -> str:
    return {
        "text": "text",
        "boolean": "true or false",
        "integer": "a whole number",
        "number": "a number",
    }[column.type]


def _unfit(column: Column, given: str, why: str) -> NotAQuestion:
    kinds = ["=", "!="]
    kinds += ["<", "<=", ">", ">="] if column.type != "boolean" else []
    kinds += ["~"] if column.type == "text" else []
    return NotAQuestion(
        f"{given}: {why}",
        given=given,
        hint=f"{column.name} is {_words(column)} and can be compared by {', '.join(kinds)}",
    )


def _range(schema: ViewSchema, question: Question) -> Range:
    types = {column.name: column.type for column in schema.columns}
    if any(types.get(name) != "text" for name in DATES):
        times = [name for name in schema.names if name.endswith("_at") or name in DATES]
        instead = f'; or ask by a column, like "{times[0]}>=2024-05-01"' if times else ""
        raise DatelineError(
            f"the rows of {schema.name} have no range of dates: --since and --until need the columns "
            f"{' and '.join(DATES)}",
            hint=f"it has {', '.join(schema.names)}{instead}",
            code="view-undated",
        )
    start = None if question.since is None else _edge(question.since, "earliest", "since")
    end = None if question.until is None else _edge(question.until, "latest", "until")
    if start is not None and end is not None and start >= end + _END:
        raise NotAQuestion(f"since {question.since} is after until {question.until}")
    earliest, latest = map(schema.names.index, DATES)
    # A day may also be a part of a moment: it lasts until its end.
    starts = () if start is None else tuple(dict.fromkeys((start, start[:19], start[:10])))
    return Range(earliest, latest, starts, None if end is None else end + _END)


def _edge(text: str, side: str, name: str) -> str:
    """The earliest or latest moment that a date may mean. Raises DatelineError."""
    try:
        found: str | None = getattr(parse(text), side)
    except ValueError as error:
        raise DatelineError(
            f"{name}: {error}", hint="write it in EDTF, like 2020-04-10", code="not-a-date"
        ) from None
    if found is None:
        raise NotAQuestion(
            f"{name} {text}: this date is open there",
            hint="give a date with an end, like 2020-04-10",
        )
    return found
