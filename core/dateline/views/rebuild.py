"""Rebuilding: build the next generation next to the live one, then swap them.

Readers see the old generation until the new one has reached the head of the log, or nearly so if other
processes keep recording; the next read folds the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.log import read as log
from dateline.log.databases import catalog
from dateline.log.engine import reading, writing
from dateline.views import store
from dateline.views.bulk import Replay, fold_bulk
from dateline.views.folding import Running
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of
from dateline.views.rows import Rows
from dateline.views.runner import Progress
from dateline.views.sql_view import Notice, silent
from dateline.views.swap import swap, undisturbed


def rebuild(
    engine: Engine,
    reader: log.Reader,
    views: Sequence[View],
    plugins: Mapping[str, str],
    *,
    progress: Progress | None = None,
    notice: Notice = silent,
    replay: Replay | None = None,
) -> list[Build]:
    """Build the next generation of each view and swap it in. One read of the log feeds them all.

    An unfinished build with the same fingerprint is resumed, one with another is dropped. A view whose
    fold raises stays unfinished, and readers keep its live generation. `notice` is called if a view
    has no SQL view because another relation has its name. `replay` folds the log's chunks elsewhere.
    Raises ChangedElsewhere.
    """
    running = _begin(engine, reader, views, plugins)
    # Builds that were begun at different times have different targets and cursors.
    for target, cursor in sorted({_rest(item) for item in running}):
        same = [item for item in running if _rest(item) == (target, cursor)]
        fold_bulk(engine, reader, same, target, cursor, progress, replay)
    for item in running:
        if item.error is None:
            swap(engine, reader, item, notice)
    return [item.build for item in running]


def undo(engine: Engine, reader: log.Reader, view: View, *, notice: Notice = silent) -> Build:
    """Restore the generation before the live one, caught up. Raises DatelineError, ChangedElsewhere
    among them."""
    with reading(engine) as connection:
        mark = schema_of(view).fingerprint(reader.known_types(connection))
        older = store.retired(connection, view.name, mark)
    if older is None:
        raise DatelineError(
            f"view {view.name} has no earlier generation of this shape",
            hint="`dateline status -v` lists the generations; an erasure drops the earlier ones, and so "
            "does `dateline prune`",
            code="generation-not-found",
        )
    item = Running(view, Rows(schema_of(view)), build=older)
    swap(engine, reader, item, notice)
    return item.build


def prune(
    engine: Engine, names: Sequence[str] | None = None, *, gone: Collection[str] = ()
) -> list[Build]:
    """Drop retired generations and unfinished builds, and return them. Of the views in `gone`, drop
    every generation and the SQL view."""

    def drop(connection: Connection) -> list[Build]:
        dropped = [
            build
            for build in store.builds(connection)
            if (names is None or build.name in names)
            and (build.state == "retired" or build.unfinished or build.name in gone)
        ]
        for name in sorted({build.name for build in dropped}.intersection(gone)):
            catalog.drop_view(connection, name, others_too=False)
        for build in dropped:
            store.drop(connection, build)
        return dropped

    return undisturbed(engine, drop)


def _begin(
    engine: Engine, reader: log.Reader, views: Sequence[View], plugins: Mapping[str, str]
) -> list[Running]:
    running = []
    with writing(engine) as connection:
        head, types = log.head(connection).position, reader.known_types(connection)
        for view in views:
            schema = schema_of(view)
            build, mark = store.unfinished(connection, view.name), schema.fingerprint(types)
            if build is not None and build.fingerprint != mark:
                store.drop(connection, build)
                build = None
            if build is None:
                build = store.create(connection, schema, mark, plugins[view.name], head)
            running.append(Running(view, Rows(schema), build=build))
    return running


def _rest(item: Running) -> tuple[int, bytes]:
    """The target of a build, and its cursor."""
    assert item.build.target is not None
    return item.build.target, item.build.cursor or b""
