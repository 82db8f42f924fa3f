"""Which keys the log's events were recorded under: what a keys database is asked to know."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from dateline.log.tables import events


def keys_in_use(connection: Connection) -> dict[str, int]:
    """Ids of the keys that events are or were under, and how many of those are still there.

    Reads the whole log, without its bodies: ask only when a key is about to be made or missed.
    """
    column = events.c.subject_key
    live = func.count(events.c.body).label("live")
    query = select(column, live).where(column.is_not(None)).group_by(column)
    return {row.subject_key: row.live for row in connection.execute(query)}
