"""Rebuilding: build the next generation next to the live one, then swap them.

The bulk is folded story by story, so that only one story's state is in memory, however long the log
is. Each step commits its rows together with a cursor, the last story done: a build that was killed
continues from there. Readers see the old generation until the new one has reached the head. Folds run
outside of write transactions: a slow fold blocks no other process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError, LogGap, ViewFailed
from dateline.events.envelope import Event
from dateline.events.present import StoryState
from dateline.log import read as log
from dateline.log.databases.relation import Relation
from dateline.log.databases.unwritten import LockTimeout
from dateline.log.engine import patiently, reading, writing
from dateline.views import store
from dateline.views.collector import collector_paused
from dateline.views.folding import Running, fold
from dateline.views.pending import fold_pending
from dateline.views.projection import View, fingerprint
from dateline.views.rows import Rows
from dateline.views.runner import PAGE, Progress, States, fold_range, write
from dateline.views.shown import Notice, not_kept, silent
from dateline.views.store import Build, Moved

Result = TypeVar("Result")
#: Events folded between two commits of the bulk.
STEP = 5000
#: The swap itself writes the rows of a tail of up to this many events; a longer tail is shortened first.
_TAIL = 500
#: How often a swap folds the newest events again because more were recorded meanwhile.
_CHANCES = 10
_RACED = DatelineError(
    "another process is rebuilding the same view",
    hint="wait for it, or stop it",
    code="rebuild-running",
)


def rebuild(
    engine: Engine,
    reader: log.Reader,
    views: Sequence[View],
    plugins: Mapping[str, str],
    *,
    progress: Progress | None = None,
    notice: Notice = silent,
) -> list[Build]:
    """Build the next generation of each view and swap it in. One read of the log feeds them all.

    An unfinished build with the same fingerprint is resumed, one with another is dropped. A view whose
    fold raises stays unfinished, and readers keep its live generation. `notice` is called if a view
    has no SQL view because another relation has its name.
    """
    try:
        return build(engine, reader, views, plugins, progress=progress, notice=notice)
    except Moved:
        raise _RACED from None


def build(
    engine: Engine,
    reader: log.Reader,
    views: Sequence[View],
    plugins: Mapping[str, str],
    *,
    progress: Progress | None = None,
    notice: Notice = silent,
) -> list[Build]:
    """Like `rebuild`. Raises Moved if another process builds the same view."""
    running = _begin(engine, reader, views, plugins)
    # Builds that were begun at different times have different targets and cursors.
    for target, cursor in sorted({(_target(i.build), i.build.cursor or b"") for i in running}):
        same = [
            item
            for item in running
            if (_target(item.build), item.build.cursor or b"") == (target, cursor)
        ]
        _bulk(engine, reader, same, target, cursor, progress)
    for item in running:
        if item.error is None:
            _swap(engine, reader, item, notice)
    return [item.build for item in running]


def undo(engine: Engine, reader: log.Reader, view: View, *, notice: Notice = silent) -> Build:
    """Restore the generation before the live one, caught up. Raises DatelineError."""
    with reading(engine) as connection:
        mark = fingerprint(view, reader.known_types(connection))
        older = store.retired(connection, view.name, mark)
    if older is None:
        raise DatelineError(
            f"view {view.name} has no earlier generation of this shape",
            hint="`dateline status -v` lists the generations; an erasure drops the earlier ones, and so "
            "does `dateline prune`",
            code="generation-not-found",
        )
    item = Running(view, older, Rows(view))
    try:
        _swap(engine, reader, item, notice)
    except Moved:
        raise _RACED from None
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
            store.hide(connection, name, others_too=False)
        for build in dropped:
            store.drop(connection, build)
        return dropped

    return _undisturbed(engine, drop)


def _undisturbed(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    try:
        return patiently(engine, work)
    except LockTimeout:
        raise DatelineError(
            "another program keeps reading the table of a view",
            hint="end its transaction (pg_stat_activity shows it), then run this again",
            code="view-locked",
        ) from None


def _begin(
    engine: Engine, reader: log.Reader, views: Sequence[View], plugins: Mapping[str, str]
) -> list[Running]:
    running = []
    with writing(engine) as connection:
        head, types = log.head(connection).position, reader.known_types(connection)
        for view in views:
            build, mark = store.unfinished(connection, view.name), fingerprint(view, types)
            if build is not None and build.fingerprint != mark:
                store.drop(connection, build)
                build = None
            if build is None:
                build = store.create(connection, view, mark, plugins[view.name], head)
            running.append(Running(view, build, Rows(view)))
    return running


def _target(build: Build) -> int:
    assert build.target is not None
    return build.target


def _bulk(
    engine: Engine,
    reader: log.Reader,
    running: list[Running],
    target: int,
    cursor: bytes,
    progress: Progress | None,
) -> None:
    """Fold whole stories after `cursor`, up to position `target`, and commit step by step."""
    done = 0
    while True:
        open_ = [item for item in running if item.error is None]
        for item in open_:
            item.rows = Rows(item.view)
        with collector_paused(), reading(engine) as connection:
            folded, last = _fold_stories(connection, reader, open_, target, cursor)
        if last is None:
            break
        with writing(engine, append=False, limited=True) as connection:
            for item in open_:
                _write_step(connection, item, last)
        cursor, done = last, done + folded
        if progress is not None:
            progress(done, target)
    if cursor == b"" and target:
        raise LogGap(1, target)


def _fold_stories(
    connection: Connection, reader: log.Reader, running: list[Running], target: int, cursor: bytes
) -> tuple[int, bytes | None]:
    """Fold stories until about STEP events. Returns the number of events, and the last story or None."""
    events = reader.read_by_story(
        connection, after=UUID(bytes=cursor) if cursor else None, until=target, page=PAGE
    )
    folded, last = 0, None
    for story, stream in _by_story(events):
        state = StoryState(reader.registry)
        before = [item for item in running if item.error is None]
        for event in stream:
            folded_event = state.apply(event)
            folded += 1
            for item in before:
                fold(item, folded_event)
        state.let_go()
        last = story
        if folded >= STEP or any(item.error is not None for item in before):
            break
    return folded, last


def _by_story(events: Iterator[Event]) -> Iterator[tuple[bytes, list[Event]]]:
    story: UUID | None = None
    stream: list[Event] = []
    for event in events:
        if event.story != story:
            if story is not None:
                yield story.bytes, stream
            story, stream = event.story, []
        stream.append(event)
    if story is not None:
        yield story.bytes, stream


def _write_step(connection: Connection, item: Running, last: bytes) -> None:
    if item.error is None:
        item.build = store.advance(connection, item.build, cursor=last, state="building")
        store.fill(connection, item.view, item.build, item.rows.stored())
    else:
        # Nothing of this step is kept: once the plugin is fixed, its stories are folded again from
        # their first events.
        values = {"state": "failed", "failed_position": item.failed, "error": item.error}
        item.build = store.advance(connection, item.build, **values)


def _swap(engine: Engine, reader: log.Reader, item: Running, notice: Notice) -> None:
    """Fold the tail, then make the generation live. Events recorded meanwhile are folded first; if
    other processes keep recording, the next read catches up with the rest."""
    view = item.view
    fold_pending(engine, reader, [item])
    _require_undoable(item)
    if item.build.target is not None:
        with writing(engine, append=False, limited=True) as connection:
            # A build that was killed in its tail is past its target: never fold those events twice.
            reached = max(item.build.checkpoint, item.build.target)
            item.build = store.advance(connection, item.build, checkpoint=reached)
            store.index(connection, view, item.build)
    states, chances = States(reader), _CHANCES
    while True:
        with reading(engine) as connection:
            head, checkpoint = log.head(connection).position, item.build.checkpoint
            until = min(checkpoint + PAGE, head)
            fold_range(connection, reader, states, [item], checkpoint, until)
        _require_undoable(item)
        if head - checkpoint <= _TAIL:
            chances -= 1
            take = partial(_take_over, item=item, until=until, late=chances <= 0)
            swapped, other = _undisturbed(engine, take)
            if other is not None:
                notice(not_kept(view.name, other))
            if swapped:
                return
        else:
            with writing(engine, append=False, limited=True) as connection:
                _write_tail(connection, item, until)
        if item.error is not None:
            return


def _take_over(
    connection: Connection, item: Running, until: int, late: bool
) -> tuple[bool, Relation | None]:
    """Write the rows of the tail, then swap the generations; unless `late`, only if every event of the
    log is folded. May be rolled back and repeated. Returns whether they were swapped, and the
    relation that has the SQL view's name, if any."""
    view, before, other = item.view, item.build, None
    try:
        _write_tail(connection, item, until)
        if item.error is None:
            if not late and log.head(connection).position > until:
                return False, None
            for older in store.builds(connection, view.name):
                # An unfinished build keeps its state: its rows are incomplete.
                if older.state in ("live", "failed") and not older.unfinished:
                    store.advance(connection, older, state="retired")
            item.build = store.advance(
                connection, item.build, state="live", target=None, cursor=None
            )
            other = store.publish(connection, item.build)
        return True, other
    except BaseException:
        item.build = before
        raise


def _require_undoable(item: Running) -> None:
    """An earlier generation is restored completely or not at all. Raises ViewFailed."""
    if item.error is not None and item.build.target is None:
        reason = item.error.strip().splitlines()[-1]
        raise ViewFailed(
            f"generation {item.build.generation} of view {item.build.name} cannot be restored: it "
            f"stopped at position {item.failed}: {reason}",
            hint="fix the plugin; the live generation is unchanged",
        )


def _write_tail(connection: Connection, item: Running, until: int) -> None:
    state = item.build.state
    write(connection, item, until)
    if item.error is None:  # not live yet: only the swap makes it so
        item.build = store.advance(connection, item.build, state=state)
