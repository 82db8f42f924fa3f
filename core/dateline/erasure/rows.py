"""Rows of views that were folded from what is erased: gone with it, in the same transaction.

Each generation that serves readers gets a successor with the rows of other stories copied and those
of the erased ones folded anew; all others are dropped. A fold that was under way in another process
then finds its generation gone and looks again: it can write nothing of what it read before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import Connection, insert, select

from dateline.errors import DatelineError
from dateline.log import read as log
from dateline.log.tables import views as views_table
from dateline.views import store
from dateline.views.asof import states
from dateline.views.projection import View, fingerprint
from dateline.views.rows import Values
from dateline.views.store import Build


def hold(connection: Connection) -> None:
    """Have all that `purge` touches to oneself. First of all: who reads on holds it up, and what
    was done by then was done in vain."""
    store.hold_all(connection)


def purge(
    connection: Connection,
    reader: log.Reader,
    views: Mapping[str, View],
    erased: Collection[UUID],
) -> None:
    """Leave no row in any generation that was folded from the stories `erased`."""
    builds = store.builds(connection)
    types = reader.known_types(connection)
    keep = [build for build in builds if _serves(build, views, types)]
    fresh = _folded(connection, reader, views, keep, erased)
    for build in keep:
        if build.name in fresh:
            _replace(connection, views[build.name], build, builds, erased, fresh[build.name])
    for name in {build.name for build in builds} - set(fresh):
        store.hide(connection, name)  # the next read builds it again
    for build in builds:
        store.drop(connection, build, others_too=True)  # an outsider must not stop an erasure


def _serves(build: Build, views: Mapping[str, View], types: Iterable[str]) -> bool:
    view = views.get(build.name)
    return (
        build.state == "live" and view is not None and build.fingerprint == fingerprint(view, types)
    )


def _folded(
    connection: Connection,
    reader: log.Reader,
    views: Mapping[str, View],
    builds: list[Build],
    erased: Collection[UUID],
) -> dict[str, list[Values]]:
    """Rows of the erased stories as far as each generation has come; a view whose fold raises is
    left out, to be built again."""
    level: dict[int, list[View]] = {}
    for build in builds:
        level.setdefault(build.checkpoint, []).append(views[build.name])
    rows: dict[str, list[Values]] = {}
    for checkpoint, together in level.items():
        rows |= _folded_to(connection, reader, together, checkpoint, erased)
    return rows


def _folded_to(
    connection: Connection,
    reader: log.Reader,
    views: list[View],
    checkpoint: int,
    erased: Collection[UUID],
) -> dict[str, list[Values]]:
    """One fold of each story for all of them; one by one only when one of them raises."""
    rows: dict[str, list[Values]] = {view.name: [] for view in views}
    try:
        for story in sorted(erased):
            events = reader.read_story(connection, story, until=checkpoint)
            for name, found in states(events, reader.registry, views)[1].items():
                rows[name] += found
    except DatelineError:
        if len(views) == 1:
            return {}
        rows.clear()
        for view in views:
            rows |= _folded_to(connection, reader, [view], checkpoint, erased)
    return rows


def _replace(
    connection: Connection,
    view: View,
    build: Build,
    builds: list[Build],
    erased: Collection[UUID],
    rows: list[Values],
) -> None:
    generation = 1 + max(other.generation for other in builds if other.name == build.name)
    new = msgspec.structs.replace(build, generation=generation)
    old_table, new_table = store.sql_table(view, build), store.sql_table(view, new)
    new_table.create(connection)
    slugs = [story.slug for story in log.list_stories(connection) if story.id in erased]
    others = select(old_table).where(old_table.c.story.not_in(slugs))
    names = [column.name for column in old_table.columns]
    connection.execute(insert(new_table).from_select(names, others))
    store.fill(connection, view, new, rows)
    store.index(connection, view, new)
    connection.execute(views_table.insert().values(**msgspec.structs.asdict(new)))
    store.publish(connection, new)
