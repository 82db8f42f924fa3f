"""Which keys the log's events were recorded under: what a keys database is asked to know."""

from __future__ import annotations

from collections.abc import Collection

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


def live_keys(connection: Connection, keys: Collection[str | None]) -> set[str]:
    """Those of `keys` that content is there under. Reads the whole log, as above."""
    wanted = sorted(key for key in keys if key is not None)
    if not wanted:
        return set()
    column = events.c.subject_key
    query = select(column).where(column.in_(wanted), events.c.body.is_not(None)).distinct()
    return set(connection.execute(query).scalars())
