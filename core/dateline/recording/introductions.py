"""``ID=Label``, which introduces an entity along with the fact or source that names it."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.events.state import StoryState
from dateline.recording.line import Line
from dateline.recording.naming import KINDS

#: Never protected with what names them, since facts about others may name them too.
_SHARED = ("organization", "place")


def introductions(names: Iterable[str], state: StoryState) -> list[Line]:
    """Lines that introduce those of `names` that are written ``ID=Label`` and not in `state` yet."""
    lines: dict[str, Line] = {}
    for name in names:
        entity, given, label = name.partition("=")
        if given and entity not in state.entities:
            kind = KINDS.get(entity.partition(":")[0], "organization")
            fields = {"type": "entity.introduced", "entity": entity, "kind": kind, "label": label}
            lines[entity] = Line(fields, shared=kind in _SHARED, on_the_way=True)
    return list(lines.values())
