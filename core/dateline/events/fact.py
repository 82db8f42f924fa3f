"""The six kinds of facts."""

from __future__ import annotations

from typing import ClassVar, Literal

from dateline.events.parts import Actor, Channel
from dateline.events.payload import FactPayload


class StatementRecorded(FactPayload, frozen=True, kw_only=True):
    """Someone said something. ``act`` is a verb in its base form: say, propose, deny."""

    type: ClassVar[str] = "statement.recorded"
    speakers: tuple[str, ...]
    addressees: tuple[str, ...] = ()
    act: str = "say"
    mode: Literal["direct", "indirect", "mixed"] = "indirect"
    quote: str | None = None
    channel: Channel | None = None
    condition: str | None = None
    framing: str | None = None


class OccurrenceRecorded(FactPayload, frozen=True, kw_only=True):
    """Something happened, is happening, is planned or was cancelled."""

    type: ClassVar[str] = "occurrence.recorded"
    action: str
    actors: tuple[Actor, ...] = ()
    status: Literal["happened", "ongoing", "planned", "cancelled"] = "happened"


class FigureRecorded(FactPayload, frozen=True, kw_only=True):
    """A number was reported. ``as_of`` is an EDTF date; ``cumulative`` marks a running total."""

    type: ClassVar[str] = "figure.recorded"
    as_of: str | None = None
    cumulative: bool | None = None


class StateRecorded(FactPayload, frozen=True, kw_only=True):
    """A relation held between two things."""

    type: ClassVar[str] = "state.recorded"
    relation: str
    subject: str
    object: str


class RoleRecorded(FactPayload, frozen=True, kw_only=True):
    """A person held a role at some time. A role is never a property of the person."""

    type: ClassVar[str] = "role.recorded"
    person: str
    title: str
    organization: str | None = None
    appointed_by: str | None = None


class AssessmentRecorded(FactPayload, frozen=True, kw_only=True):
    """The source itself made a judgement: if ``condition`` holds, ``effect`` follows."""

    type: ClassVar[str] = "assessment.recorded"
    condition: str | None = None
    effect: str
