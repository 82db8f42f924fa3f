"""``ID=Label`` on the command line, which introduces an entity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.events.state import StoryState

_KINDS = {"person": "person", "org": "organization", "place": "place", "group": "group"}


def introduce(names: Iterable[str], state: StoryState) -> list[dict[str, Any]]:
    """Lines that introduce those of `names` that are written ``ID=Label`` and not in `state` yet."""
    lines: dict[str, dict[str, Any]] = {}
    for name in names:
        entity, given, label = name.partition("=")
        if given and entity not in state.entities:
            kind = _KINDS.get(entity.partition(":")[0], "organization")
            lines[entity] = {
                "type": "entity.introduced",
                "entity": entity,
                "kind": kind,
                "label": label,
            }
    return list(lines.values())
