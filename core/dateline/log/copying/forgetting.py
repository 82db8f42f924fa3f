"""Drops the views of a copy when content is erased; they are folded again when next read."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from dateline.log.databases import catalog
from dateline.log.databases.unwritten import require_done
from dateline.log.tables import views


def forget_views(connection: Connection) -> None:
    """Drop every generation of every view, and objects that outsiders built on them. A fold under
    way notices that its generation is missing."""
    found = connection.execute(select(views.c.name, views.c.generation)).all()
    for name in sorted({row.name for row in found}):
        catalog.drop_view(connection, name, others_too=True)
    for row in found:
        catalog.drop_table(connection, f"{row.name}__g{row.generation}", others_too=True)
    require_done(connection.execute(delete(views)).rowcount, len(found), views.name)
