"""Reading views of Dateline's own at the head of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.log import read
from dateline.log.databases.dialect import of
from dateline.log.engine import open_engine, writing
from dateline.log.engine import reading as snapshot
from dateline.views import catching_up, store, stored_rows
from dateline.views.asof import states
from dateline.views.folding import require_live
from dateline.views.generation import OWNERS, Build
from dateline.views.projection import View, schema_of
from dateline.views.runner import Progress

_TRIES = 100


@contextmanager
def reading(
    engine: Engine, reader: read.Reader, views: Sequence[View], progress: Progress | None = None
) -> Iterator[tuple[Connection, Mapping[str, Build]]]:
    """A connection to `views`, caught up to the head of the log, and their generations by name. Raises
    ViewFailed, DatelineError."""
    if of(engine).rests(engine):
        with _folded(engine, reader, views) as found:
            yield found
        return
    for _ in range(_TRIES):
        builds = catching_up.catch_up(engine, reader, views, OWNERS, progress=progress)
        for build in builds:
            require_live(build)
        with snapshot(engine) as connection:
            current = store.settled(connection, builds)
            if current is not None:
                yield connection, current
                return
    raise DatelineError(
        f"other processes changed the index during each of {_TRIES} reads",
        hint="try again",
        code="view-busy",
    )


@contextmanager
def _folded(
    engine: Engine, reader: read.Reader, views: Sequence[View]
) -> Iterator[tuple[Connection, Mapping[str, Build]]]:
    """The same for an archive that must be left unchanged: folded into a database in memory."""
    memory = open_engine(":memory:")
    builds = {view.name: Build(view.name, 1, "live", 0, 1, "", "dateline") for view in views}
    schemas = {view.name: schema_of(view) for view in views}
    try:
        with writing(memory, append=False) as target:
            for name, schema in schemas.items():
                stored_rows.create(target, schema, builds[name].table)
            with snapshot(engine) as connection:
                for story in read.list_stories(connection):
                    events = reader.read_story(connection, story.id)
                    for name, rows in states(events, reader.registry, views)[1].items():
                        stored_rows.fill(target, builds[name], schemas[name], rows)
            yield target, builds
    finally:
        memory.dispose()
