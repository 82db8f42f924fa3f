"""The rules for views: the rows follow from the events of the log, and from nothing else."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from dateline.errors import DatelineError, ViewFailed
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent, StoryFold
from dateline.events.payload import Raw
from dateline.events.state import Fact
from dateline.log.engine import reading, writing
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict
from dateline.testing.contracts.trials import Lines, Recording, Trials
from dateline.testing.contracts.watch import Watch
from dateline.views import store, stored_rows
from dateline.views.asof import states
from dateline.views.folding import Running, deferred, require_whole
from dateline.views.forms import FactView
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of
from dateline.views.rebuild import rebuild
from dateline.views.row_type import Values, ViewRow
from dateline.views.rows import Rows
from dateline.views.runner import RecentStates, fold_range, write
from dateline.views.table import arrange

#: The longest history that is folded in pages of one event; longer ones use larger pages.
_SHORT = 30
_DELIBERATE = "a deliberate failure of the contract"


def view_verdicts(view: View, trials: Trials) -> list[Verdict]:
    """The verdict of every rule for views."""
    return trials.judge(
        Rule(name, partial(_on_recording, check, copy.deepcopy(view), trials))
        for name, check in VIEW_RULES.items()
    )


def _on_recording(
    check: Callable[[View, Recording], None], view: View, trials: Trials, lines: Lines
) -> None:
    # A fresh copy for each history: state that a view keeps must not leak into the next one.
    check(copy.deepcopy(view), trials.recording(lines))


def takes_every_story(view: View, recording: Recording) -> None:
    """The fold accepts every valid story: it does not raise."""
    try:
        _folded(view, recording, recording.streams)
    except ViewFailed as error:
        if not isinstance(error.__cause__, DatelineError):
            raise Broken(str(error)) from None


def rows_are_storable(view: View, recording: Recording) -> None:
    """Rows have the declared types, and values that every database can store."""
    try:
        _folded(view, recording, recording.streams)
    except ViewFailed as error:
        if isinstance(error.__cause__, DatelineError):
            raise Broken(str(error.__cause__)) from None
        raise Skipped("the fold raised") from None


def replayed_twice_is_the_same(view: View, recording: Recording) -> None:
    """Folding the same events again gives the same rows."""
    fresh = copy.deepcopy(view)
    first = _rows(view, recording)
    _same(first, _rows(view, recording), "a second replay by the same instance gives other rows")
    _same(first, _rows(fresh, recording), "a replay by another instance gives other rows")


def uses_nothing_outside(view: View, recording: Recording) -> None:
    """The fold uses no clock, randomness, network or file."""
    _rows(copy.deepcopy(view), recording)  # let one-time imports and caching happen here
    with Watch() as watch:
        _rows(view, recording)
    if watch.seen:
        raise Broken(f"the fold called {watch.seen[0]}: rows may depend only on events")


def unknown_events_change_nothing(view: View, recording: Recording) -> None:
    """Events of types that no installed plugin knows do not change the rows."""
    streams = [[_spread(event) for event in stream] for stream in recording.streams]
    mixed = [[e for event in stream for e in (event, _unknown(event))] for stream in streams]
    fresh = copy.deepcopy(view)
    without = _rows_of(view, recording, streams)
    try:
        rows = _rows_of(fresh, recording, mixed)
    except Skipped as skip:
        raise Broken(f"an event of an unknown type makes the fold raise: {skip}") from None
    _same(without, rows, "events of an unknown type change the rows")


def evaluated_late_is_step_by_step(view: View, recording: Recording) -> None:
    """A function of a thing gives the same rows, evaluated whenever an event touches the thing or once
    at the end: at every event that may be the end."""
    if not deferred(view):
        return
    for stream in recording.streams:
        state = StoryFold(recording.reader.registry)
        early = Rows(schema_of(view))
        for event in stream:
            folded, late = state.apply(event), Rows(schema_of(view))
            for rows, whole in ((early, False), (late, True)):
                rows.story = event.slug
                try:
                    require_whole(view, rows, folded, whole=whole)
                except ViewFailed as error:
                    raise Skipped(str(error)) from None
            message = (
                f"at position {event.position} the rows depend on something that the event did not "
                "touch: read only what `rows` is given"
            )
            _same(_arranged(view, early), _arranged(view, late), message)


def pause_and_resume_is_one_pass(view: View, recording: Recording) -> None:
    """Folding page by page, each in a process of its own, gives the rows of one pass."""
    whole = _rows(copy.deepcopy(view), recording)
    pages = (1, 4) if recording.head <= _SHORT else (7, 40)
    for page in pages:
        with _building(view, recording) as build:
            for until in range(page, recording.head + page, page):
                build = _advance(copy.deepcopy(view), build, recording, until)
            message = f"folding in pages of {page} gives other rows than one pass"
            _same(whole, _stored(view, build, recording), message)


def resumed_after_a_failure_is_a_clean_run(view: View, recording: Recording) -> None:
    """A fold that raised in the middle and resumes once it is fixed gives the same rows."""
    whole = _rows(copy.deepcopy(view), recording)
    for at in sorted({recording.head // 2, recording.head}):
        failing = copy.deepcopy(view)
        with _building(view, recording) as build:
            with _failing(failing, at):
                build = _advance(failing, build, recording, recording.head)
            if build.position != at - 1:
                raise Skipped("the fold raised at another event")
            build = _advance(failing, build, recording, recording.head)
            message = f"resuming after a failure at position {at} gives other rows than a clean run"
            _same(whole, _stored(view, build, recording), message)


def rebuilt_is_live(view: View, recording: Recording) -> None:
    """A rebuild, which folds story by story, gives the same rows as following the log."""
    with _building(view, recording) as build:
        build = _advance(copy.deepcopy(view), build, recording, recording.head)
        live = _stored(view, build, recording)
    fresh = copy.deepcopy(view)
    try:
        [rebuilt] = rebuild(recording.engine, recording.reader, [fresh], {view.name: "contract"})
        if rebuilt.error is not None:
            raise Skipped("the fold raised")
        _same(
            live, _stored(view, rebuilt, recording), "a rebuild gives other rows than the live view"
        )
    finally:
        _drop(view, recording)


VIEW_RULES: dict[str, Callable[[View, Recording], None]] = {
    "takes-every-story": takes_every_story,
    "storable-rows": rows_are_storable,
    "replay": replayed_twice_is_the_same,
    "pure": uses_nothing_outside,
    "unknown-events": unknown_events_change_nothing,
    "early-or-late": evaluated_late_is_step_by_step,
    "pause-and-resume": pause_and_resume_is_one_pass,
    "resume-after-failure": resumed_after_a_failure_is_a_clean_run,
    "rebuilt-is-live": rebuilt_is_live,
}


def _folded(view: View, recording: Recording, streams: list[list[Event]]) -> list[Values]:
    registry = recording.reader.registry
    return [row for stream in streams for row in states(stream, registry, [view])[1][view.name]]


def _rows(view: View, recording: Recording) -> list[Values]:
    return _rows_of(view, recording, recording.streams)


def _rows_of(view: View, recording: Recording, streams: list[list[Event]]) -> list[Values]:
    try:
        rows = _folded(view, recording, streams)
    except ViewFailed as error:
        raise Skipped(str(error)) from None
    return arrange(schema_of(view), rows, everything=True).rows


def _arranged(view: View, rows: Rows) -> list[Values]:
    return arrange(schema_of(view), list(rows.stored()), everything=True).rows


def _spread(event: Event) -> Event:
    """The event with its position and version doubled, which leaves room for another after it."""
    return msgspec.structs.replace(event, position=2 * event.position, version=2 * event.version)


def _unknown(event: Event) -> Event:
    return msgspec.structs.replace(
        event,
        position=event.position + 1,
        version=event.version + 1,
        event_key=hashlib.sha256(event.event_key).digest()[:16],
        type="acme.unheard.happened",
        schema_version=1,
        subject_key=None,
        data=Raw({"what": f"after {event.version}", "fact": "f1", "text": "not for you"}),
        original=None,
    )


@contextmanager
def _building(view: View, recording: Recording) -> Iterator[Build]:
    """An empty generation at position 0, to be folded like the live one. It is dropped at the end."""
    schema = schema_of(view)
    with writing(recording.engine) as connection:
        build = store.create(connection, schema, schema.fingerprint(), "contract", 0)
        stored_rows.index(connection, schema, build)
        build = store.advance(connection, build, state="live", target=None)
    try:
        yield build
    finally:
        _drop(view, recording)


def _advance(view: View, build: Build, recording: Recording, until: int) -> Build:
    """Fold the log up to `until`; write the rows and the view's position in one transaction."""
    item = Running(view, Rows(schema_of(view)), build=build)
    until = min(until, recording.head)
    with reading(recording.engine) as connection:
        states = RecentStates(recording.reader)
        fold_range(connection, recording.reader, states, [item], build.position, until)
    with writing(recording.engine) as connection:
        write(connection, item, until)
    return item.build


def _stored(view: View, build: Build, recording: Recording) -> list[Values]:
    if build.error is not None:
        raise Skipped("the fold raised")
    schema = schema_of(view)
    with reading(recording.engine) as connection:
        rows = stored_rows.read(connection, schema, build)
    return arrange(schema, rows, everything=True).rows


def _drop(view: View, recording: Recording) -> None:
    with writing(recording.engine) as connection:
        for build in store.builds(connection, view.name):
            store.drop(connection, build)


@contextmanager
def _failing(view: View, at: int) -> Iterator[None]:
    """Within the block, `view` raises at position `at`, after it has written some rows."""

    def fold(event: FoldedEvent, rows: Rows) -> None:
        if event.position == at and isinstance(view, FactView):
            own["rows"] = _rows_then_raise
        type(view).fold(view, event, rows)
        if event.position == at:
            raise RuntimeError(_DELIBERATE)

    def _rows_then_raise(fact: Fact) -> Iterator[ViewRow]:
        assert isinstance(view, FactView)
        yield from type(view).rows(view, fact)
        raise RuntimeError(_DELIBERATE)

    own = vars(view)
    own["fold"] = fold
    try:
        yield
    finally:
        own.pop("fold")
        own.pop("rows", None)


def _same(left: list[Values], right: list[Values], message: str) -> None:
    if left == right:
        return
    here = next((row for row in left if row not in right), None)
    there = next((row for row in right if row not in left), None)
    raise Broken(f"{message}: {here!r} and {there!r}")
