"""The people, organisations, places and groups that facts refer to."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from dateline.events.payload import Payload


class EntityIntroduced(Payload, frozen=True, kw_only=True):
    """A person, organisation, place or group is introduced in this story.

    ``entity`` starts with ``person:``, ``org:``, ``place:`` or ``group:``. ``identifiers`` are its ids
    in other registers, such as ``wikidata``, ``geonames``, ``iso3166`` and ``iso3166-2``. ``part_of``
    is the entity that it belongs to; schema version 1 kept it among the identifiers.
    ``lat`` and ``lon`` are WGS 84 degrees; ``precision`` states how precise they are.
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
    """``part_of`` moves out of ``identifiers``, since it is not an id in a register."""
    identifiers = fields.get("identifiers")
    if not isinstance(identifiers, dict) or "part_of" not in identifiers:
        return fields
    rest = {key: value for key, value in identifiers.items() if key != "part_of"}
    moved = {key: value for key, value in fields.items() if key != "identifiers"}
    moved.setdefault("part_of", identifiers["part_of"])
    return {**moved, "identifiers": rest} if rest else moved
