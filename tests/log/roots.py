"""The root of a log's tree from its leaves alone, whatever is stored of it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dateline.log.hashing import Frontier
from dateline.log.tables import events


def root_at(connection: Connection, position: int) -> bytes:
    """That of the first so many events."""
    tree = Frontier()
    query = select(events.c.leaf).where(events.c.position.between(1, position))
    tree.extend(connection.execute(query.order_by(events.c.position)).scalars())
    assert tree.size == position
    return tree.root()
