"""Bases of every payload: what an event says happened."""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec

from dateline.events.parts import (
    Evidence,
    Factuality,
    Part,
    PlaceRef,
    Quantity,
    Step,
    Times,
)

#: What the archive numbers facts as.
FACT = re.compile(r"f[1-9][0-9]{0,8}")


class Payload(Part, frozen=True):
    """The data of one event. ``type`` and ``schema_version`` name its shape."""

    type: ClassVar[str] = ""
    schema_version: ClassVar[int] = 1


class FactPayload(Payload, frozen=True, kw_only=True):
    """What every fact carries. ``fact`` is empty until the archive numbers it."""

    fact: str = ""
    text: str
    source: str
    evidence: tuple[Evidence, ...]
    attribution: tuple[Step, ...] = ()
    factuality: tuple[Factuality, ...] = ()
    times: Times = msgspec.field(default_factory=Times)
    places: tuple[PlaceRef, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    about: str | None = None
    derived_from: tuple[str, ...] = ()
    note: str | None = None


class FactNotice(Payload, frozen=True, kw_only=True):
    """An editorial event about one fact that stands already."""

    fact: str


class Raw(msgspec.Struct, frozen=True):
    """Data of a type or schema version this Dateline does not know: kept, never dropped."""

    fields: dict[str, object]

    @property
    def fact(self) -> str | None:
        """The number of the fact it records, if it has what every fact has."""
        return self.about if {"text", "source", "evidence"} <= self.fields.keys() else None

    @property
    def about(self) -> str | None:
        """The number of the fact it records, or is a notice of."""
        fact = self.fields.get("fact")
        return fact if isinstance(fact, str) and FACT.fullmatch(fact) else None


class Erased(msgspec.Struct, frozen=True):
    """Stands where data was erased. The event's place and hash remain."""


class Sealed(msgspec.Struct, frozen=True):
    """Stands where protected data cannot be read for want of their key. Nothing folds over it.

    ``lost`` is the id of the key where it is known that it will not come back."""

    lost: str | None = None
