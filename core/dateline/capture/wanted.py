"""A document that is wanted in the archive, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dateline.capture.details import Review
from dateline.capture.obtain import Obtained
from dateline.events.envelope import RecordedBy
from dateline.plugins.containers import Contained
from dateline.plugins.formats import SourceImporter


@dataclass(frozen=True)
class Wanted:
    """What to capture: the bytes, what is known about them, and how to read and record them, as
    `dateline.Archive.capture` describes it. ``contained`` and ``held`` are set for a document of a
    container: what that knows of it, and where it lies. ``default_publisher`` counts if nothing else says who
    published it. ``many`` is true for one of many documents: one that is there under the publisher that it names
    itself is not captured again under the given one."""

    obtained: Obtained
    about: dict[str, Any]
    format: str | None
    charset: str | None
    protect: str | None
    recorded_by: RecordedBy
    review: Review | None = None
    new: tuple[str, ...] = ()
    contained: Contained | None = None
    held: dict[str, str] | None = None
    reader: SourceImporter | None = None
    default_publisher: str | None = None
    many: bool = False
