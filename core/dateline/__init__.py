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
    from dateline.archive import copy_archive as copy_archive
    from dateline.capture.capturing import Captured as Captured
    from dateline.doubts.weighing import Doubted as Doubted
    from dateline.doubts.weighing import refuse_doubts as refuse_doubts
    from dateline.errors import DatelineError as DatelineError
    from dateline.errors import EventIdConflict as EventIdConflict
    from dateline.errors import Finding as Finding
    from dateline.errors import LogGap as LogGap
    from dateline.errors import NotAnArchive as NotAnArchive
    from dateline.errors import NotPaired as NotPaired
    from dateline.errors import Refused as Refused
    from dateline.errors import UnknownName as UnknownName
    from dateline.errors import VersionConflict as VersionConflict
    from dateline.errors import ViewFailed as ViewFailed
    from dateline.events.envelope import RecordedBy as RecordedBy
    from dateline.log.follow import Stop as Stop
    from dateline.plugins.loaded import Plugins as Plugins
    from dateline.proposals.filling import Proposed as Proposed
    from dateline.proposals.judging import LeftOut as LeftOut
    from dateline.proposals.queue import Proposal as Proposal
    from dateline.proving import check_proof as check_proof
    from dateline.recording.overview import Overview as Overview
    from dateline.register.entry import Entry as Entry
    from dateline.search.searching import Found as Found
    from dateline.search.searching import Hit as Hit
    from dateline.views.days import Day as Day

#: The modules of the public names. Those of one module are joined by spaces.
_HOMES = {
    name: module
    for module, names in {
        "archive": "Archive copy_archive",
        "capture.capturing": "Captured",
        "doubts.weighing": "Doubted refuse_doubts",
        "errors": "DatelineError EventIdConflict Finding LogGap NotAnArchive NotPaired Refused "
        "UnknownName VersionConflict ViewFailed",
        "events.envelope": "RecordedBy",
        "log.follow": "Stop",
        "plugins.loaded": "Plugins",
        "proposals.filling": "Proposed",
        "proposals.judging": "LeftOut",
        "proposals.queue": "Proposal",
        "proving": "check_proof",
        "recording.overview": "Overview",
        "register.entry": "Entry",
        "search.searching": "Found Hit",
        "views.days": "Day",
    }.items()
    for name in names.split()
}
__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"dateline.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'dateline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
