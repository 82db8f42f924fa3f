"""Catching up: bringing views to the head of the log before they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log import read as log
from dateline.log.collector import collector_paused
from dateline.log.engine import reading, writing
from dateline.views import runner, store
from dateline.views.folding import Running
from dateline.views.generation import Build
from dateline.views.pending import fold_pending
from dateline.views.projection import View, schema_of
from dateline.views.rebuild import rebuild
from dateline.views.rows import Rows
from dateline.views.runner import Progress, RecentStates, fold_range, write
from dateline.views.sql_view import Notice, silent
from dateline.views.store import ChangedElsewhere

#: How often catching up is repeated when another process was first.
_TRIES = 200


def catch_up(
    engine: Engine,
    reader: log.Reader,
    views: Sequence[View],
    plugins: Mapping[str, str],
    *,
    progress: Progress | None = None,
    notice: Notice = silent,
) -> list[Build]:
    """Bring `views` to the head of the log; `plugins` maps each to the name of its plugin.

    A view that was never built, or has changed since, first gets its next generation. A view whose
    fold raises stops there, and the others continue.
    """
    for _ in range(_TRIES):
        try:
            ready, missing, head = _look(engine, reader, views)
            if missing:
                rebuild(engine, reader, missing, plugins, progress=progress, notice=notice)
                ready, _, head = _look(engine, reader, views)
            _catch_up(engine, reader, ready, head, progress)
            return _outcome(engine, reader, views)
        except ChangedElsewhere:
            continue  # another process was there first: look again
    raise DatelineError(
        "other processes keep rebuilding the same views",
        hint="use the same plugins in every process that reads this archive",
        code="views-contested",
    )


def fold_again(engine: Engine, reader: log.Reader, views: Sequence[View]) -> list[Build]:
    """Fold the stories again whose rows an erasure deleted, up to the position of each of `views`. A
    view whose fold raises stops, and the others continue."""
    ready, _ = _ready_and_missing(engine, reader, views)
    with suppress(ChangedElsewhere):  # another process is doing it
        fold_pending(engine, reader, ready)
    return [item.build for item in ready]


def _ready_and_missing(
    engine: Engine, reader: log.Reader, views: Sequence[View]
) -> tuple[list[Running], list[View]]:
    """Views with a current generation, and views that need a new one."""
    ready, missing, _ = _look(engine, reader, views)
    return ready, missing


def _look(
    engine: Engine, reader: log.Reader, views: Sequence[View]
) -> tuple[list[Running], list[View], int]:
    """The same, and the head of the log then."""
    ready, missing = [], []
    with reading(engine) as connection:
        types, current = reader.known_types(connection), store.all_current(connection)
        for view in views:
            build = current.get(view.name)
            if build is not None and build.version > view.version:
                continue  # built by a newer plugin: left alone, and reported as failed
            if build is None or build.fingerprint != schema_of(view).fingerprint(types):
                missing.append(view)
            else:
                ready.append(Running(view, Rows(schema_of(view)), build=build))
        return ready, missing, log.head(connection).position


def _outcome(engine: Engine, reader: log.Reader, views: Sequence[View]) -> list[Build]:
    """What readers of each view now get: its generation, or the build that failed.

    Raises ChangedElsewhere if another process has put a generation of another shape there.
    """
    found = []
    with reading(engine) as connection:
        types, current = reader.known_types(connection), store.all_current(connection)
        for view in views:
            build = current.get(view.name)
            if build is not None and build.version > view.version:
                found.append(_too_new(build, view))
                continue
            mark = schema_of(view).fingerprint(types)
            if build is None or build.fingerprint != mark:
                build = store.unfinished(connection, view.name)
                if build is None or build.fingerprint != mark or build.state != "failed":
                    raise ChangedElsewhere
            elif build.pending and build.state != "failed":
                raise ChangedElsewhere  # something was erased meanwhile
            found.append(build)
    return found


def _too_new(build: Build, view: View) -> Build:
    error = (
        f"it was built by version {build.version} of the view, and this is version {view.version}; "
        f"install the newer plugin, or run `dateline rebuild --view {view.name}`"
    )
    return msgspec.structs.replace(build, state="failed", error=error)


def _catch_up(
    engine: Engine,
    reader: log.Reader,
    running: Sequence[Running],
    head: int,
    progress: Progress | None,
) -> None:
    """Fold the stories that an erasure left pending. Then one read of the log serves all views: those
    furthest behind first, until all are at `head`."""
    fold_pending(engine, reader, running)
    states = RecentStates(reader)
    start = min((item.build.position for item in running), default=head)
    total = head - start
    while behind := [i for i in running if i.error is None and i.build.position < head]:
        at = min(item.build.position for item in behind)
        group = [item for item in behind if item.build.position == at]
        others = [item.build.position for item in behind if item.build.position > at]
        until = min([at + runner.PAGE, head, *others])
        with collector_paused(), reading(engine) as connection:
            fold_range(connection, reader, states, group, at, until)
        # Appends need not wait: each view's row is compared and set, in the same order everywhere.
        with writing(engine, append=False, limited=True) as connection:
            for item in sorted(group, key=lambda item: item.view.name):
                write(connection, item, until)
        if progress is not None:
            progress(until - start, total)
