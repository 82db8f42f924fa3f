"""Generations of views. Each has a table of rows of its own; readers see at most one for each view."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

#: Views of Dateline's own: kept and verified like the others, and not offered to readers.
KERNEL = frozenset({
    "dateline_about", "dateline_entity_counts", "dateline_mentions", "dateline_search_entities",
    "dateline_search_facts", "dateline_search_sources", "dateline_stories",
})  # fmt: skip
#: What stands for the plugin of each.
OWNERS = dict.fromkeys(KERNEL, "dateline")
#: A ``failed`` generation whose target is None is served with the rows that it had; one with a target
#: is an unfinished build.
State = Literal["building", "live", "failed", "retired"]


class Build(msgspec.Struct, frozen=True, rename={"position": "checkpoint"}):
    """One generation of one view: a row of the table `views`.

    `position` is that of the last event folded. During a build, `target` is the position to fold to
    and `cursor` the last story done. `pending` holds the ids, 16 bytes each, of stories whose rows an
    erasure deleted; the next catch-up folds them first.
    """

    name: str
    generation: int
    state: State
    position: int
    version: int
    fingerprint: str
    plugin: str
    failed_position: int | None = None
    error: str | None = None
    target: int | None = None
    cursor: bytes | None = None
    pending: bytes | None = None

    @property
    def pending_stories(self) -> list[UUID]:
        ids = self.pending or b""
        return [UUID(bytes=ids[at : at + 16]) for at in range(0, len(ids), 16)]

    @property
    def table(self) -> str:
        return f"{self.name}__g{self.generation}"

    @property
    def serves(self) -> bool:
        """Whether readers see it: it is live, or was live until its fold raised."""
        return self.state in ("live", "failed") and not self.unfinished

    @property
    def kernel(self) -> bool:
        """Whether it is a view of Dateline's own."""
        return self.name in KERNEL

    @property
    def shown(self) -> bool:
        """Whether it has an SQL view for readers outside Dateline."""
        return self.serves and not self.kernel

    @property
    def unfinished(self) -> bool:
        """Whether it is still being built; readers do not see it."""
        return self.target is not None
