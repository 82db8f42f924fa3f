"""Capturing many documents: each alone, so that what is done stays done and one that fails stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dateline.capture.capturing import Captured, capture
from dateline.capture.following import Following
from dateline.capture.recapture import CapturingArchive
from dateline.capture.unpacking import Found, Unpacking
from dateline.capture.wanted import Wanted
from dateline.errors import DatelineError

_WHO = 'say who published the documents that do not name it: --default-publisher org:ID="Its name"'


@dataclass(frozen=True)
class Tried:
    """What became of one document: it was ``captured``, or not because of ``error``. ``place`` is its path,
    and its name in the container. ``left_out`` is true when no plugin reads it, as an image in a mail."""

    place: str
    captured: Captured | None = None
    error: DatelineError | None = None
    left_out: bool = False


def capture_all(
    archive: CapturingArchive,
    story: str,
    files: Iterable[str],
    unpacking: Unpacking,
    wanted: Wanted,
) -> Iterator[Tried]:
    """Capture every document of `files`, as `wanted` says, and yield what became of it."""
    named, following = set(files), Following(archive, story)
    for found in unpacking.documents(files):
        yield _tried(archive, following, story, found, wanted, found.place in named)


def _tried(
    archive: CapturingArchive,
    following: Following,
    story: str,
    found: Found,
    wanted: Wanted,
    named: bool,
) -> Tried:
    if found.error is not None or found.obtained is None:
        return Tried(found.place, error=found.error)
    about = wanted.about | {"url": found.obtained.url or wanted.about.get("url")}
    one = replace(
        wanted,
        obtained=found.obtained,
        about=about,
        contained=found.contained,
        held=found.held,
        many=True,
    )
    try:
        return Tried(found.place, captured=capture(archive, story, one, following))
    except DatelineError as error:
        if error.code == "publisher-missing":
            error.hint = _WHO
        left_out = error.code == "format-unknown" and not named
        return Tried(found.place, error=error, left_out=left_out)
