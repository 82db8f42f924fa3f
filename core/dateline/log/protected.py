"""Which keys the log's events were recorded under: what a keys database is asked to know."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, func, select

from dateline.events.editorial import ContentErased
from dateline.log.read import Reader
from dateline.log.tables import events

#: Keys asked for in one statement: databases take no more values than some ten thousand.
_KEYS = 500


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
    column = events.c.subject_key
    found: set[str] = set()
    for at in range(0, len(wanted), _KEYS):
        some = column.in_(wanted[at : at + _KEYS])
        query = select(column).where(some, events.c.body.is_not(None)).distinct()
        found.update(connection.execute(query).scalars())
    return found


def erased_keys(connection: Connection, reader: Reader) -> set[str]:
    """Ids of the keys that this archive destroyed, as its log tells. Reads the whole log, as above.

    What an import told of another archive's erasures has no positions, and is anybody's word.
    """
    query = select(events.c.event_id).where(events.c.type == ContentErased.type)
    ids = connection.execute(query).scalars().all()
    told = (reader.by_id(connection, UUID(bytes=event_id)) for event_id in ids)
    data = (event.data for event in told if event is not None)
    own = (item for item in data if isinstance(item, ContentErased) and item.positions)
    keys = (item.subject_key for item in own)
    return {key for key in keys if key is not None}
