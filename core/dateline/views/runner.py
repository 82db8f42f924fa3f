"""Keeping views at the head of the log: rows and checkpoint change in one transaction."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent, StoryFold
from dateline.log import read as log
from dateline.log.engine import reading, writing
from dateline.views import store
from dateline.views.collector import collector_paused
from dateline.views.folding import Running, fold
from dateline.views.pending import fold_pending
from dateline.views.projection import FactView, View, fingerprint
from dateline.views.rows import Key, Rows, Values
from dateline.views.shown import Notice, silent
from dateline.views.store import Build, Moved

PAGE = 2000
#: How often catching up is repeated when another process was first.
_TRIES = 200
#: Facts kept in memory over all stories; beyond it the least recently used story is released.
_KEPT_FACTS = 10_000

#: Called with (events folded, events to fold) after each step.
Progress = Callable[[int, int], None]


class States:
    """The states of the most recently used stories, following the log."""

    def __init__(self, reader: log.Reader) -> None:
        self._reader = reader
        self._states: OrderedDict[UUID, StoryFold] = OrderedDict()
        self._facts = 0

    def apply(self, connection: Connection, event: Event) -> FoldedEvent:
        state = self._states.pop(event.story, None)
        if state is None:
            state = StoryFold(self._reader.registry)
            if event.version > 1:
                for earlier in self._reader.read_story(
                    connection, event.story, until=event.position - 1
                ):
                    state.apply(earlier)
            self._facts += len(state.facts)
        before = len(state.facts)
        folded = state.apply(event)
        self._facts += len(state.facts) - before
        self._states[event.story] = state
        while self._facts > _KEPT_FACTS and len(self._states) > 1:
            _, oldest = self._states.popitem(last=False)
            self._facts -= len(oldest.facts)
            oldest.release()
        return folded


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
    from dateline.views.rebuild import build

    for _ in range(_TRIES):
        try:
            ready, missing = _sorted(engine, reader, views)
            if missing:
                build(engine, reader, missing, plugins, progress=progress, notice=notice)
                ready, _ = _sorted(engine, reader, views)
            _catch_up(engine, reader, ready, progress)
            return _outcome(engine, reader, views)
        except Moved:
            continue  # another process was there first: look again
    raise DatelineError(
        "other processes keep rebuilding the same views",
        hint="use the same plugins in every process that reads this archive",
        code="views-contested",
    )


def fold_again(engine: Engine, reader: log.Reader, views: Sequence[View]) -> list[Build]:
    """Fold the stories again whose rows an erasure deleted, up to the checkpoint of each of `views`. A
    view whose fold raises stops, and the others continue."""
    ready, _ = _sorted(engine, reader, views)
    with suppress(Moved):  # another process is doing it
        fold_pending(engine, reader, ready)
    return [item.build for item in ready]


def _sorted(
    engine: Engine, reader: log.Reader, views: Sequence[View]
) -> tuple[list[Running], list[View]]:
    """Views with a current generation, and views that need a new one."""
    ready, missing = [], []
    with reading(engine) as connection:
        types = reader.known_types(connection)
        for view in views:
            build = store.current(connection, view.name)
            if build is not None and build.version > view.version:
                continue  # built by a newer plugin: left alone, and reported as failed
            if build is None or build.fingerprint != fingerprint(view, types):
                missing.append(view)
            else:
                ready.append(Running(view, build, Rows(view)))
    return ready, missing


def _outcome(engine: Engine, reader: log.Reader, views: Sequence[View]) -> list[Build]:
    """What readers of each view now get: its generation, or the build that failed.

    Raises Moved if another process has put a generation of another shape there.
    """
    found = []
    with reading(engine) as connection:
        types = reader.known_types(connection)
        for view in views:
            build = store.current(connection, view.name)
            if build is not None and build.version > view.version:
                found.append(_too_new(build, view))
                continue
            mark = fingerprint(view, types)
            if build is None or build.fingerprint != mark:
                build = store.unfinished(connection, view.name)
                if build is None or build.fingerprint != mark or build.state != "failed":
                    raise Moved
            elif build.pending and build.state != "failed":
                raise Moved  # something was erased meanwhile
            found.append(build)
    return found


def _too_new(build: Build, view: View) -> Build:
    error = (
        f"it was built by version {build.version} of the view, and this is version {view.version}; "
        f"install the newer plugin, or run `dateline rebuild --view {view.name}`"
    )
    return msgspec.structs.replace(build, state="failed", error=error)


def _catch_up(
    engine: Engine, reader: log.Reader, running: Sequence[Running], progress: Progress | None
) -> None:
    """Fold the stories that an erasure left pending. Then one read of the log serves all views: those
    furthest behind first, until all are level."""
    fold_pending(engine, reader, running)
    states = States(reader)
    with reading(engine) as connection:
        head = log.head(connection).position
    start = min((item.build.checkpoint for item in running), default=head)
    total = head - start
    while True:
        behind = [item for item in running if item.error is None and item.build.checkpoint < head]
        if not behind:
            return
        at = min(item.build.checkpoint for item in behind)
        group = [item for item in behind if item.build.checkpoint == at]
        others = [item.build.checkpoint for item in behind if item.build.checkpoint > at]
        until = min([at + PAGE, head, *others])
        with collector_paused(), reading(engine) as connection:
            fold_range(connection, reader, states, group, at, until)
        # Appends need not wait: each view's row is compared and set, in the same order everywhere.
        with writing(engine, append=False, limited=True) as connection:
            for item in sorted(group, key=lambda item: item.view.name):
                write(connection, item, until)
        if progress is not None:
            progress(until - start, total)


def fold_range(
    connection: Connection,
    reader: log.Reader,
    states: States,
    group: Sequence[Running],
    after: int,
    until: int,
) -> None:
    """Fold the events in (`after`, `until`] into fresh buffers. Raises Moved if a generation was
    dropped."""
    _hold(connection, group)
    for item in group:
        item.rows = Rows(item.view, _loader(connection, item))
    for event in reader.read(connection, after=after, until=until):
        folded = states.apply(connection, event)
        for item in group:
            fold(item, folded)


def _hold(connection: Connection, group: Sequence[Running]) -> None:
    """Raises Moved if another process has dropped a generation since it was looked up."""
    there = {(build.name, build.generation) for build in store.builds(connection)}
    for item in group:
        if (item.build.name, item.build.generation) not in there:
            raise Moved
        if not isinstance(item.view, FactView):  # its fold reads rows
            store.hold(connection, item.build)


def write(connection: Connection, item: Running, until: int) -> None:
    """Write rows and checkpoint together. A view that raised keeps the rows of earlier events."""
    checkpoint = until if item.failed is None else item.failed - 1
    # The compare-and-set comes first: rows folded from a stale checkpoint must not be written.
    item.build = store.advance(
        connection,
        item.build,
        checkpoint=checkpoint,
        state="live" if item.failed is None else "failed",
        failed_position=item.failed,
        error=item.error,
    )
    store.flush(connection, item.view, item.build, item.rows)


def _loader(connection: Connection, item: Running) -> Callable[[Key], Values | None]:
    return lambda key: store.load(connection, item.view, item.build, key)
