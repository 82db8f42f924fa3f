"""Reads a log as it is stored, without decoding events, for copying and checking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from dateline.errors import CheckFailed, Damaged
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import listed
from dateline.log.hashing import Frontier
from dateline.log.read import Head, head
from dateline.log.tables import EVENT_COLUMNS
from dateline.log.walk import Last, Row, Walk

PAGE = 2000

_RANGE = "WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
#: Whole rows, and the columns that suffice to compare events: (position, leaf, erased).
EVENTS = f"SELECT {listed(EVENT_COLUMNS)} FROM events {_RANGE}"
LEAVES = f"SELECT position, leaf, body IS NULL FROM events {_RANGE}"
_STORIES = "SELECT story, version, leaf, recorded_us FROM stories"


def damaged(where: str, what: str) -> Damaged:
    """The error for a database, which it names `where`, that is not as Dateline left it."""
    return CheckFailed(
        f"{where}: {what}",
        hint="something outside Dateline changed it: restore it from a backup, or copy a backup",
    )


def pages(
    connection: Connection, query: str, until: int, *, after: int = 0, where: str
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows with position > `after` and <= `until`, in order. Raises Damaged for a hole; `where` names
    the database in the message."""
    run = of(connection).execute(connection)
    while after < until:
        rows = [tuple(row) for row in run(query, (after, until, PAGE)).fetchall()]
        for row in rows:
            after += 1
            if row[0] != after:
                raise damaged(where, f"there is no event at position {after}")
        if len(rows) < PAGE and after < until:
            raise damaged(where, f"there is no event at position {after + 1}")
        yield rows


def head_of(connection: Connection, where: str) -> Head:
    """The head of the log. Raises Damaged when its stored tree does not fit its position."""
    try:
        return head(connection)
    except Damaged as error:
        raise damaged(where, f"its head is damaged: {error.__cause__ or error}") from None


def lasts(connection: Connection) -> dict[bytes, Last]:
    """The last version of each story, from the table of stories."""
    rows = of(connection).execute(connection)(_STORIES).fetchall()
    return {bytes(row[0]): (row[1], row[2], row[3]) for row in rows}


def take_sound(walk: Walk, rows: Iterable[Row], where: str) -> None:
    """Go on through `rows`. Raises Damaged at the first that is not as it was recorded."""
    for row in rows:
        for fault in walk.take(row).faults:
            raise damaged(where, f"the event at position {row[0]}: {fault.reason}")


def agree(connection: Connection, walk: Walk, goal: Head, where: str) -> None:
    """Raises Damaged unless head and stories match the events of `walk`."""
    if head_of(connection, where) != goal or walk.frontier.root() != goal.root:
        raise damaged(where, "its root does not match its events")
    if lasts(connection) != walk.stories:
        raise damaged(where, "its stories do not match its events")


def require_sound(connection: Connection, where: str) -> Head:
    """Recompute every hash of the log. Returns its head. Raises Damaged."""
    goal = head_of(connection, where)
    walk = Walk(goal.archive, Frontier(), {})
    for page in pages(connection, EVENTS, goal.position, where=where):
        take_sound(walk, page, where)
    agree(connection, walk, goal, where)
    return goal
