"""Reading segments: whole stories in the order of their ids, verified, without the archive.

    for chunk in chunks("s3://desk/segments"):
        for event in events(chunk, reader):
            ...

A chunk is a few strings and numbers, so it can be sent to another machine, which reads and checks the files
itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
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
    """A run of stories: those of one partition whose ids are greater than ``after``, if that is given,
    with their events up to the position ``until``. ``path`` is the folder's path or URL."""

    path: str
    archive: UUID
    segments: tuple[Segment, ...]
    until: int
    after: UUID | None = None

    @property
    def events(self) -> int:
        """The number of events in its files; those up to ``after`` and past ``until`` are among them."""
        return sum(segment.events for segment in self.segments)

    @property
    def last(self) -> UUID:
        """The highest story id in its files."""
        return max(segment.stories[1] for segment in self.segments)


def manifest(path: str | os.PathLike[str]) -> Manifest:
    """The newest manifest of the segments in a folder. Raises DatelineError."""
    return require(open_folder(path))


def chunks(
    path: str | os.PathLike[str], *, after: UUID | None = None, until: int | None = None
) -> list[Chunk]:
    """The segments in a folder as runs of stories, in the order of story ids: one chunk a partition.

    Only stories with ids greater than `after`, and events up to the position `until`. Raises
    DatelineError if there are no segments, or if they end before `until`.
    """
    return _chunks(path, manifest(path), until, after)


def chunks_of(
    connection: Connection,
    reader: Reader,
    path: str | os.PathLike[str],
    *,
    after: UUID | None = None,
    until: int | None = None,
) -> list[Chunk]:
    """The same for work on an archive. Raises DatelineError also if the segments are not of its history,
    or hold content that was erased in it since."""
    found, newest = manifest(path), head(connection)
    require_same_log(connection, newest, found, os.fspath(path))
    if erased_since(connection, reader, found.position, newest.position):
        raise DatelineError(
            f"the segments in {path} hold content that was erased since",
            hint="purge them with `dateline export --segments`",
            code="segments-stale",
        )
    return _chunks(path, found, until, after)


def _chunks(
    path: str | os.PathLike[str],
    found: Manifest,
    until: int | None = None,
    after: UUID | None = None,
) -> list[Chunk]:
    if until is not None and until > found.position:
        raise DatelineError(
            f"the segments in {path} end at position {found.position}, before {until}",
            hint="bring them up to date with `dateline export --segments`",
            code="segments-behind",
        )
    end = found.position if until is None else until
    runs = [
        Chunk(os.fspath(path), found.archive, partition.segments, end, after)
        for partition in found.partitions
    ]
    return [chunk for chunk in runs if after is None or chunk.last > after]


def rows(chunk: Chunk) -> Iterator[Row]:
    """The rows of a chunk, in the order of story and version, checked as they are read.

    A row has the columns of the log's reader (position, event_id, story, version, type,
    schema_version, recorded_us, reported_us, subject_key, body), then the slug. Raises DatelineError:
    ``segment-changed``, ``segment-missing``.
    """
    place = open_folder(chunk.path)
    table = parquet.joined([load(place, segment) for segment in chunk.segments])
    if chunk.after is not None:
        table = parquet.stories_after(table, chunk.after.bytes)
    story, version, position = b"", 0, 0
    for row in parquet.rows(table):
        if row[2] != story:
            story, version, position = row[2], 0, 0
        if row[3] != version + 1 or row[0] <= position or row[0] < 1:
            raise changed(
                f"{chunk.path}/{chunk.segments[-1].file}",
                f"story {row[10]} has no event after version {version}",
            )
        position, version = row[0], row[3]
        if position <= chunk.until:
            yield row


def events(chunk: Chunk, reader: Reader) -> Iterator[Event]:
    """The events of a chunk, in the order of story and version, as `Reader.read_by_story` gives them.

    Protected events are decrypted with the keys of the reader; without its key their data is `Sealed`.
    Raises what `rows` raises, and Damaged.
    """
    for row in rows(chunk):
        yield event_of(reader, row)


def read(path: str | os.PathLike[str], reader: Reader) -> Iterator[Event]:
    """All events of a folder, story by story in the order of their ids. Raises DatelineError."""
    for chunk in chunks(path):
        yield from events(chunk, reader)


def read_rows(path: str | os.PathLike[str], found: Manifest) -> Iterator[Row]:
    """The rows of all segments of a manifest, in that order. Raises DatelineError."""
    for chunk in _chunks(path, found):
        yield from rows(chunk)
