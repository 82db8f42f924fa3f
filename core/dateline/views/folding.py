"""Folding events into buffered rows, so that the failure of one view does not stop another."""

from __future__ import annotations

import traceback

import msgspec
from sqlalchemy.exc import DBAPIError

from dateline.errors import DatelineError, ViewFailed, described, stops_plugin
from dateline.events.fold import FoldedEvent
from dateline.views.generation import Build
from dateline.views.projection import View
from dateline.views.rows import Rows


class Running(msgspec.Struct):
    """A generation that is being folded; `failed` is the position where it stopped, `error` the
    traceback."""

    view: View
    build: Build
    rows: Rows
    failed: int | None = None
    error: str | None = None


def fold(running: Running, event: FoldedEvent) -> None:
    """Fold one event, completely or not at all."""
    if running.error is not None:
        return
    rows = running.rows
    rows.story = event.slug
    rows.mark()
    try:
        running.view.fold(event, rows)
    except DBAPIError:
        raise  # from `rows.get`: the database failed, not the plugin
    except BaseException as error:  # noqa: BLE001 - only this view stops
        stops_plugin(error)
        rows.undo()
        running.failed = event.position
        running.error = _storable(error)


def require_whole(view: View, rows: Rows, event: FoldedEvent) -> None:
    """Fold one event in memory. Raises ViewFailed, naming the view and the event."""
    try:
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
