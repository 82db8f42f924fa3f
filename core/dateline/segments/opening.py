"""Opening a folder of segments: its newest manifest, and the files that it names, each checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.log import tree
from dateline.log.read import Head
from dateline.log.stored_tree import StoredTree
from dateline.segments import parquet
from dateline.segments.folder import Folder
from dateline.segments.manifest import Manifest, Segment, changed, decode, missing

_MANIFEST = re.compile(r"manifest-([0-9]{8})\.json")
_TRIES = 5
_ANEW = "export the segments to a new folder"


def manifest_name(number: int) -> str:
    return f"manifest-{number:08}.json"


def numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the manifests among the names of a folder."""
    return [int(found[1]) for name in names if (found := _MANIFEST.fullmatch(name))]


def newest(place: Folder) -> Manifest | None:
    """The newest manifest of a folder; None if it has none. Raises DatelineError."""
    for _ in range(_TRIES):
        number = max(numbers(place.names()), default=None)
        if number is None:
            return None
        name = manifest_name(number)
        try:
            found = decode(place.read(name), f"{place.path}/{name}")
        except FileNotFoundError:
            continue  # a run wrote the next one meanwhile
        if found.number != number:
            raise changed(f"{place.path}/{name}", f"it is the manifest of run {found.number}")
        return found
    raise missing(f"{place.path}/{name}")


def require(place: Folder) -> Manifest:
    """The newest manifest of a folder. Raises DatelineError, also if there is none."""
    found = newest(place)
    if found is None:
        raise DatelineError(
            f"{place.path} holds no segments",
            hint="write them with `dateline export --segments`",
            code="segments-not-found",
        )
    return found


def load(
    place: Folder, segment: Segment, after: bytes | None = None, last: bytes | None = None
) -> Any:
    """The table of a segment: all of it, or the stories whose ids are greater than `after` and not greater
    than `last`. Raises DatelineError (``segment-missing``, ``segment-changed``)."""
    where = f"{place.path}/{segment.file}"
    try:
        content = place.read(segment.file)
    except FileNotFoundError:
        raise missing(where) from None
    if hashlib.sha256(content).hexdigest() != segment.sha256:
        raise changed(where, "its bytes do not match their hash in the manifest")
    events, table = parquet.load(content, where, after, last)
    if events != segment.events:
        raise changed(where, f"it holds {events} events and not {segment.events}")
    return table


def require_same_log(connection: Connection, head: Head, manifest: Manifest, where: str) -> None:
    """Check that the archive has the history that the segments were cut from. Raises DatelineError."""
    if manifest.archive != head.archive:
        raise DatelineError(
            f"{where} holds segments of archive {manifest.archive}, not of this one",
            hint="name another folder, or the other archive with --db",
            code="segments-foreign",
        )
    if manifest.position > head.position:
        raise DatelineError(
            f"{where} holds events up to position {manifest.position}, but the log ends at {head.position}",
            hint=f"if the archive was restored from a backup, {_ANEW}",
            code="segments-diverged",
        )
    if tree.root(manifest.position, StoredTree(connection)).hex() != manifest.root:
        raise DatelineError(
            f"the log has another root at position {manifest.position} than the segments in {where}",
            hint=f"run `dateline verify`; if the archive is sound, {_ANEW}",
            code="segments-diverged",
        )
