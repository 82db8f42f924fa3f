"""The keys that protect events of the log, which a keys database must know."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from dateline.events.editorial import ContentErased
from dateline.log.databases.sql import portions
from dateline.log.read import Reader
from dateline.log.tables import events


def keys_in_use(connection: Connection) -> dict[str, int]:
    """The ids of the keys of all protected events, with the number of events not erased.

    Reads the whole log without its bodies, so call it only when a key is to be made or is missing.
    """
    column = events.c.subject_key
    live = func.count(events.c.body).label("live")
    query = select(column, live).where(column.is_not(None)).group_by(column)
    return {row.subject_key: row.live for row in connection.execute(query)}


def live_keys(connection: Connection, keys: Collection[str | None]) -> set[str]:
    """Those of `keys` that protect content which is not erased. Reads the whole log, as above."""
    wanted = sorted(key for key in keys if key is not None)
    column = events.c.subject_key
    found: set[str] = set()
    for some in portions(wanted):
        query = select(column).where(column.in_(some), events.c.body.is_not(None)).distinct()
        found.update(connection.execute(query).scalars())
    return found


def erased_keys(connection: Connection, reader: Reader) -> set[str]:
    """The ids of the keys that this archive destroyed, by its log. Reads the whole log, as above.

    Imported records of another archive's erasures have no positions and are ignored: anybody can
    write them.
    """
    data = (event.data for event in reader.read_types(connection, [ContentErased.type]))
    own = (item for item in data if isinstance(item, ContentErased) and item.positions)
    return {item.subject_key for item in own if item.subject_key is not None}
