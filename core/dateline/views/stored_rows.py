"""The rows of a generation in its table: written by folds, read by everything else."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import sqlalchemy as sql
from sqlalchemy import Connection

from dateline.events.status import HIDDEN
from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.views.generation import Build
from dateline.views.letters import variants
from dateline.views.row_type import ColumnType, Values
from dateline.views.rows import Key, Rows
from dateline.views.selection import ORDERED, Range, Selection, Term
from dateline.views.table import Table, whole_numbers
from dateline.views.view_schema import STORY, ViewSchema

Clause: TypeAlias = sql.ColumnElement[bool]

_TYPES: dict[ColumnType, Any] = {
    # Sorted by code points, whatever the locale of the server.
    "text": sql.Text().with_variant(sql.Text(collation="C"), "postgresql"),
    "integer": sql.BigInteger,
    "number": sql.Float,
    "boolean": sql.Boolean,
}
#: The number of a row in a full-text index: on SQLite it must be the number by which rows are stored.
_NUMBER = sql.BigInteger().with_variant(sql.Integer, "sqlite")


def index(connection: Connection, schema: ViewSchema, build: Build) -> None:
    """Create the indexes: unique by story and key, by story and thing if that is another column, those that
    the view declares, and the full-text index. Raises DatelineError if a name is taken."""
    table = sql_table(schema, build.table)
    there = {one["name"] for one in sql.inspect(connection).get_indexes(build.table)}
    wanted: dict[str, list[Any]] = {f"{build.table}_key": [table.c[name] for name in schema.key]}
    if len(schema.thing) == 2 and schema.by is not None:
        wanted[f"{build.table}_by"] = [table.c[name] for name in schema.thing]
    for number, columns in enumerate(schema.indexes, 1):
        if schema.kernel:  # asked by code that knows the index
            wanted[f"{build.table}_i{number}"] = [table.c[name] for name in columns]
            continue
        parts = [_entry(connection, table.c[name]) for name in columns]
        wanted[f"{build.table}_i{number}"] = [
            *parts, *(table.c[name] for name in _following(schema) if name not in columns)
        ]  # fmt: skip
    for name, parts in wanted.items():
        if name not in there:  # else an earlier process made it and was killed
            catalog.require_free(connection, name, f"view {build.name}")
            sql.Index(name, *parts, unique=name.endswith("_key")).create(connection)
    if schema.words is not None:
        of(connection).finish_words(connection, build.table, schema.words.tokens)


def create(connection: Connection, schema: ViewSchema, table: str) -> None:
    """Create the table of a generation, without rows and indexes."""
    sql_table(schema, table).create(connection)
    if schema.words is not None:
        catalog.require_free(connection, f"{table}_words", f"view {schema.name}")
        number, tokens = schema.words.number, schema.words.tokens
        of(connection).create_words(connection, table, number, tokens)


def _following(schema: ViewSchema) -> list[str]:
    """The columns at the end of each declared index: the rows of one value are then found in the view's order,
    and those of hidden facts are counted without being read."""
    names = [STORY.name]
    for at, _ in schema.order[1:]:
        column = schema.columns[at]
        if column.nullable or column.type == "text":
            break
        names.append(column.name)
    return [*names, *(["status"] if schema.fact_rows else [])]


def _entry(connection: Connection, column: sql.ColumnElement[Any]) -> sql.ColumnElement[Any]:
    """What an index holds of a column: of a text only its start, where entries have a limited size."""
    most = of(connection).index_letters
    if most is None or not isinstance(column.type, sql.Text):
        return column
    return sql.func.left(column, sql.literal_column(str(most)))


def fill(
    connection: Connection, build: Build, schema: ViewSchema, stored: Sequence[Values]
) -> None:
    """Insert the rows of whole stories that have no rows yet."""
    if stored:
        of(connection).insert(connection, build.table, schema.names, stored)
        _add_words(connection, build, schema, stored)


def fill_stories(
    connection: Connection,
    build: Build,
    schema: ViewSchema,
    slugs: Iterable[str],
    stored: Sequence[Values],
) -> None:
    """Replace the rows of some stories."""
    _delete(connection, build, schema, ("story",), [(slug,) for slug in slugs])
    fill(connection, build, schema, stored)


def flush(connection: Connection, build: Build, rows: Rows) -> None:
    """Write the buffered rows: first deletions, then the present rows."""
    backend, schema, stored = of(connection), rows.schema, list(rows.stored())
    if rows.cleared:
        things = sorted({group[: len(schema.thing)] for group in rows.cleared})
        _delete(connection, build, schema, schema.thing, things)
    if schema.fact_rows:
        fill(connection, build, schema, stored)
        return
    dropped = list(rows.dropped())
    if dropped:
        _delete(connection, build, schema, schema.key, dropped)
    if stored and schema.words is None:
        backend.replace(connection, build.table, schema.names, stored, schema.key)
    elif stored:
        _delete(connection, build, schema, schema.key, [row[: len(schema.key)] for row in stored])
        fill(connection, build, schema, stored)


def _delete(
    connection: Connection,
    build: Build,
    schema: ViewSchema,
    columns: Sequence[str],
    keys: Sequence[Values],
) -> None:
    """Delete the rows with those values in `columns`."""
    if schema.words is not None:
        number, tokens = schema.words.number, schema.words.tokens
        of(connection).remove_words(connection, build.table, number, tokens, columns, keys)
    of(connection).delete(connection, build.table, columns, keys)


def _add_words(
    connection: Connection, build: Build, schema: ViewSchema, stored: Sequence[Values]
) -> None:
    if schema.words is not None:
        number, tokens = map(schema.names.index, (schema.words.number, schema.words.tokens))
        added = [(row[number], row[tokens]) for row in stored]
        of(connection).add_words(connection, build.table, schema.words.tokens, added)


def load(connection: Connection, schema: ViewSchema, build: Build, key: Key) -> Values | None:
    """The values of one row of a general view, without story and key."""
    table = _stored(schema, build.table)
    row = connection.execute(
        sql.select(table).where(table.c.story == key[0], table.c.key == key[1])
    ).first()
    return None if row is None else tuple(row)[2:]


def having(
    connection: Connection,
    schema: ViewSchema,
    build: Build,
    story: str,
    by: str,
    value: str,
    columns: Iterable[str],
) -> list[Values]:
    """The values of some columns in the rows of a story that have a value in the column `by`."""
    table = _stored(schema, build.table)
    query = sql.select(*(table.c[name] for name in columns))
    found = connection.execute(query.where(table.c.story == story, table.c[by] == value))
    return [tuple(row) for row in found]


def read(
    connection: Connection, schema: ViewSchema, build: Build, stories: Iterable[str] | None = None
) -> list[Values]:
    table = _stored(schema, build.table)
    query = sql.select(table)
    if stories is not None:
        query = query.where(table.c.story.in_(list(stories)))
    return [tuple(row) for row in connection.execute(query)]


def column(connection: Connection, schema: ViewSchema, build: Build, name: str) -> Iterator[Any]:
    """The values of one column, in no order."""
    return iter(connection.execute(sql.select(_stored(schema, build.table).c[name])).scalars())


def select(
    connection: Connection,
    schema: ViewSchema,
    build: Build,
    stories: Sequence[str],
    asked: Selection,
    *,
    everything: bool = False,
) -> Table:
    """What `selection.select` gives for the rows of `stories`, or of all, read by the database: no row is
    read that is not shown."""
    table = _stored(schema, build.table)
    columns = list(table.c)
    chosen: list[Clause] = [table.c.story.in_(stories)] if stories else []
    for term in asked.terms:
        column = columns[term.at]
        chosen.append(_holds(connection, column, term))
        if column.name in schema.indexed and term.operator in ("=", "<", "<=", ">", ">="):
            chosen += _may_hold(connection, column, term)
    dates = [] if asked.range is None else _meets(connection, schema, columns, asked.range)
    hide = schema.fact_rows and not everything
    shown = [*chosen, table.c.status.not_in(HIDDEN)] if hide else chosen
    order = [
        part for at, greatest in asked.sort for part in _sorted(columns[at], greatest=greatest)
    ]
    for at, empty_last in schema.order:
        order += _sorted(columns[at], empty_last=empty_last)
    order += [table.c[name] for name in schema.key]  # keys break ties: the order is total
    query = sql.select(table).where(*shown, *dates).order_by(*order).limit(asked.limit)
    rows = [tuple(row) for row in connection.execute(query)]
    # One pass over all that the question is about counts the rows that are shown and those that are not.
    counts, undated = {False: len(rows)}, 0
    count = sql.func.count()
    if hide:
        hidden = table.c.status.in_(HIDDEN)
        query = sql.select(hidden, count).where(*chosen, *dates).group_by(hidden)
        counts |= {bool(row[0]): row[1] for row in connection.execute(query)}
    elif len(rows) == asked.limit:
        query = sql.select(count).select_from(table).where(*shown, *dates)
        counts[False] = connection.execute(query).scalar_one()
    if asked.range is not None:
        ends = columns[asked.range.earliest], columns[asked.range.latest]
        empty = [column.is_(None) for column in ends]
        empty += [_entry(connection, end).is_(None) for end in ends if end.name in schema.indexed]
        query = sql.select(count).select_from(table).where(*shown, *empty)
        undated = connection.execute(query).scalar_one()
    rows, left = whole_numbers(schema, rows), counts.get(True, 0)
    return Table(schema.name, schema.columns, rows, left, counts[False] - len(rows), undated)


def _holds(connection: Connection, column: sql.ColumnElement[Any], term: Term) -> Any:
    """The same as `Term.holds`."""
    value = term.value
    if value is None:
        empty: Clause = column.is_(None)
        if isinstance(column.type, sql.Text):
            empty = empty | (column == "")
        return empty if term.operator == "=" else ~empty
    match term.operator:
        case "=":
            return column == value
        case "!=":
            return column.is_(None) | (column != value)
        case "~":
            matches, pattern = of(connection).containing(list(map(variants, value)))
            return column.bool_op(matches)(pattern)
    return ORDERED[term.operator](column, value)


def _may_hold(connection: Connection, column: sql.Column[Any], term: Term) -> list[Clause]:
    """What follows from the condition for the start of a text, so that an index of starts is used."""
    entry = _entry(connection, column)
    if entry is column or term.value is None:
        return []
    most = of(connection).index_letters
    compared = {"<": operator.le, ">": operator.ge}.get(
        term.operator, ORDERED.get(term.operator, operator.eq)
    )
    return [compared(entry, term.value[:most])]


def _meets(
    connection: Connection, schema: ViewSchema, columns: Sequence[sql.Column[Any]], dates: Range
) -> list[Clause]:
    """The same as `Range.dates` and `Range.meets`, and what an index of dates can find."""
    first, last = columns[dates.earliest], columns[dates.latest]
    found: list[Clause] = [first.is_not(None) | last.is_not(None)]
    if dates.end is not None:
        found.append(first.is_(None) | (first < dates.end))
        if first.name in schema.indexed:
            entry = _entry(connection, first)
            found.append(entry.is_(None) | (entry <= dates.end))
    if dates.starts:
        found.append(last.is_(None) | (last >= dates.starts[0]) | last.in_(dates.starts))
        if last.name in schema.indexed:
            entry = _entry(connection, last)
            found.append(entry.is_(None) | (entry >= dates.starts[-1]))
    return found


def _sorted(
    column: sql.Column[Any], *, greatest: bool = False, empty_last: bool = True
) -> list[sql.ColumnElement[Any]]:
    """What to sort by to sort by a column."""
    ordered = column.desc() if greatest else column
    if not column.nullable:
        return [ordered]
    return [column.is_(None) if empty_last else column.is_not(None), ordered]


def counts(
    connection: Connection,
    schema: ViewSchema,
    build: Build,
    stories: Collection[str] | None = None,
) -> dict[str, int]:
    """The number of rows that each of `stories`, or each story, has in a generation, if it has any."""
    story = _stored(schema, build.table).c.story
    query = sql.select(story, sql.func.count()).group_by(story)
    if stories is not None:
        query = query.where(story.in_(stories))
    return {row[0]: row[1] for row in connection.execute(query)}


def strays(
    connection: Connection, schema: ViewSchema, build: Build, stories: Collection[str]
) -> list[Values]:
    """Rows that belong to none of `stories`."""
    table = _stored(schema, build.table)
    there = connection.execute(sql.select(table.c.story).distinct()).scalars()
    strange = [slug for slug in there if slug not in stories]
    if not strange:
        return []
    query = sql.select(table).where(table.c.story.in_(strange) | table.c.story.is_(None))
    return [tuple(row) for row in connection.execute(query)]


def sql_table(schema: ViewSchema, table: str) -> sql.Table:
    """The table of a generation, to be made."""
    number = None if schema.words is None else schema.words.number
    made = [
        sql.Column(c.name, _NUMBER, primary_key=True, autoincrement=False)
        if c.name == number
        else sql.Column(c.name, _TYPES[c.type], nullable=c.nullable)
        for c in schema.columns
    ]
    return sql.Table(table, sql.MetaData(), *made)


#: The table of a generation, to be read: made once, since an export asks for each story's rows.
_stored = lru_cache(256)(sql_table)
