"""Turns a type, a schema version and data into a typed payload; old shapes are upcast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from types import MappingProxyType

import msgspec

from dateline.errors import DatelineError
from dateline.events import editorial, entity, fact, source, story
from dateline.events.frozen import thawed
from dateline.events.payload import FactPayload, Payload, Raw

Fields = dict[str, object]
#: Turns the data of one schema version into the next: a pure function from dict to dict.
Upcaster = Callable[[Fields], Fields]


def unchanged(fields: Fields) -> Fields:
    """The fields stay the same. The next version only adds optional fields or values, so its shape reads
    both."""
    return fields


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event. ``upcasters[n]`` turns data of schema version n into n + 1."""

    payload: type[Payload]
    upcasters: Mapping[int, Upcaster] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        return self.payload.type

    @property
    def version(self) -> int:
        return self.payload.schema_version


_UPCASTERS: Mapping[type[Payload], Mapping[int, Upcaster]] = {
    entity.EntityIntroduced: {1: entity.from_v1},
    # Version 2 added ``read_as``, version 3 ``container``.
    source.SourceCaptured: {1: unchanged, 2: unchanged},
    editorial.ContentErased: {
        1: unchanged
    },  # version 2 added ``events``; no command wrote version 1
    editorial.FactReviewed: {1: unchanged},  # version 2 added a verdict
}
CORE: tuple[EventType, ...] = tuple(
    EventType(payload, _UPCASTERS.get(payload, {}))
    for payload in (
        story.StoryOpened, story.StoryRetitled, story.StoryClosed, source.SourceCaptured,
        source.SourceWithdrawn, source.SourceAmended, entity.EntityIntroduced, entity.EntityAmended,
        entity.EntityMerged, fact.StatementRecorded,
        fact.OccurrenceRecorded, fact.FigureRecorded, fact.StateRecorded, fact.RoleRecorded,
        fact.AssessmentRecorded, editorial.FactsLinked, editorial.EvidenceAdded,
        editorial.FactCorrected, editorial.FactRetracted, editorial.FactDisputed,
        editorial.FactReviewed, editorial.EventRevoked, editorial.ContentErased,
    )
)  # fmt: skip
CORE_NAMES = frozenset(event_type.name for event_type in CORE)


class Registry:
    """The known event types: those of the core and of plugins."""

    def __init__(self, extra: Iterable[EventType] = ()) -> None:
        self._types: dict[str, EventType] = {}
        # The payload of each type by the versions whose data have its shape.
        self._shapes: dict[tuple[str, int], type[Payload]] = {}
        #: The event types of plugins.
        self.extra = tuple(extra)
        for event_type in (*CORE, *self.extra):
            self._add(event_type)

    def _add(self, event_type: EventType) -> None:
        if event_type.name in self._types:
            raise DatelineError(
                f"the event type {event_type.name} is registered twice", code="event-type-taken"
            )
        missing = set(range(1, event_type.version)) - set(event_type.upcasters)
        if missing:
            raise DatelineError(
                f"the event type {event_type.name} is at version {event_type.version} "
                f"without an upcaster from version {min(missing)}",
                code="upcaster-missing",
            )
        self._types[event_type.name] = event_type
        version = event_type.version
        self._shapes[event_type.name, version] = event_type.payload
        while event_type.upcasters.get(version := version - 1) is unchanged:
            self._shapes[event_type.name, version] = event_type.payload

    def __iter__(self) -> Iterator[EventType]:
        return iter(self._types.values())

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def get(self, name: str) -> EventType | None:
        return self._types.get(name)

    def shape(self, name: str, schema_version: int) -> type:
        """The payload type if data of this schema version have its shape; else raw JSON, which `decode`
        reads."""
        return self._shapes.get((name, schema_version), msgspec.Raw)

    def records_facts(self, name: str) -> bool:
        """Whether events of that type record facts, each with an id. For an unknown type its name
        decides."""
        known = self._types.get(name)
        return (
            name.endswith(".recorded") if known is None else issubclass(known.payload, FactPayload)
        )

    def decode(self, name: str, schema_version: int, data: bytes | msgspec.Raw) -> Payload | Raw:
        """The payload in its newest shape; `Raw` for an unknown type or a newer version.

        Raises msgspec.ValidationError if the data do not have the shape that they claim.
        """
        shape = self.shape(name, schema_version)
        if shape is not msgspec.Raw:
            return msgspec.json.decode(data, type=shape)
        return self._upcast(name, schema_version, msgspec.json.decode(data, type=Fields))

    def convert(self, name: str, schema_version: int, fields: Fields) -> Payload | Raw:
        """Like `decode`, but from a plain dict. Upcasters get a copy of it."""
        shape = self.shape(name, schema_version)
        if shape is not msgspec.Raw:
            return msgspec.convert(fields, shape)
        event_type = self._types.get(name)
        old = event_type is not None and schema_version < event_type.version
        return self._upcast(name, schema_version, deepcopy(fields) if old else fields)

    def _upcast(self, name: str, schema_version: int, fields: Fields) -> Payload | Raw:
        event_type = self._types.get(name)
        if event_type is None or schema_version > event_type.version:
            return Raw(fields)
        for version in range(schema_version, event_type.version):
            fields = event_type.upcasters[version](dict(fields))
        return msgspec.convert(fields, event_type.payload)


def to_fields(payload: Payload | Raw) -> Fields:
    """A payload as plain JSON values, without defaults."""
    if isinstance(payload, Raw):
        return dict(payload.fields)
    fields = msgspec.to_builtins(thawed(payload), str_keys=True)
    assert isinstance(fields, dict)
    return fields
