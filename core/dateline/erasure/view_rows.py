"""Deletes the rows of views that were folded from erased content, in the same transaction.

Each generation that serves readers gets a successor with the rows of all other stories. The successor
lists the erased stories as pending, and the next reader folds them again first. All other generations
are dropped. A fold that was under way in another process finds its generation gone and starts again: it
cannot write anything that it read before.

Nothing is folded here, because a fold is a plugin's code, and writers would have to wait until it ends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import Connection, insert, select

from dateline.log import read as log
from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.views import store, stored_rows
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of


def purge(
    connection: Connection, reader: log.Reader, views: Mapping[str, View], erased: Collection[UUID]
) -> None:
    """Leave no row in any generation that was folded from the stories `erased`."""
    builds = store.builds(connection)
    types = reader.known_types(connection)
    keep = [
        build
        for build in builds
        if build.state == "live"
        and (view := views.get(build.name)) is not None
        and build.fingerprint == schema_of(view).fingerprint(types)
    ]
    slugs = [story.slug for story in log.list_stories(connection) if story.id in erased]
    for build in keep:
        number = 1 + max(other.generation for other in builds if other.name == build.name)
        _replace(connection, views[build.name], build, number, erased, slugs)
    for name in {build.name for build in builds} - {build.name for build in keep}:
        catalog.drop_view(connection, name, others_too=True)  # the next read builds it again
    for build in builds:
        store.drop(connection, build, others_too=True)  # an outside object must not stop an erasure


def _replace(
    connection: Connection,
    view: View,
    build: Build,
    generation: int,
    erased: Collection[UUID],
    slugs: Collection[str],
) -> None:
    """The next generation, with all rows but those of the stories `erased`, whose names are `slugs`."""
    schema, pending = schema_of(view), dict.fromkeys([*build.pending_stories, *sorted(erased)])
    new = msgspec.structs.replace(
        build, generation=generation, pending=b"".join(story.bytes for story in pending)
    )
    old_table = stored_rows.sql_table(schema, build.table)
    new_table = stored_rows.sql_table(schema, new.table)
    stored_rows.create(connection, schema, new.table)
    others = select(old_table).where(old_table.c.story.not_in(slugs))
    names = [column.name for column in old_table.columns]
    connection.execute(insert(new_table).from_select(names, others))
    stored_rows.index(connection, schema, new)
    if schema.words is not None:
        of(connection).fill_words(connection, new.table)
    store.add(connection, new)
    store.publish(connection, new)
