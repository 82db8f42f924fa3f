"""The one lock that every writer takes: that of the log's head."""

from __future__ import annotations

from sqlalchemy import Connection, update

from dateline.log.tables import log_head


def lock_head(connection: Connection) -> None:
    """Wait for other appends to end, and hold up those to come until this transaction ends.

    A row lock on a server; on SQLite the write transaction has it already.
    """
    connection.execute(update(log_head).values(position=log_head.c.position))
