"""The changes between two moments, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from dateline.views.story_changes import StoryChange

_TITLES = {
    "added": "New facts",
    "corrected": "Corrected",
    "updated": "Updated",
    "figure": "Figures that moved",
    "disputed": "Newly disputed",
    "retracted": "Retracted",
    "rejected": "Rejected",
    "erased": "Erased",
    "gone": "Not there yet",
}


def in_order(changes: Iterable[StoryChange]) -> list[StoryChange]:
    """The changes by their kind, as `change_title` names it."""
    kinds = list(_TITLES)
    return sorted(changes, key=lambda change: kinds.index(change.kind))


def change_rows(changes: Iterable[StoryChange]) -> list[dict[str, Any]]:
    """A JSON object for each change between two moments (see `dateline.Archive.diff`), by kind. ``was`` and ``now``
    are in words, ``path`` is a JSON Pointer into the fact."""
    return [msgspec.structs.asdict(change) for change in in_order(changes)]


def change_title(kind: str) -> str:
    """The heading above the changes of that kind: ``New facts`` for ``added``."""
    return _TITLES[kind]
