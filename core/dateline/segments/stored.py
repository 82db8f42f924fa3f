"""Rows of the log for segments: as they are stored, with the slug of their story."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from dateline.errors import Damaged, LogGap
from dateline.events.editorial import ContentErased
from dateline.log.databases.dialect import named_errors, of
from dateline.segments.parquet import Row

PAGE = 2000

# The outer join keeps the events in front, whatever the planner knows of the tables.
_SELECT = (
    "SELECT e.position, e.event_id, e.story, e.version, e.type, e.schema_version, e.recorded_us,"
    " e.reported_us, e.subject_key, e.body, s.slug FROM events e LEFT JOIN stories s ON s.story = e.story"
)
_NEW = "e.position > ? AND e.position <= ?"
# The signs keep the planner from the index of positions, which would have each page sorted anew.
_BY_STORY = (
    f"{_SELECT} WHERE (e.story, e.version) > (?, ?) AND +e.position > ? AND +e.position <= ?"
    " ORDER BY e.story, e.version LIMIT ?"
)
_BY_POSITION = f"{_SELECT} WHERE {_NEW} ORDER BY e.position LIMIT ?"
_ERASURES = f"{_SELECT} WHERE {_NEW} AND e.type = '{ContentErased.type}' ORDER BY e.position"


def by_story(connection: Connection, after: int, until: int) -> Iterator[Row]:
    """Events with position > `after` and <= `until`, in the order of story and version. The whole log
    is searched."""
    story, version = b"", 0
    while True:
        rows = _fetched(connection, _BY_STORY, (story, version, after, until, PAGE))
        yield from rows
        if len(rows) < PAGE:
            return
        story, version = rows[-1][2], rows[-1][3]


def by_position(connection: Connection, after: int, until: int) -> Iterator[list[Row]]:
    """The same events page by page, in the order of the log. Raises LogGap."""
    while after < until:
        rows = _fetched(connection, _BY_POSITION, (after, until, PAGE))
        for row in rows:
            after += 1
            if row[0] != after:
                raise LogGap(after, row[0])
        if not rows:
            raise LogGap(after + 1, until)
        yield rows


def blocks(connection: Connection, after: int, until: int, size: int) -> Iterator[list[Row]]:
    """The same events in blocks of about `size`, each in the order of story and version."""
    block: list[list[Row]] = []
    for page in by_position(connection, after, until):
        block.append(page)
        if len(block) * PAGE >= size:
            yield _sorted(block)
            block = []
    if block:
        yield _sorted(block)


def erasures(connection: Connection, after: int, until: int) -> list[Row]:
    """The events of those positions that record an erasure."""
    return _fetched(connection, _ERASURES, (after, until))


def _sorted(block: list[list[Row]]) -> list[Row]:
    return sorted(chain.from_iterable(block), key=lambda row: (row[2], row[3]))


def _fetched(connection: Connection, query: str, values: tuple[Any, ...]) -> list[Row]:
    with named_errors(connection):
        rows: list[Row] = of(connection).execute(connection)(query, values).fetchall()
    for row in rows:
        # Partitions and their order rest on these; a SQLite column holds any type of value.
        sound = type(row[2]) is bytes and len(row[2]) == 16 and type(row[0]) is type(row[3]) is int
        if not sound:
            raise Damaged(f"the event at position {row[0]} holds values of a wrong type")
    return rows
