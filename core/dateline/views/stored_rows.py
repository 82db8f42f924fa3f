"""The rows of a generation in its table: written by folds, read by everything else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sql
from sqlalchemy import Connection

from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.views.generation import Build
from dateline.views.row_type import ColumnType, Values
from dateline.views.rows import Key, Rows
from dateline.views.view_schema import ViewSchema

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
    """Create the index, unique by story and key, one by story and thing if that is another column, those
    that the view declares, and the full-text index. Raises DatelineError if a name is taken."""
    table = sql_table(schema, build.table)
    there = {one["name"] for one in sql.inspect(connection).get_indexes(build.table)}
    wanted = {f"{build.table}_key": schema.key}
    if len(schema.thing) == 2 and schema.by is not None:
        wanted[f"{build.table}_by"] = schema.thing
    wanted |= {f"{build.table}_{at}": some for at, some in enumerate(schema.indexes, 1)}
    for name, columns in wanted.items():
        if name not in there:  # else an earlier process made it and was killed
            catalog.require_free(connection, name, f"view {build.name}")
            unique = columns == schema.key
            sql.Index(name, *(table.c[one] for one in columns), unique=unique).create(connection)
    if schema.words is not None:
        of(connection).finish_words(connection, build.table, schema.words.tokens)


def create(connection: Connection, schema: ViewSchema, table: str) -> None:
    """Create the table of a generation, without rows and indexes."""
    sql_table(schema, table).create(connection)
    if schema.words is not None:
        catalog.require_free(connection, f"{table}_words", f"view {schema.name}")
        number, tokens = schema.words.number, schema.words.tokens
        of(connection).create_words(connection, table, number, tokens)


def fill(
    connection: Connection, build: Build, schema: ViewSchema, stored: Sequence[Values]
) -> None:
    """Insert the rows of whole stories that have no rows yet."""
    if stored:
        of(connection).insert(connection, build.table, schema.names, stored)
        _add_words(connection, build, schema, stored)


def fill_stories(connection: Connection, build: Build, slugs: Iterable[str], rows: Rows) -> None:
    """Replace the rows of some stories."""
    _delete(connection, build, rows.schema, ("story",), [(slug,) for slug in slugs])
    fill(connection, build, rows.schema, list(rows.stored()))


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


def first(
    connection: Connection,
    schema: ViewSchema,
    build: Build,
    stories: Sequence[str],
    limit: int,
    hidden: Collection[str],
) -> tuple[list[Values], int, int]:
    """The first `limit` rows in the view's order, without those with a status in `hidden`; the number of
    all such rows, and of those that are left out."""
    table = _stored(schema, build.table)
    chosen: sql.ColumnElement[bool] = table.c.story.in_(stories) if stories else sql.true()
    shown, left = chosen, 0
    if hidden:
        shown = chosen & table.c.status.not_in(hidden)
        left = _count(connection, table, chosen & table.c.status.in_(hidden))
    order: list[sql.ColumnElement[Any]] = []
    for at, empty_last in schema.order:
        column = list(table.c)[at]
        order += [(column.is_(None) if empty_last else column.is_not(None)), column]
    order += [table.c[name] for name in schema.key]  # keys break ties: the order is total
    query = sql.select(table).where(shown).order_by(*order).limit(limit)
    rows = [tuple(row) for row in connection.execute(query)]
    return rows, _count(connection, table, shown), left


def _count(connection: Connection, table: sql.Table, wanted: sql.ColumnElement[bool]) -> int:
    query = sql.select(sql.func.count()).select_from(table).where(wanted)
    return int(connection.execute(query).scalar_one())


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
