"""Finding rows of an index that a query asks for: the newest ones, of which the best come first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from dateline.events.status import HIDDEN
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import quoted
from dateline.search.matching import score
from dateline.search.query import Query, Tags, fts5, tsquery
from dateline.views.generation import Build
from dateline.views.view_schema import ViewSchema


class Filter(msgspec.Struct, frozen=True):
    """What rows must have besides words: tags, `former` words or present ones (None: either), a status (None: none that is hidden), and a date from
    `since` to `until`, which are ISO dates."""

    tags: Tags = ()
    former: bool | None = None
    status: str | None = None
    everything: bool = False
    since: str | None = None
    until: str | None = None


def find(
    connection: Connection,
    schema: ViewSchema,
    build: Build,
    query: Query,
    wanted: Filter,
    limit: int,
) -> list[tuple[float, dict[str, Any]]]:
    """At most `limit` rows, as dictionaries, each with its score: if there are more, those with the highest
    numbers. Best first, of equal ones the newest; by date if the query has no words, the latest first."""
    assert schema.words is not None
    backend = of(connection)
    source, condition, number = backend.having_words(
        build.table, schema.words.number, schema.words.tokens
    )
    text = (tsquery if backend.remote else fts5)(query, wanted.tags)
    where, given = [condition], list[Any]([text])
    if "status" in schema.names and not wanted.everything:
        if wanted.status is None:
            where.append(f"status NOT IN ({', '.join('?' * len(HIDDEN))})")
            given += HIDDEN
        else:
            where.append("status = ?")
            given.append(wanted.status)
    if wanted.former is not None:
        where.append("former = ?")
        given.append(wanted.former)
    if wanted.since is not None:
        where.append("(latest >= ? OR (latest IS NULL AND earliest IS NOT NULL))")
        given.append(wanted.since)
    if wanted.until is not None:
        where.append("earliest <= ?")
        given.append(f"{wanted.until}~")  # any time of that day
    columns = _listed(build.table, schema.names)
    asked = f"WHERE {' AND '.join(where)} ORDER BY {number} DESC LIMIT ?"
    run, rows = backend.execute(connection), list[Any]()
    newest = backend.most_are_found(connection, source, condition, text, limit)
    if newest is not None:
        some = f"(SELECT * FROM {source} ORDER BY {number} DESC LIMIT {newest}) AS {source}"
        rows = run(f"SELECT {columns} FROM {some} {asked}", (*given, limit)).fetchall()
    if len(rows) < limit:
        with backend.by_words(connection):
            rows = run(f"SELECT {columns} FROM {source} {asked}", (*given, limit)).fetchall()
    at_number, at_tokens = map(schema.names.index, (schema.words.number, schema.words.tokens))
    scored = [(score(query, row[at_tokens]), row) for row in rows]
    scored.sort(key=lambda one: (one[0], one[1][at_number]), reverse=True)
    found = [(points, dict(zip(schema.names, row, strict=True))) for points, row in scored]
    if not query.wanted and "earliest" in schema.names:
        found.sort(key=lambda one: one[1]["earliest"] or "", reverse=True)
    return found


def distinct(
    connection: Connection,
    schema: ViewSchema,
    build: Build,
    query: Query,
    tags: Tags,
    names: Sequence[str],
    limit: int,
) -> list[dict[str, Any]]:
    """At most `limit` different values of the columns `names`, in no order."""
    assert schema.words is not None
    backend = of(connection)
    source, condition, _ = backend.having_words(
        build.table, schema.words.number, schema.words.tokens
    )
    with backend.by_words(connection):
        rows = backend.execute(connection)(
            f"SELECT DISTINCT {_listed(build.table, names)} FROM {source} WHERE {condition} LIMIT ?",
            ((tsquery if backend.remote else fts5)(query, tags), limit),
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _listed(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{quoted(table)}.{quoted(name)}" for name in names)
