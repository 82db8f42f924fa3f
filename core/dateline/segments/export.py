"""Writing segments: what a folder lacks, as new files, and what was erased, out of its old ones.

Files are written first and the manifest last, under a new number that only one run can create: a killed
run leaves the last manifest valid, and of two runs at once, one is refused. What neither manifest
names is removed afterwards.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError, LogGap
from dateline.log.read import Reader, head
from dateline.segments import parquet, places, stored
from dateline.segments.erased import by_partition, erased_since
from dateline.segments.folder import Folder, open_folder
from dateline.segments.manifest import (
    Manifest,
    Partition,
    Segment,
    file_name,
    is_segment,
)
from dateline.segments.opening import load, manifest_name, newest, numbers, require_same_log
from dateline.segments.parquet import Row

#: Events that are sorted in memory at once.
BLOCK = 100_000
#: The part of the log from which on new events are read in the order of stories: its inverse.
_MANY = 4
Progress = Callable[[int, int], None]


class Written(msgspec.Struct, frozen=True):
    """What a run did: the manifest's position, the number of new events, of new files, and of files that
    were replaced because something in them was erased."""

    position: int
    events: int
    files: int
    replaced: int


def export(
    connection: Connection, reader: Reader, path: str | os.PathLike[str], progress: Progress
) -> Written:
    """Bring the segments in a folder up to the head of the log. Raises DatelineError, Damaged, LogGap."""
    return _Run(connection, reader, open_folder(path), progress).write()


class _Run:
    """One run. Each of its methods that writes a file writes it under a name that no manifest has."""

    def __init__(
        self, connection: Connection, reader: Reader, place: Folder, progress: Progress
    ) -> None:
        self._connection, self._reader, self._place = connection, reader, place
        self._progress = progress
        self._head = head(connection)
        self._before = newest(place)
        self._number, self._after = 1, 0
        if self._before is not None:
            require_same_log(connection, self._head, self._before, place.path)
            self._number, self._after = self._before.number + 1, self._before.position
        self._files = self._replaced = self._done = 0

    def write(self) -> Written:
        manifest = self._before
        if manifest is None or manifest.position < self._head.position:
            partitions = [] if manifest is None else self._purged(manifest.partitions)
            for rows in self._unwritten():
                partitions = self._added(partitions, rows)
            manifest = self._manifest(partitions)
            self._commit(manifest)
        self._remove_all_but(manifest)
        new = manifest.position - self._after
        return Written(manifest.position, new, self._files, self._replaced)

    # -- what was erased -------------------------------------------------------------------

    def _purged(self, partitions: Sequence[Partition]) -> list[Partition]:
        """The partitions without the content that was erased since they were written."""
        gone = erased_since(self._connection, self._reader, self._after, self._head.position)
        purged = list(partitions)
        for at, positions in by_partition(gone, partitions).items():
            kept = [self._without(at, segment, positions) for segment in partitions[at].segments]
            purged[at] = Partition(partitions[at].first, tuple(kept))
        return purged

    def _without(self, partition: int, segment: Segment, positions: Sequence[int]) -> Segment:
        there = [position for position in positions if segment.first <= position <= segment.last]
        table = parquet.without(load(self._place, segment), there) if there else None
        if table is None:
            return segment
        self._replaced += 1
        file, sha256 = self._written(partition, parquet.dump(table))
        return msgspec.structs.replace(segment, file=file, sha256=sha256)

    # -- what is new -----------------------------------------------------------------------

    def _unwritten(self) -> Iterable[Iterable[Row]]:
        """The new events, in runs that are in the order of stories."""
        after, until = self._after, self._head.position
        if (until - after) * _MANY >= until:
            return [stored.by_story(self._connection, after, until)]
        return stored.blocks(self._connection, after, until, BLOCK)

    def _added(self, partitions: list[Partition], rows: Iterable[Row]) -> list[Partition]:
        """The partitions with one more segment in each that has some of the rows."""
        added = list(partitions)
        for at, group in groupby(places.placed(rows, partitions, places.FULL), key=itemgetter(0)):
            first, segment = self._segment(at, group)
            if at < len(added):
                added[at] = Partition(first, (*added[at].segments, segment))
            else:
                added.append(Partition(first, (segment,)))
        return added

    def _segment(
        self, partition: int, streams: Iterable[tuple[int, UUID, list[Row]]]
    ) -> tuple[UUID, Segment]:
        """The first story id of the partition, and a new segment of these stories."""
        writer, pending = parquet.Writer(), list[Row]()
        events, low, high, stories = 0, 2**63, 0, list[UUID]()
        for _, first, stream in streams:  # noqa: B007 - it is the same for all
            stories = [*stories[:1], UUID(bytes=stream[0][2])]
            pending += stream
            low, high = min(low, stream[0][0]), max(high, stream[-1][0])
            if len(pending) >= parquet.GROUP:
                events += self._flush(writer, pending)
        events += self._flush(writer, pending)
        file, sha256 = self._written(partition, writer.finish())
        self._files += 1
        return first, Segment(file, sha256, events, low, high, (stories[0], stories[-1]))

    def _flush(self, writer: parquet.Writer, pending: list[Row]) -> int:
        if not pending:
            return 0
        writer.add(parquet.table_of(pending))
        number = len(pending)
        self._done += number
        self._progress(self._done, self._head.position - self._after)
        pending.clear()
        return number

    # -- files -----------------------------------------------------------------------------

    def _written(self, partition: int, content: bytes) -> tuple[str, str]:
        sha256 = hashlib.sha256(content).hexdigest()
        name = file_name(self._number, partition, sha256)
        self._place.write(name, content)
        return name, sha256

    def _manifest(self, partitions: Sequence[Partition]) -> Manifest:
        held = sum(partition.events for partition in partitions)
        if held != self._head.position:
            raise LogGap(held + 1, self._head.position)
        return Manifest(
            self._head.archive,
            self._number,
            self._head.position,
            self._head.root.hex(),
            tuple(partitions),
        )

    def _commit(self, manifest: Manifest) -> None:
        name = manifest_name(manifest.number)
        try:
            self._place.create(name, manifest.encode())
        except FileExistsError:
            raise self._overtaken() from None
        if max(numbers(self._place.names())) != manifest.number:
            # Others wrote this number and the next one, and removed this one.
            self._place.delete(name)
            raise self._overtaken()

    def _overtaken(self) -> DatelineError:
        return DatelineError(
            f"another export wrote segments to {self._place.path} meanwhile; this one wrote none",
            hint="run it again if there is something new",
            code="segments-overtaken",
        )

    def _remove_all_but(self, manifest: Manifest) -> None:
        """Remove what no manifest names any more: replaced files, those of killed runs, and older
        manifests. A run that goes on now writes files of a higher number."""
        kept = {segment.file for segment in manifest.segments()}
        for name in self._place.names():
            old = is_segment(name) and int(name[:8]) <= manifest.number and name not in kept
            if old or any(number < manifest.number for number in numbers([name])):
                self._place.delete(name)
