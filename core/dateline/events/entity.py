"""Who and what the facts speak of."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from dateline.events.payload import Payload


class EntityIntroduced(Payload, frozen=True, kw_only=True):
    """A person, organisation, place or group, as this story knows it.

    ``entity`` starts with ``person:``, ``org:``, ``place:`` or ``group:``. ``identifiers`` are names
    in other registers: ``wikidata``, ``geonames``, ``iso3166``, ``iso3166-2`` ... ``part_of`` is the
    entity it belongs to; schema version 1 kept it among the identifiers.
    ``lat`` and ``lon`` are WGS 84 degrees, with ``precision`` saying how far they may be trusted.
    """

    type: ClassVar[str] = "entity.introduced"
    schema_version: ClassVar[int] = 2
    entity: str
    kind: Literal["person", "organization", "place", "group"]
    label: str
    names: tuple[str, ...] = ()
    identifiers: dict[str, str | int] = msgspec.field(default_factory=dict)
    part_of: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: Literal["exact", "settlement", "admin2", "admin1", "country"] | None = None
    note: str | None = None


def from_v1(fields: dict[str, object]) -> dict[str, object]:
    """Version 1 to 2: what an entity is part of is no name in a register."""
    identifiers = fields.get("identifiers")
    if not isinstance(identifiers, dict) or "part_of" not in identifiers:
        return fields
    rest = {key: value for key, value in identifiers.items() if key != "part_of"}
    moved = {key: value for key, value in fields.items() if key != "identifiers"}
    moved.setdefault("part_of", identifiers["part_of"])
    return {**moved, "identifiers": rest} if rest else moved
