"""The pieces facts are made of. Field names are those of the import format."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

EvidenceRole = Literal[
    "content", "source", "cue", "quote", "relay", "relay_cue", "time", "place",
    "figure", "hedge", "channel", "name", "mention",
]  # fmt: skip
StepRole = Literal["origin", "relay", "publisher"]
#: FactBank (LDC2009T23): certain, probable, possible, underspecified; + - u.
FactualityValue = Literal["CT+", "PR+", "PS+", "CT-", "PR-", "PS-", "CTu", "PRu", "PSu", "Uu"]
Resolution = Literal["explicit", "deictic", "event", "recurrent", "inferred", "external"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Base of every piece: immutable, and an unknown field is an error (dropping it loses data).

    Not tracked by the garbage collector: what is read from JSON refers to nothing above itself, and
    an archive holds so many pieces that looking through them took half the time of a replay.
    """


class Evidence(Part, frozen=True, kw_only=True):
    """Where it is written: W3C Web Annotation position and quote selectors together.

    ``start`` and ``end`` count Unicode code points of the source's text, half open. In authored
    input they may be left out when ``exact`` occurs once in the source.
    """

    role: EvidenceRole
    exact: str
    start: int | None = None
    end: int | None = None
    prefix: str | None = None
    suffix: str | None = None


class Channel(Part, frozen=True, kw_only=True):
    medium: str | None = None
    platform: str | None = None
    public: bool | None = None


class Step(Part, frozen=True, kw_only=True):
    """One link of an attribution chain, which runs from origin over relays to the publisher."""

    agent: str
    role: StepRole
    act: str | None = None
    channel: Channel | None = None
    inferred: bool = False


class Factuality(Part, frozen=True, kw_only=True):
    by: str
    value: FactualityValue


class Time(Part, frozen=True, kw_only=True):
    """A moment or span in EDTF (ISO 8601-2), with how the text gave it."""

    edtf: str
    expression: str | None = None
    resolution: Resolution | None = None
    anchor: str | None = None
    relative_to: str | None = None
    recurrence: str | None = None
    note: str | None = None


class Times(Part, frozen=True, kw_only=True):
    """Clocks inside a fact: when it was said, when it held, what it is compared with."""

    said: Time | None = None
    valid: Time | None = None
    baseline: Time | None = None


class PlaceRef(Part, frozen=True, kw_only=True):
    place: str
    role: str


class Quantity(Part, frozen=True, kw_only=True):
    """A number as given: a value, or bounds without one. Precision is never invented."""

    measure: str
    unit: str | None = None
    value: int | float | None = None
    lower: int | float | None = None
    upper: int | float | None = None
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    of: int | float | None = None
    ordinal: int | None = None
    approximate: bool = False
    verbatim: str


class Actor(Part, frozen=True, kw_only=True):
    agent: str
    role: str
    inferred: bool = False


class Credit(Part, frozen=True, kw_only=True):
    agent: str
    role: str


class Change(Part, frozen=True, kw_only=True):
    """One changed value: ``path`` is a JSON Pointer (RFC 6901); null stands for "not there"."""

    path: str
    was: Any = None
    now: Any = None


class ErasedEvent(Part, frozen=True, kw_only=True):
    """One event whose content is gone: what its envelope says anyway, and the number of its fact,
    which is never given to another."""

    event_id: UUID
    type: str
    fact: str | None = None
