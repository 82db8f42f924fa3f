"""Views of Dateline's own in a database in memory, for an archive that must be left unchanged and has no
usable index of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock

import msgspec
from sqlalchemy import Connection, Engine, event, select

from dateline.log import read
from dateline.log.engine import open_engine, writing
from dateline.log.engine import reading as snapshot
from dateline.log.tables import events
from dateline.views import stored_rows
from dateline.views.asof import states
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of


class InMemory:
    """The rows of views, folded when they are first read. Later only the stories with new events are folded.

    One thread reads at a time.
    """

    def __init__(self) -> None:
        self._engine = open_engine(":memory:")
        event.listen(self._engine, "do_connect", _for_any_thread)
        self._builds: dict[str, Build] = {}
        self._lock = RLock()

    @contextmanager
    def reading(
        self, engine: Engine, reader: read.Reader, views: Sequence[View]
    ) -> Iterator[tuple[Connection, Mapping[str, Build]]]:
        """A connection to the rows of `views` at the head of the archive, and their generations by name."""
        with self._lock:
            with writing(self._engine, append=False) as target, snapshot(engine) as connection:
                builds = self._caught_up(target, connection, reader, views)
            self._builds |= builds
            with snapshot(self._engine) as target:
                yield target, builds

    def _caught_up(
        self,
        target: Connection,
        connection: Connection,
        reader: read.Reader,
        views: Sequence[View],
    ) -> dict[str, Build]:
        head = read.head(connection).position
        builds = {view.name: self._build(target, view) for view in views}
        for after in {build.position for build in builds.values()} - {head}:
            group = [view for view in views if builds[view.name].position == after]
            _fold(target, connection, reader, group, builds, after)
        return {
            name: msgspec.structs.replace(build, position=head) for name, build in builds.items()
        }

    def _build(self, target: Connection, view: View) -> Build:
        """The generation of a view, which is made if there is none."""
        build = self._builds.get(view.name)
        if build is None:
            build, schema = Build(view.name, 1, "live", 0, 1, "", "dateline"), schema_of(view)
            stored_rows.create(target, schema, build.table)
            stored_rows.index(target, schema, build)
        return build


def _fold(
    target: Connection,
    connection: Connection,
    reader: read.Reader,
    views: Sequence[View],
    builds: Mapping[str, Build],
    after: int,
) -> None:
    """Replace the rows of the stories that have events after a position."""
    query = select(events.c.story).where(events.c.position > after).distinct()
    changed = set(connection.execute(query).scalars())
    for story in read.list_stories(connection):
        if story.id.bytes in changed:
            stream = reader.read_story(connection, story.id)
            rows = states(stream, reader.registry, views)[1]
            for view in views:
                build, schema = builds[view.name], schema_of(view)
                stored_rows.fill_stories(target, build, schema, [story.slug], rows[view.name])


def _for_any_thread(
    dialect: object, record: object, arguments: object, options: dict[str, object]
) -> None:
    """The lock, and not SQLite's driver, keeps threads apart."""
    options["check_same_thread"] = False
