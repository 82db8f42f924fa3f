"""The people, organisations, places and groups that facts refer to."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from dateline.events.parts import Change
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


class EntityAmended(Payload, frozen=True, kw_only=True):
    """What was recorded about an entity was wrong, incomplete or has changed. Each path of ``changes`` is
    one of its fields, such as ``/label``, or one identifier: ``/identifiers/wikidata``."""

    type: ClassVar[str] = "entity.amended"
    entity: str
    changes: tuple[Change, ...]
    by: str | None = None
    reason: str


class EntityMerged(Payload, frozen=True, kw_only=True):
    """Two ids stand for one entity. Facts keep the id that they were recorded with; views show ``into``
    instead of ``entity``."""

    type: ClassVar[str] = "entity.merged"
    entity: str
    into: str
    by: str | None = None
    reason: str


def from_v1(fields: dict[str, object]) -> dict[str, object]:
    """``part_of`` moves out of ``identifiers``, since it is not an id in a register."""
    identifiers = fields.get("identifiers")
    if not isinstance(identifiers, dict) or "part_of" not in identifiers:
        return fields
    rest = {key: value for key, value in identifiers.items() if key != "part_of"}
    moved = {key: value for key, value in fields.items() if key != "identifiers"}
    moved.setdefault("part_of", identifiers["part_of"])
    return {**moved, "identifiers": rest} if rest else moved
