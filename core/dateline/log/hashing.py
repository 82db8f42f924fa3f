"""The hashes of format v1 (docs/format.md). Pure; changing a byte here breaks every archive.

``commitment = SHA-256(salt ‖ body)``, ``leaf = SHA-256(0x00 ‖ entry)``, and the leaves by position
form one RFC 6962 Merkle tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

import msgspec

from dateline.events.clock import to_iso

DOMAIN = "dateline/event/v1"
SALT_BYTES = 32
HASH_BYTES = 32
#: Root of the tree without leaves (RFC 6962 §2.1).
EMPTY_ROOT = hashlib.sha256().digest()
#: Only the tree's nodes at heights 8, 16, 24 ... are stored, as levels 1, 2, 3 ...
STRIDE = 8
#: Level, number among the nodes of that level (from 0), and hash.
Node = tuple[int, int, bytes]

_encode = msgspec.json.Encoder().encode
#: A time in the form that is hashed. Consecutive events often share a time or a story.
stamp = lru_cache(4096)(to_iso)


def _id(key: bytes) -> UUID:
    if type(key) is not bytes:
        raise TypeError("an id must be bytes")
    return UUID(bytes=key)


@lru_cache(4096)
def _story(key: bytes) -> str:
    return str(_id(key))


def commitment(salt: bytes, body: bytes) -> bytes:
    return hashlib.sha256(salt + body).digest()


class _Entry(msgspec.Struct, frozen=True, gc=False):
    """The envelope of an event, with its fields in the order of their names."""

    archive: UUID | str
    commitment: str
    domain: str
    event_id: UUID
    prev: str
    recorded_at: str
    reported_at: str | msgspec.UnsetType
    schema_version: int
    story: UUID | str
    subject_key: str | msgspec.UnsetType
    type: str
    version: int


def entry(
    *,
    archive: UUID | str,
    story: UUID | str,
    version: int,
    event_id: UUID,
    type: str,
    schema_version: int,
    recorded_at: str,
    reported_at: str | None,
    subject_key: str | None,
    prev: bytes,
    commitment: bytes,
) -> bytes:
    """The envelope as canonical JSON: equal to RFC 8785 for this shape of strings and integers.

    Times are RFC 3339 in UTC with six digits.
    """
    return _encode(
        _Entry(
            archive,
            commitment.hex(),
            DOMAIN,
            event_id,
            prev.hex(),
            recorded_at,
            msgspec.UNSET if reported_at is None else reported_at,
            schema_version,
            story,
            msgspec.UNSET if subject_key is None else subject_key,
            type,
            version,
        )
    )


def stored_entry(archive: UUID | str, row: Sequence[Any], prev: bytes) -> bytes:
    """The entry of a row of ``events``, with its columns in the order of the table.

    Raises TypeError, ValueError, OverflowError or AttributeError for values of a wrong type.
    """
    event_id, story, version, type_, schema_version, recorded, reported, subject_key = row[1:9]
    # SQLite can hold a fraction in an integer column, and the text of a time would omit it.
    if not (type(version) is type(schema_version) is type(recorded) is int):
        raise TypeError("numbers must be integers")
    if reported is not None and type(reported) is not int:
        raise TypeError("times must be integers")
    if type(type_) is not str:
        raise TypeError("a type must be text")
    return entry(
        archive=archive,
        story=_story(story),
        version=version,
        event_id=_id(event_id),
        type=type_,
        schema_version=schema_version,
        recorded_at=stamp(recorded),
        reported_at=None if reported is None else stamp(reported),
        subject_key=subject_key,
        prev=prev,
        commitment=row[11],
    )


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The growing edge of a Merkle tree: the roots of its complete subtrees, largest first.

    They suffice to append leaves and compute the root in O(log n) time and space (RFC 6962 §2.1).
    ``complete`` collects the nodes to store until `take_complete` is called.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"{len(peaks)} peaks do not make a tree of {size} leaves")
        self.size = size
        self.peaks = list(peaks)
        self.complete: list[Node] = []

    @classmethod
    def from_bytes(cls, size: int, raw: bytes) -> Self:
        if len(raw) % HASH_BYTES:
            raise ValueError(f"{len(raw)} bytes are not a whole number of hashes")
        return cls(size, [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)])

    def to_bytes(self) -> bytes:
        return b"".join(self.peaks)

    def append(self, leaf: bytes) -> None:
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        peaks = self.peaks
        for carry in leaves:
            size, height = self.size, 0
            while size & 1:
                carry = node(peaks.pop(), carry)
                size >>= 1
                height += 1
                if not height % STRIDE:
                    self.complete.append((height // STRIDE, size, carry))
            peaks.append(carry)
            self.size += 1

    def take_complete(self) -> list[Node]:
        """The nodes completed since the last call."""
        taken, self.complete = self.complete, []
        return taken

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node(peak, root)
        return root
