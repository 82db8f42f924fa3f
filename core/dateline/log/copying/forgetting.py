"""Views of a copy that must not outlive what was erased: they are folded again when next read."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, text

from dateline.log.backend import of, quoted, require_done
from dateline.log.tables import views


def forget_views(connection: Connection) -> None:
    """Drop every generation of every view, and what outsiders built on them. A fold under way finds
    its generation gone."""
    cascade = of(connection).cascade
    found = connection.execute(select(views.c.name, views.c.generation)).all()
    for name in sorted({row.name for row in found}):
        connection.execute(text(f"DROP VIEW IF EXISTS {quoted(name)}{cascade}"))
    for row in found:
        table = quoted(f"{row.name}__g{row.generation}")
        connection.execute(text(f"DROP TABLE IF EXISTS {table}{cascade}"))
    require_done(connection.execute(delete(views)).rowcount, len(found), views.name)
