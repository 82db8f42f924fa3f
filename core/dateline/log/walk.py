"""Walks through a log as it is stored and finds what differs from what was recorded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from dateline.log import hashing
from dateline.log.content import Content, Malformed, Plain, load

#: The values of a row of ``events``, in the order of its columns.
Row = Sequence[Any]
#: A story's version, leaf and recorded_us, as in its row of ``stories``.
Last = tuple[int, bytes, int]
#: Stands for the event before the first one of a story.
NONE: Last = (0, b"", 0)


class Fault(msgspec.Struct, frozen=True):
    """The rule of docs/format.md that a row breaks, and a clause about the event that says how."""

    rule: str
    reason: str


UNMATCHED = Fault("V5", "its content does not match its commitment")
_NO_HASH = Fault("V1", "its leaf is not a hash")
_TYPES = Fault("V1", "its row holds values of the wrong type")
_ALTERED = Fault("V1", "its envelope, or the event before it in its story, does not match its hash")
_PLAIN = Fault("V5", "it is protected, but stored in plain text")


class Step(msgspec.Struct, frozen=True):
    """One row, with its content and everything that is wrong with it; its values may be of any type."""

    position: int
    event_key: Any
    story: Any
    type: Any
    subject_key: Any
    body: Any
    commitment: Any
    content: Content
    faults: list[Fault]


class Walk:
    """The Merkle tree of the events so far, and the last event of each story.

    Stories may be taken out of `stories`: `before(position, story, version)` then looks up the last event.
    """

    def __init__(
        self,
        archive: UUID,
        frontier: hashing.Frontier,
        stories: dict[Any, Last],
        before: Callable[[int, bytes, int], Last] = lambda *_: NONE,
    ) -> None:
        self.frontier, self.stories = frontier, stories
        self._archive, self._before = str(archive), before

    def take(self, row: Row) -> Step:
        """Go on to the next event."""
        position, event_key, story, version, type_, _, recorded, _, subject_key, *stored, leaf = row
        salt, body, commitment = stored
        faults = []
        if not isinstance(leaf, bytes) or len(leaf) != hashing.HASH_BYTES:
            faults.append(_NO_HASH)
            leaf = bytes(hashing.HASH_BYTES)
        self.frontier.append(leaf)
        if isinstance(story, bytes) and type(version) is int:
            last, prev, _ = self.stories.get(story) or self._before(position, story, version)
            if version != last + 1:
                reason = f"it is version {version} of its story, after version {last}"
                faults.append(Fault("V3", reason))
            elif not self._hashes_to(leaf, row, prev):
                faults.append(_ALTERED)
        else:
            faults.append(_TYPES)
            version = self.stories.get(story, NONE)[0] + 1
        self.stories[story] = (version, leaf, recorded)
        content = load(subject_key, salt, body)
        if isinstance(content, Malformed):
            faults.append(Fault("V5", content.reason))
        elif isinstance(content, Plain):
            if subject_key is not None:
                faults.append(_PLAIN)
            if not content.matches(commitment):
                faults.append(UNMATCHED)
        return Step(
            position, event_key, story, type_, subject_key, body, commitment, content, faults
        )

    def _hashes_to(self, leaf: bytes, row: Row, prev: bytes) -> bool:
        try:
            return hashing.leaf(hashing.stored_entry(self._archive, row, prev)) == leaf
        except (TypeError, ValueError, OverflowError, AttributeError):
            return False
