"""Reading segments: whole stories in the order of their ids, verified, without the archive.

    found = manifest("s3://desk/segments")
    for chunk in chunks("s3://desk/segments", found):
        for events in stories(chunk, reader):
            ...

A chunk is a few strings and numbers, so it can be sent to another machine, which reads and checks the files
itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.log.read import Reader, head
from dateline.segments import parquet
from dateline.segments.decoding import event_of
from dateline.segments.erased import erased_since
from dateline.segments.folder import open_folder
from dateline.segments.manifest import Manifest, Segment, changed
from dateline.segments.opening import load, require, require_same_log
from dateline.segments.parquet import Row


class Chunk(msgspec.Struct, frozen=True):
    """The stories whose ids are greater than ``after`` and not greater than ``last``, where these are
    given, with their events up to the position ``until``, and the files that hold them. ``path`` is the
    path or URL of their folder."""

    path: str
    segments: tuple[Segment, ...]
    until: int
    after: UUID | None = None
    last: UUID | None = None


def manifest(path: str | os.PathLike[str]) -> Manifest:
    """The newest manifest of the segments in a folder. Raises DatelineError."""
    return require(open_folder(path))


def usable(
    connection: Connection, reader: Reader, path: str | os.PathLike[str], until: int
) -> Manifest:
    """The same for work on an archive that needs all events up to the position `until`. Raises
    DatelineError also if the segments are not of its history, end earlier, or hold content that was
    erased since."""
    found, newest = manifest(path), head(connection)
    require_same_log(connection, newest, found, os.fspath(path))
    if until > found.position:
        raise DatelineError(
            f"the segments in {path} end at position {found.position}, before {until}",
            hint="bring them up to date with `dateline export --segments`",
            code="segments-behind",
        )
    if erased_since(connection, reader, found.position, newest.position):
        raise DatelineError(
            f"the segments in {path} hold content that was erased since",
            hint="purge them with `dateline export --segments`",
            code="segments-stale",
        )
    return found


def chunk(
    path: str | os.PathLike[str],
    found: Manifest,
    *,
    after: UUID | None = None,
    last: UUID | None = None,
    until: int | None = None,
) -> Chunk:
    """A run of stories: those whose ids are greater than `after` and not greater than `last`."""
    segments = tuple(
        segment
        for segment in found.segments()
        if (after is None or segment.stories[1] > after)
        and (last is None or segment.stories[0] <= last)
    )
    return Chunk(os.fspath(path), segments, found.position if until is None else until, after, last)


def chunks(path: str | os.PathLike[str], found: Manifest) -> list[Chunk]:
    """All stories, as one run for each partition, in the order of their ids."""
    return [
        Chunk(os.fspath(path), partition.segments, found.position) for partition in found.partitions
    ]


def rows(chunk: Chunk) -> Iterator[Row]:
    """The rows of a chunk, in the order of story and version, checked as they are read.

    A row has the columns of the log's reader (position, event_id, story, version, type,
    schema_version, recorded_us, reported_us, subject_key, body), then the slug. Raises DatelineError:
    ``segment-changed``, ``segment-missing``.
    """
    if not chunk.segments:
        return
    place = open_folder(chunk.path)
    after = None if chunk.after is None else chunk.after.bytes
    last = None if chunk.last is None else chunk.last.bytes
    table = parquet.joined([load(place, segment, after, last) for segment in chunk.segments])
    story, version, position = b"", 0, 0
    for row in parquet.rows(table):
        if row[2] != story:
            story, version, position = row[2], 0, 0
        if row[3] != version + 1 or row[0] <= position:
            raise changed(
                f"{chunk.path}/{chunk.segments[-1].file}",
                f"story {row[10]} has no event after version {version}",
            )
        position, version = row[0], row[3]
        if position <= chunk.until:
            yield row


def stories(chunk: Chunk, reader: Reader) -> Iterator[list[Event]]:
    """The events of each story of a chunk, equal to those that the log's reader gives.

    Protected events are decrypted with the keys of the reader; without its key their data is `Sealed`.
    Raises what `rows` raises, and Damaged.
    """
    for _, group in groupby(rows(chunk), key=itemgetter(2)):
        yield [event_of(reader, row) for row in group]


def read_rows(path: str | os.PathLike[str], found: Manifest) -> Iterator[Row]:
    """The rows of all segments of a manifest, in the order of story and version. Raises DatelineError."""
    for run in chunks(path, found):
        yield from rows(run)
