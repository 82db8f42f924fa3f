"""The root of a log's tree, computed from its leaves without the stored nodes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dateline.log.hashing import Frontier
from dateline.log.tables import events


def root_at(connection: Connection, position: int) -> bytes:
    """The root of the first `position` events."""
    tree = Frontier()
    query = select(events.c.leaf).where(events.c.position.between(1, position))
    tree.extend(connection.execute(query.order_by(events.c.position)).scalars())
    assert tree.size == position
    return tree.root()
