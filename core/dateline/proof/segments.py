"""Checks whether the segments in a folder hold what the log holds, up to the position that they state."""

from __future__ import annotations

import os
from itertools import zip_longest

from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.log.read import Reader, head
from dateline.proof.report import Report
from dateline.segments import stored
from dateline.segments.erased import erased_since
from dateline.segments.manifest import Manifest
from dateline.segments.opening import require_same_log
from dateline.segments.parquet import BODY, Row
from dateline.segments.read import manifest, read_rows

#: Errors that show that a folder is not what was written, and not just another one.
_WRONG = frozenset({"segment-changed", "segment-missing", "segments-diverged"})


def check(
    connection: Connection, reader: Reader, folder: str | os.PathLike[str], report: Report
) -> None:
    """Compare every event of the segments with the log. Raises DatelineError for a folder without
    segments, or with those of another archive."""
    try:
        found = manifest(folder)
        newest = head(connection)
        require_same_log(connection, newest, found, os.fspath(folder))
        gone = erased_since(connection, reader, found.position, newest.position)
        erased = {position for positions in gone.values() for position in positions}
        wrong = _first_difference(connection, found, folder, erased)
    except DatelineError as error:
        if error.code not in _WRONG:
            raise
        report.add("segments", str(error))
        return
    if wrong is not None:
        reason = f"the segments in {folder} differ from the log at this position"
        report.add("segments", reason, wrong)
    report.count("segments", sum(1 for _ in found.segments()))
    if erased:
        report.unchecked.append(
            f"The segments in {folder}: they hold {len(erased)} events whose content was erased since. "
            "`dateline export --segments` purges them."
        )


def _first_difference(
    connection: Connection, found: Manifest, folder: str | os.PathLike[str], erased: set[int]
) -> int | None:
    """The position of the first event that is not the same in both, in the order of stories."""
    pairs = zip_longest(read_rows(folder, found), stored.by_story(connection, 0, found.position))
    for theirs, ours in pairs:
        if theirs != ours and (theirs is None or ours is None or not _purged(theirs, ours, erased)):
            return int((ours or theirs)[0])
    return None


def _purged(theirs: Row, ours: Row, erased: set[int]) -> bool:
    """Whether they are the same but for a body that was erased since."""
    return (
        ours[0] in erased
        and theirs[:BODY] == ours[:BODY]
        and theirs[BODY + 1 :] == ours[BODY + 1 :]
    )
