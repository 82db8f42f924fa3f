"""The keys that protect events of the log, which a keys database must know."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from dateline.events.editorial import ContentErased
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
    wanted = {*keys} - {None}
    live = keys_in_use(connection) if wanted else {}
    return {key for key, number in live.items() if number and key in wanted}


def erased_keys(connection: Connection, reader: Reader) -> set[str]:
    """The ids of the keys that this archive destroyed, by its log. Reads the whole log, as above.

    Imported records of another archive's erasures have no positions and are ignored: anybody can
    write them.
    """
    data = (event.data for event in reader.read_types(connection, [ContentErased.type]))
    own = (item for item in data if isinstance(item, ContentErased) and item.positions)
    return {item.subject_key for item in own if item.subject_key is not None}
