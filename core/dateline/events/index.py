"""What events bring, and an index of the facts that refer to an entity or a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from dateline.events.entity import EntityIntroduced
from dateline.events.fact import OccurrenceRecorded, RoleRecorded, StatementRecorded, StateRecorded
from dateline.events.payload import FactPayload, Raw
from dateline.events.source import SourceCaptured


class Index:
    """Ids of facts by every entity and source that they refer to, or referred to before a correction."""

    def __init__(self) -> None:
        self._by: dict[str, dict[str, None]] = {}

    def add(self, fact: str, names: Iterable[str]) -> None:
        for name in names:
            self._by.setdefault(name, {})[fact] = None

    def of(self, name: str) -> Iterable[str]:
        return self._by.get(name, ())


def refers_to(data: FactPayload) -> tuple[str, ...]:
    """Entities that a fact's rows may show."""
    names = [step.agent for step in data.attribution]
    if data.places:
        names += [place.place for place in data.places]
    references = _REFERENCES.get(type(data))
    if references is not None:
        names += references(data)
    return tuple(names)


def _of_state(data: StateRecorded) -> list[str]:
    return [data.subject, data.object]


def _of_role(data: RoleRecorded) -> list[str]:
    return [name for name in (data.person, data.organization, data.appointed_by) if name]


_REFERENCES: dict[type[FactPayload], Callable[[Any], list[str]]] = {
    StatementRecorded: lambda data: [*data.speakers, *data.addressees],
    OccurrenceRecorded: lambda data: [actor.agent for actor in data.actors],
    StateRecorded: _of_state,
    RoleRecorded: _of_role,
}


_IDS = re.compile(
    rb'"(f[1-9][0-9]{0,8}|(?:group|org|person|place):[^"]+|sha256:[0-9a-f]{64}(?:\.[0-9]{1,9})?)"'
)


def named(data: bytes) -> set[str]:
    """Every text in JSON `data` that has the form of an id of a fact, entity or source."""
    return {name.decode() for name in _IDS.findall(data)}


def brings(data: object) -> str | None:
    """The id of the fact, entity or source that an event brings, which other events may name."""
    if isinstance(data, FactPayload | Raw):
        return data.fact or None
    if isinstance(data, EntityIntroduced):
        return data.entity
    return data.source if isinstance(data, SourceCaptured) else None
