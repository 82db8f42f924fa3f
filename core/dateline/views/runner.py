"""Catching views up with the log: fold a page in memory, write rows and checkpoint together."""

from __future__ import annotations

import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError, ViewFailed
from dateline.events.envelope import Event
from dateline.events.present import StoryState
from dateline.log import read as log
from dateline.log.engine import reading, writing
from dateline.views import store
from dateline.views.projection import View, fingerprint
from dateline.views.rows import Key, Rows, Values
from dateline.views.store import Build

PAGE = 2000
#: Facts kept in memory over all stories; beyond it the story longest untouched is let go.
_KEPT_FACTS = 50_000

#: Called with (position reached, head) after each page.
Progress = Callable[[int, int], None]


class States:
    """Story states that follow the log, kept for the stories last touched."""

    def __init__(self, reader: log.Reader) -> None:
        self._reader = reader
        self._states: OrderedDict[UUID, StoryState] = OrderedDict()
        self._facts = 0

    def apply(self, connection: Connection, event: Event) -> Event:
        state = self._states.pop(event.story, None)
        if state is None:
            state = StoryState(self._reader.registry)
            if event.version > 1:
                for earlier in self._reader.read_story(
                    connection, event.story, until=event.position - 1
                ):
                    state.apply(earlier)
            self._facts += len(state.facts)
        before = len(state.facts)
        told = state.apply(event)
        self._facts += len(state.facts) - before
        self._states[event.story] = state
        while self._facts > _KEPT_FACTS and len(self._states) > 1:
            _, oldest = self._states.popitem(last=False)
            self._facts -= len(oldest.facts)
        return told

    def clear(self) -> None:
        self._states.clear()
        self._facts = 0


class Running(msgspec.Struct):
    """One generation being folded."""

    view: View
    build: Build
    rows: Rows
    error: str | None = None


def catch_up(
    engine: Engine,
    reader: log.Reader,
    views: Sequence[View],
    plugins: Mapping[str, str],
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> list[Build]:
    """Bring `views` to the head of the log; `plugins` says which plugin each comes from.

    A view never built, changed, or to be `rebuild` gets its next generation, which takes over when
    it has reached the head. A view whose fold raises stops there; the others go on.
    """
    while True:
        running = [_prepare(engine, view, plugins[view.name], rebuild) for view in views]
        try:
            _fold_all(engine, reader, running, progress)
        except _Moved:
            rebuild = False  # look again, and build nothing twice
        else:
            return [item.build for item in running]


class _Moved(Exception):
    """Another process moved a checkpoint: what was folded here is stale."""


def _prepare(engine: Engine, view: View, plugin: str, rebuild: bool) -> Running:
    with writing(engine) as connection:
        build = store.current(connection, view)
        if build is not None and not rebuild:
            if build.version > view.version:
                raise DatelineError(
                    f"view {view.name} was built by version {build.version} of its plugin; "
                    f"this one is version {view.version}",
                    hint=f"install the newer plugin, or `dateline rebuild --view {view.name}`",
                )
            if build.fingerprint != fingerprint(view):
                build = None
        if build is None or rebuild:
            for stale in store.builds(connection, view.name):
                if stale.state in ("building", "failed"):
                    store.drop(connection, stale)
            build = store.create(connection, view, plugin)
    return Running(view, build, Rows(view))


def _fold_all(
    engine: Engine, reader: log.Reader, running: list[Running], progress: Progress | None
) -> None:
    states = States(reader)
    with reading(engine) as connection:
        head = log.head(connection).position
    while True:
        open_ = [item for item in running if item.error is None and item.build.checkpoint < head]
        if not open_:
            break
        start = min(item.build.checkpoint for item in open_)
        group = [item for item in open_ if item.build.checkpoint == start]
        ahead = [item.build.checkpoint for item in open_ if item.build.checkpoint > start]
        until = min([start + PAGE, head, *ahead])
        with reading(engine) as connection:
            _fold_page(connection, reader, states, group, start, until)
        _write(engine, group, until)
        if progress is not None:
            progress(until, head)
    _go_live(engine, running)


def _fold_page(
    connection: Connection,
    reader: log.Reader,
    states: States,
    group: list[Running],
    start: int,
    until: int,
) -> None:
    for item in group:
        item.rows = Rows(item.view, _loader(connection, item))
    for event in reader.read(connection, after=start, until=until):
        told = states.apply(connection, event)
        for item in group:
            if item.error is None:
                _fold(item, told)


def _fold(item: Running, event: Event) -> None:
    item.rows.story = event.slug
    item.rows.mark()
    try:
        item.view.fold(event, item.rows)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; only its view stops
        item.rows.undo()
        where = traceback.format_exception(error)
        item.error = "".join(where)
        item.build = msgspec.structs.replace(
            item.build, failed_position=event.position, error=item.error
        )


def _loader(connection: Connection, item: Running) -> Callable[[Key], Values | None]:
    return lambda key: store.load(connection, item.view, item.build, key)


def _write(engine: Engine, group: list[Running], until: int) -> None:
    """Rows and checkpoint in one transaction: what is read always equals the fold up to there."""
    reached: list[Build] = []
    with writing(engine) as connection:
        for item in group:
            failed = item.build.failed_position if item.error is not None else None
            checkpoint = until if failed is None else failed - 1
            state = item.build.state if failed is None else "failed"
            values = {
                "checkpoint": checkpoint,
                "state": state,
                "failed_position": failed,
                "error": item.error,
            }
            if not store.advance(connection, item.build, **values):
                raise _Moved
            store.flush(connection, item.view, item.build, item.rows)
            reached.append(msgspec.structs.replace(item.build, **values))
    for item, build in zip(group, reached, strict=True):
        item.build = build
        item.rows.clear()


def _go_live(engine: Engine, running: list[Running]) -> None:
    waiting = [item for item in running if item.error is None and item.build.state != "live"]
    if not waiting:
        return
    with writing(engine) as connection:
        for item in waiting:
            live = {"state": "live", "failed_position": None, "error": None}
            if not store.advance(connection, item.build, **live):
                raise _Moved
            for older in store.builds(connection, item.view.name):
                if older.generation < item.build.generation:
                    store.drop(connection, older)
            store.publish(connection, item.build)
    for item in waiting:
        item.build = msgspec.structs.replace(item.build, state="live")


def require_live(build: Build) -> None:
    """Raises ViewFailed when the view stopped at an event."""
    if build.state == "failed":
        reason = (build.error or "").strip().splitlines()[-1:] or ["it raised"]
        raise ViewFailed(
            f"view {build.name} (plugin {build.plugin}) stopped at position "
            f"{build.failed_position}: {reason[0]}",
            hint="mend the plugin and run this again, or leave it out with "
            f"`--without {build.plugin}`; the traceback is in `dateline status`",
        )
