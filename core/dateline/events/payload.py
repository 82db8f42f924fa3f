"""Base classes of payloads, and what is read where there is no known payload."""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple

import msgspec

from dateline.errors import stops_plugin
from dateline.events.parts import Evidence, Factuality, Part, PlaceRef, Quantity, Step, Times

#: The form of a fact's id.
FACT = re.compile(r"f[1-9][0-9]{0,8}")


class Payload(Part, frozen=True):
    """The data of one event. ``type`` and ``schema_version`` name its shape."""

    type: ClassVar[str] = ""
    schema_version: ClassVar[int] = 1


class FactPayload(Payload, frozen=True, kw_only=True):
    """The fields that every fact has. ``fact`` is its id; it is empty until the archive numbers the fact."""

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


class Wording(NamedTuple):
    """What an editor did, such as ``retracted``; by whom, an entity's id or a name; and why."""

    what: str
    who: str | None = None
    why: str | None = None


class FactNotice(Payload, frozen=True, kw_only=True):
    """An editorial event about one recorded fact. A type whose ``wording`` is not None is listed with
    the fact's history and in exports."""

    fact: str

    @property
    def wording(self) -> Wording | None:
        return None


def worded(data: object) -> Wording | None:
    """The wording of an event's data; None if it states none. What a plugin's type raises stops
    nothing."""
    try:
        found = getattr(data, "wording", None)
    except BaseException as error:  # noqa: BLE001 - a plugin's payload may run code
        stops_plugin(error)
        return None
    valid = isinstance(found, Wording) and all(isinstance(part, str | None) for part in found)
    return found if valid else None


class Raw(msgspec.Struct, frozen=True):
    """Data of an event type or schema version that is unknown here: kept, never dropped."""

    fields: dict[str, object]

    @property
    def fact(self) -> str | None:
        """The id of the fact that it records, if it has the fields that every fact has."""
        return self.about if {"text", "source", "evidence"} <= self.fields.keys() else None

    @property
    def about(self) -> str | None:
        """The id of the fact that it records or is a notice about."""
        fact = self.fields.get("fact")
        return fact if isinstance(fact, str) and FACT.fullmatch(fact) else None


class Erased(msgspec.Struct, frozen=True):
    """Replaces data that was erased. The event's place and hash remain."""


class Sealed(msgspec.Struct, frozen=True):
    """Replaces protected data whose key is not at hand. Nothing is folded over it.

    ``lost_key`` is the id of the key if it is known to be lost for good."""

    lost_key: str | None = None
