"""Folding events into buffered rows, so that the failure of one view does not stop another."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable

import msgspec
from sqlalchemy.exc import DBAPIError

from dateline.errors import DatelineError, ViewFailed, described, stops_plugin
from dateline.events.fold import FoldedEvent
from dateline.views.forms import MapView
from dateline.views.generation import Build
from dateline.views.projection import View
from dateline.views.rows import Rows


class Folding(msgspec.Struct):
    """A view that is being folded into rows; `failed` is the position where it stopped, `error` the
    traceback."""

    view: View
    rows: Rows
    failed: int | None = None
    error: str | None = None


class Running(Folding, kw_only=True):
    """The same for a generation in the database."""

    build: Build


def deferred(view: View) -> bool:
    """Whether the view's rows may be worked out after many events at once."""
    return isinstance(view, MapView) and view.deferred


def fold(running: Folding, event: FoldedEvent) -> None:
    """Fold one event, completely or not at all."""
    _guarded(running, event, running.view.fold)


def evaluate(
    running: Folding, event: FoldedEvent, names: Iterable[str] | None, new: frozenset[str]
) -> None:
    """Set the rows of the things `names`, or of all, as they are after `event`, which is the last one of
    its story that was folded. All of them are set, or none."""
    view = running.view
    assert isinstance(view, MapView)
    _guarded(running, event, lambda event, rows: view.evaluate(event.state, rows, names, new))


def _guarded(
    running: Folding, event: FoldedEvent, work: Callable[[FoldedEvent, Rows], None]
) -> None:
    if running.error is not None:
        return
    rows = running.rows
    rows.story = event.slug
    rows.mark()
    try:
        work(event, rows)
    except DBAPIError:
        raise  # from `rows.get`: the database failed, not the plugin
    except BaseException as error:  # noqa: BLE001 - only this view stops
        stops_plugin(error)
        rows.undo()
        running.failed = event.position
        running.error = _storable(error)


def touched_by(running: Folding, event: FoldedEvent) -> Iterable[str]:
    """The things that the event touched; none once the view has stopped."""
    found: list[str] = []
    view = running.view
    assert isinstance(view, MapView)
    _guarded(running, event, lambda event, _: found.extend(view.touched(event)))
    return found


def start_again(running: Folding, rows: Rows) -> None:
    """Forget a failure, to fold the same events once more into `rows`."""
    running.failed = running.error = None
    running.rows = rows


def require_whole(view: View, rows: Rows, event: FoldedEvent, *, whole: bool) -> None:
    """Fold one event in memory, or with `whole` evaluate all things of its story. Raises ViewFailed,
    naming the view and the event."""
    try:
        if whole and isinstance(view, MapView):
            view.evaluate(event.state, rows, None)
        else:
            view.fold(event, rows)
    except BaseException as error:
        stops_plugin(error)
        raise ViewFailed(
            f"view {view.name} stopped at position {event.position}: {described(error)}",
            hint="fix its plugin, or leave the plugin out with --without; `dateline plugins` lists it",
        ) from error


def reason(build: Build) -> str:
    """Why a view stopped: the last line of the stored traceback."""
    lines = (build.error or "").strip().splitlines() or ["it raised"]
    return lines[-1].removeprefix(f"{DatelineError.__module__}.{DatelineError.__qualname__}: ")


def require_live(build: Build) -> None:
    """Raises ViewFailed if the view has failed."""
    if build.state == "failed":
        where = (
            "" if build.failed_position is None else f" stopped at position {build.failed_position}"
        )
        raise ViewFailed(
            f"view {build.name} (plugin {build.plugin}){where}: {reason(build)}",
            hint="fix the plugin and run this again, or leave it out with "
            f"`--without {build.plugin}`; `dateline status -v` shows the traceback",
        )


def _storable(error: BaseException) -> str:
    """The traceback as every database can store it, ending with the line that `reason` shows. A
    plugin's message may hold NUL or lone surrogates, have several lines, or be followed by notes."""
    text, line = "".join(traceback.format_exception(error)), " ".join(described(error).split())
    text = text if text.rstrip().endswith(line) else f"{text}{line}\n"
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
