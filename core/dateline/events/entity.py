"""Who and what the facts speak of."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from dateline.events.payload import Payload


class EntityIntroduced(Payload, frozen=True, kw_only=True):
    """A person, organisation, place or group, as this story knows it.

    ``entity`` starts with ``person:``, ``org:``, ``place:`` or ``group:``. ``identifiers`` are names
    in other registers (``wikidata``, ``geonames``, ``iso3166``, ``iso3166-2`` ...) and ``part_of``.
    ``lat`` and ``lon`` are WGS 84 degrees, with ``precision`` saying how far they may be trusted.
    """

    type: ClassVar[str] = "entity.introduced"
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
