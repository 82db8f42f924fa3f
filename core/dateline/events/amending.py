"""Amendments of sources and entities. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from dateline.events import pointer
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.frozen import frozen
from dateline.events.parts import Change
from dateline.events.registry import to_fields
from dateline.events.source import SourceAmended, SourceCaptured

T = TypeVar("T", SourceCaptured, EntityIntroduced)
Amendment = SourceAmended | EntityAmended

#: The fields that an amendment may change, by the payload that has them.
AMENDABLE: dict[type, tuple[str, ...]] = {
    SourceCaptured: (
        "title", "publisher", "byline", "credits", "published", "place", "url", "language",
    ),
    EntityIntroduced: (
        "label", "names", "identifiers", "part_of", "lat", "lon", "precision", "note",
    ),
}  # fmt: skip


def amended(base: T, amendments: Iterable[Amendment]) -> T:
    """`base` with the changes of `amendments` made, in order.

    Raises ValueError for a path that no amendment may change, and msgspec.ValidationError if the result
    is not a valid payload.
    """
    fields = msgspec.json.decode(msgspec.json.encode(to_fields(base)), type=dict[str, Any])
    for amendment in amendments:
        for change in amendment.changes:
            require_amendable(type(base), change)
            pointer.put(fields, change.path, copy.deepcopy(change.now))
    return frozen(msgspec.convert(fields, type(base)))


def require_amendable(kind: type, change: Change) -> None:
    """Raises ValueError if the path of a change is not one that an amendment of `kind` may change."""
    name, *rest = pointer.parts(change.path)
    if name not in AMENDABLE[kind] or (rest and (name != "identifiers" or len(rest) > 1)):
        known = ", ".join(AMENDABLE[kind])
        raise ValueError(f"{change.path!r} cannot be amended: give one of {known}")


def named(data: object) -> tuple[str, ...]:
    """The ids of the entities or the source that an amendment or merge is about; none for other data."""
    if isinstance(data, SourceAmended):
        return (data.source,)
    if isinstance(data, EntityAmended):
        return (data.entity,)
    return (data.entity, data.into) if isinstance(data, EntityMerged) else ()
