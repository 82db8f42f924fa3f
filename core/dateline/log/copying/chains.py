"""Recomputes the hashes of a log in the order of its positions. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dateline.errors import CheckFailed, Damaged
from dateline.log import hashing
from dateline.log.tables import events

COLUMNS = tuple(column.name for column in events.columns)
Row = tuple[Any, ...]
#: A story's version, leaf and recorded_us, as in its row of `stories`.
Last = tuple[int, bytes, int]


class Chains:
    """The Merkle tree of the events added so far, and the end of each story's chain.

    `where` names the database in errors. Memory grows with the number of stories, not of events.
    """

    def __init__(
        self,
        where: str,
        archive: UUID,
        frontier: hashing.Frontier | None = None,
        stories: dict[bytes, Last] | None = None,
    ) -> None:
        self.frontier = frontier or hashing.Frontier()
        self.stories = stories if stories is not None else {}
        self._where, self._archive = where, str(archive)

    @property
    def position(self) -> int:
        return self.frontier.size

    def add(self, row: Row) -> None:
        """Add the next event, with its columns in the order of `COLUMNS`.

        Raises Damaged when it is not the event that was recorded there.
        """
        (
            position,
            _,
            story,
            version,
            *_,
            recorded_us,
            _,
            subject_key,
            salt,
            body,
            committed,
            leaf,
        ) = row
        if position != self.position + 1:
            raise self._damaged(position, f"comes after {self.position}")
        before, prev, _ = self.stories.get(story, (0, b"", 0))
        if version != before + 1:
            raise self._damaged(position, f"is version {version} of its story, after {before}")
        # A protected event is stored encrypted, without a salt: only its key opens the commitment.
        sealed = subject_key is not None and salt is None
        if (salt is None) != (body is None) and not sealed:
            raise self._damaged(position, "is half erased")
        if salt is not None and subject_key is not None:
            raise self._damaged(position, "is protected, but is not stored encrypted")
        if salt is not None and not hashing.holds(committed, salt, body):
            raise self._damaged(position, "has a body that differs from the recorded one")
        if hashing.leaf(hashing.stored_entry(self._archive, row, prev)) != leaf:
            raise self._damaged(
                position, "is not the one that was recorded, or does not follow the recorded one"
            )
        self.stories[story] = (version, leaf, recorded_us)
        self.frontier.append(leaf)

    def _damaged(self, position: int, what: str) -> Damaged:
        return damaged(self._where, f"the event at position {position} {what}")


def damaged(where: str, what: str) -> Damaged:
    return CheckFailed(
        f"{where}: {what}",
        hint="something outside Dateline changed it: restore it from a backup, or copy a backup",
    )
