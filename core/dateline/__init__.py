"""Dateline: an event-sourced archive for developing news stories.

    from dateline import Archive

    with Archive.create("story.db") as archive:
        archive.record([...])
        archive.view("timeline", "my-story")

Names are imported on first use, so that ``import dateline`` is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.archive import Archive as Archive
    from dateline.errors import DatelineError as DatelineError
    from dateline.errors import EventIdConflict as EventIdConflict
    from dateline.errors import Finding as Finding
    from dateline.errors import LogGap as LogGap
    from dateline.errors import NotAnArchive as NotAnArchive
    from dateline.errors import NotPaired as NotPaired
    from dateline.errors import Refused as Refused
    from dateline.errors import VersionConflict as VersionConflict
    from dateline.errors import ViewFailed as ViewFailed
    from dateline.plugins.loaded import Plugins as Plugins

_HOMES = {
    "Archive": "dateline.archive",
    "Plugins": "dateline.plugins.loaded",
    **dict.fromkeys(
        (
            "DatelineError",
            "EventIdConflict",
            "Finding",
            "LogGap",
            "NotAnArchive",
            "NotPaired",
            "Refused",
            "VersionConflict",
            "ViewFailed",
        ),
        "dateline.errors",
    ),
}
__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'dateline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
