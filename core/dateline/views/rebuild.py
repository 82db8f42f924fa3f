"""Rebuilding: the next generation beside the standing one, then a swap.

The bulk goes story by story, so one story's state is in memory at a time, however long the log. Each
step commits its rows with the cursor that says which story is done: a build that was killed goes on
from there. Readers see the old generation until the new one has reached the head. Folds are run
outside of any transaction that writes: one that takes long keeps nobody waiting.
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
from dateline.log.backend import LockTimeout
from dateline.log.engine import patiently, reading, writing
from dateline.log.relation import Relation
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
#: Rows of a tail up to this many events are written by the swap; a longer tail is shortened first.
_TAIL = 500
#: How often a swap looks again because more was recorded meanwhile.
_CHANCES = 10
_RACED = DatelineError(
    "another process is rebuilding the same view", hint="wait for it, or stop it"
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

    An unfinished build of the same fingerprint is resumed, one of another is thrown away. A view
    whose fold raises stays unfinished; its standing generation serves on. `notice` hears when a view
    has no SQL view because somebody else has its name.
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
    """As `rebuild`. Raises Moved when another process builds the same view."""
    running = _begin(engine, reader, views, plugins)
    # Builds begun at different times have different ways to go.
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
    """Bring the generation before the live one back, caught up. Raises DatelineError."""
    with reading(engine) as connection:
        mark = fingerprint(view, reader.known_types(connection))
        older = store.retired(connection, view.name, mark)
    if older is None:
        raise DatelineError(
            f"view {view.name} has no earlier generation of this shape to go back to",
            hint="`dateline status -v` lists what there is; an erasure drops earlier generations, as "
            "`prune` does",
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
    """Drop retired generations and unfinished builds; returns them. Of views in `gone`, drop every
    generation and the SQL view."""

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
            "another program is reading a view's table and does not end",
            hint="end its transaction (pg_stat_activity shows it), then run this again",
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
    """Fold stories until about STEP events; returns (events, the last story done or None)."""
    events = reader.read_by_story(
        connection, after=UUID(bytes=cursor) if cursor else None, until=target, page=PAGE
    )
    folded, last = 0, None
    for story, stream in _by_story(events):
        state = StoryState(reader.registry)
        before = [item for item in running if item.error is None]
        for event in stream:
            told = state.apply(event)
            folded += 1
            for item in before:
                fold(item, told)
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
        # The story it failed in is folded again from its start when the plugin is mended, and so
        # are the others of this step: nothing of the step is kept.
        values = {"state": "failed", "failed_position": item.failed, "error": item.error}
        item.build = store.advance(connection, item.build, **values)


def _swap(engine: Engine, reader: log.Reader, item: Running, notice: Notice) -> None:
    """Fold the tail, then take over; where more was recorded meanwhile, fold that first. Where others
    record without a pause the rest is for who reads it to catch up."""
    view = item.view
    fold_pending(engine, reader, [item])
    _require_undoable(item)
    if item.build.target is not None:
        with writing(engine, append=False, limited=True) as connection:
            # A build killed in its tail is past its target: going back would fold events twice.
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
    """The rows of the tail, then the generations trade places; not while there is more in the log than
    was folded, unless it is `late`. May be rolled back and repeated. Returns whether they did, and
    what keeps the SQL view from its name."""
    view, before, other = item.view, item.build, None
    try:
        _write_tail(connection, item, until)
        if item.error is None:
            if not late and log.head(connection).position > until:
                return False, None
            for older in store.builds(connection, view.name):
                # One that is being built stays so: it has not all of its rows.
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
    """A generation that stood before is brought back whole or not at all."""
    if item.error is not None and item.build.target is None:
        reason = item.error.strip().splitlines()[-1]
        raise ViewFailed(
            f"view {item.build.name} cannot go back to generation {item.build.generation}: it stopped "
            f"at position {item.failed}: {reason}",
            hint="mend the plugin; the generation that stands is left as it is",
        )


def _write_tail(connection: Connection, item: Running, until: int) -> None:
    state = item.build.state
    write(connection, item, until)
    if item.error is None:  # not live yet: that is for the swap to say
        item.build = store.advance(connection, item.build, state=state)
