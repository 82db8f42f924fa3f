"""A fact's payload with a correction applied. Pure."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from dateline.events import pointer
from dateline.events.editorial import FactCorrected
from dateline.events.frozen import frozen
from dateline.events.payload import FactPayload
from dateline.events.registry import Registry, to_fields
from dateline.events.state import Fact


def corrected(
    registry: Registry, fact: Fact, notice: FactCorrected
) -> tuple[FactPayload, tuple[int, dict[str, object]] | None]:
    """The fact's payload with the changes made, and its older shape if the changes refer to that.

    Raises ValueError if a path leads nowhere, and msgspec.ValidationError if the result is not a
    valid payload.
    """
    current = registry.get(fact.type)
    if fact.older is not None and notice.shape == fact.older[0]:
        fields = _changed(fact.older[1], notice)
        upcast = registry.convert(fact.type, fact.older[0], fields)
        assert isinstance(upcast, FactPayload)
        return frozen(upcast), (fact.older[0], frozen(fields))
    payload = type(fact.data) if current is None else current.payload
    result = msgspec.convert(_changed(to_fields(fact.data), notice), payload)
    assert isinstance(result, FactPayload)
    return frozen(result), None


def _changed(fields: dict[str, object], notice: FactCorrected) -> dict[str, object]:
    changed = msgspec.json.decode(msgspec.json.encode(fields), type=dict[str, Any])
    for change in notice.changes:
        pointer.put(changed, change.path, copy.deepcopy(change.now))
    return changed
