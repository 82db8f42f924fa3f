"""The parts of payloads. The field names are those of the import format."""

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
    """Base of every part: immutable. An unknown field is an error, since dropping it would lose data.

    Parts are not tracked by the garbage collector: values read from JSON have no reference cycles, and
    an archive holds so many parts that scanning them took half the time of a replay.
    """


class Evidence(Part, frozen=True, kw_only=True):
    """The words of the source that a fact rests on: W3C Web Annotation position and quote selectors.

    ``start`` and ``end`` count Unicode code points of the source's text; ``end`` is exclusive. In
    authored input they may be left out if ``exact`` occurs once in the source.
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
    """One step of an attribution: it runs from the origin through relays to the publisher."""

    agent: str
    role: StepRole
    act: str | None = None
    channel: Channel | None = None
    inferred: bool = False


class Factuality(Part, frozen=True, kw_only=True):
    by: str
    value: FactualityValue


class Time(Part, frozen=True, kw_only=True):
    """A moment or span in EDTF (ISO 8601-2), and how the text expressed it."""

    edtf: str
    expression: str | None = None
    resolution: Resolution | None = None
    anchor: str | None = None
    relative_to: str | None = None
    recurrence: str | None = None
    note: str | None = None


class Times(Part, frozen=True, kw_only=True):
    """Times inside a fact: when it was said, when it held, and the time it is compared with."""

    said: Time | None = None
    valid: Time | None = None
    baseline: Time | None = None

    def given(self) -> list[tuple[str, Time]]:
        """The times that are given, each with the name of its field."""
        times = []
        if self.said is not None:
            times.append(("said", self.said))
        if self.valid is not None:
            times.append(("valid", self.valid))
        if self.baseline is not None:
            times.append(("baseline", self.baseline))
        return times


class PlaceRef(Part, frozen=True, kw_only=True):
    place: str
    role: str


class Quantity(Part, frozen=True, kw_only=True):
    """A number as the source gives it: a value, or bounds without a value. Precision is never invented."""

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


class InContainer(Part, frozen=True, kw_only=True):
    """Where a document was found: ``member`` of the file ``name``, whose bytes have this ``sha256`` in hex.
    The file itself is not kept."""

    sha256: str
    name: str
    member: str

    @property
    def words(self) -> str:
        """``12.eml in mail.mbox``"""
        return f"{self.member} in {self.name}"


class Change(Part, frozen=True, kw_only=True):
    """One changed value. ``path`` is a JSON Pointer (RFC 6901); null means that there is no value."""

    path: str
    was: Any = None
    now: Any = None


class ErasedEvent(Part, frozen=True, kw_only=True):
    """One event whose content was erased: its id and type, which its envelope still holds, and the id
    of its fact, which is never given to another fact."""

    event_id: UUID
    type: str
    fact: str | None = None
