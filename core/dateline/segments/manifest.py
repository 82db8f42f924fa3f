"""The manifest of a folder of segments: which files it consists of, and where in the log it was cut. Pure."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from dateline.errors import DatelineError

FORMAT = 1
#: A name that leads nowhere else, because a manifest may come from a stranger.
_FILE = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{16}\.parquet")
_AGAIN = "export the segments to a new folder"


class Segment(msgspec.Struct, frozen=True):
    """One Parquet file. ``first`` and ``last`` are its lowest and highest position, ``stories`` its lowest
    and highest story id. ``sha256`` is the hash of its bytes, in hex."""

    file: str
    sha256: str
    events: int
    first: int
    last: int
    stories: tuple[UUID, UUID]


class Partition(msgspec.Struct, frozen=True):
    """The stories whose ids are at least ``first`` and less than that of the next partition. The
    segments are in the order in which they were written."""

    first: UUID
    segments: tuple[Segment, ...]

    @property
    def events(self) -> int:
        return sum(segment.events for segment in self.segments)

    @property
    def last_story(self) -> UUID:
        return max(segment.stories[1] for segment in self.segments)


class Manifest(msgspec.Struct, frozen=True):
    """Everything that a folder holds: the events up to ``position``, where the log has the root ``root``.

    ``number`` counts the runs that wrote something. ``sha256`` is the hash of the manifest without it.
    """

    archive: UUID
    number: int
    position: int
    root: str
    partitions: tuple[Partition, ...]
    format: int = FORMAT
    sha256: str = ""

    def segments(self) -> Iterator[Segment]:
        for partition in self.partitions:
            yield from partition.segments

    def encode(self) -> bytes:
        """Canonical JSON with the digest: equal manifests give equal bytes."""
        return msgspec.json.format(msgspec.json.encode(self._sealed()), indent=1) + b"\n"

    def _sealed(self) -> Manifest:
        plain = msgspec.structs.replace(self, sha256="")
        return msgspec.structs.replace(self, sha256=hashlib.sha256(_bytes(plain)).hexdigest())


def partition_of(partitions: Sequence[Partition], story: UUID) -> int:
    """The index of the partition of a story, whether or not it holds the story yet."""
    return bisect_right(partitions, story, key=lambda partition: partition.first) - 1


def file_name(number: int, partition: int, sha256: str) -> str:
    """The name of a segment: the run and the partition that it was written in, and its hash. Two runs at
    once give one name to equal bytes only."""
    return f"{number:08}-{partition:06}-{sha256[:16]}.parquet"


def is_segment(name: str) -> bool:
    return _FILE.fullmatch(name) is not None


def decode(content: bytes, where: str) -> Manifest:
    """The manifest in `content`. Raises DatelineError if it is not as a run wrote it."""
    try:
        found = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # ValueError: not UTF-8
        raise _changed(where, f"it cannot be read ({error})") from None
    if found.format != FORMAT:
        raise DatelineError(
            f"{where} has format {found.format}; this Dateline reads format {FORMAT}",
            hint="install a newer Dateline, or export the segments again",
            code="segments-format",
        )
    if found.encode() != content:
        raise _changed(where, "it does not match its own hash")
    if not all(is_segment(segment.file) for segment in found.segments()):
        raise _changed(where, "it names files that are no segments")
    held = sum(segment.events for segment in found.segments())
    if held != found.position:
        raise _changed(where, f"its segments hold {held} events and not {found.position}")
    return found


def _bytes(manifest: Manifest) -> bytes:
    return msgspec.json.encode(manifest)


def _changed(where: str, why: str) -> DatelineError:
    return DatelineError(f"{where} was changed: {why}", hint=_AGAIN, code="segment-changed")


def missing(where: str) -> DatelineError:
    return DatelineError(
        f"the segment {where} is missing",
        hint=f"if an export is running, read again when it is done; if not, {_AGAIN}",
        code="segment-missing",
    )


def changed(where: str, why: str) -> DatelineError:
    """The error for a segment that is not what its manifest says."""
    return DatelineError(
        f"the segment {where} was changed: {why}", hint=_AGAIN, code="segment-changed"
    )
