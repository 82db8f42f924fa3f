"""Reads a log as it is stored, without decoding events, for copying and checking."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection

from dateline.log import hashing
from dateline.log.copying.chains import COLUMNS, Chains, Last, Row, damaged
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import listed
from dateline.log.read import Head

PAGE = 2000

_RANGE = "WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
#: Whole rows, and the columns that suffice to compare events: (position, leaf, erased).
EVENTS = f"SELECT {listed(COLUMNS)} FROM events {_RANGE}"
LEAVES = f"SELECT position, leaf, body IS NULL FROM events {_RANGE}"
_HEAD = "SELECT position, archive, peaks FROM log_head"
_STORIES = "SELECT story, version, leaf, recorded_us FROM stories"


def pages(
    connection: Connection, query: str, until: int, *, after: int = 0, where: str
) -> Iterator[list[Row]]:
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
    position, archive, peaks = of(connection).execute(connection)(_HEAD).fetchone()
    try:
        root = hashing.Frontier.from_bytes(position, peaks).root()
    except ValueError as error:
        raise damaged(where, f"its head is damaged: {error}") from None
    return Head(UUID(bytes=archive), position, root)


def lasts(connection: Connection) -> dict[bytes, Last]:
    """The last version of each story, from the table of stories."""
    rows = of(connection).execute(connection)(_STORIES).fetchall()
    return {bytes(row[0]): (row[1], row[2], row[3]) for row in rows}


def agree(connection: Connection, chains: Chains, goal: Head, where: str) -> None:
    """Raises Damaged unless head and stories match the events added to `chains`."""
    if head_of(connection, where) != goal or chains.frontier.root() != goal.root:
        raise damaged(where, "its root does not match its events")
    if lasts(connection) != chains.stories:
        raise damaged(where, "its stories do not match its events")


def require_sound(connection: Connection, where: str) -> Head:
    """Recompute every hash of the log. Returns its head. Raises Damaged."""
    goal = head_of(connection, where)
    chains = Chains(where, goal.archive)
    for page in pages(connection, EVENTS, goal.position, where=where):
        for row in page:
            chains.add(row)
    agree(connection, chains, goal, where)
    return goal
