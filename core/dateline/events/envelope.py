"""An event as it is read back, and as it is about to be appended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

import msgspec

from dateline.events.clock import to_datetime
from dateline.events.payload import Erased, Payload, Raw, Sealed

if TYPE_CHECKING:
    from dateline.events.present import Fact, StoryState

Data: TypeAlias = Payload | Raw | Erased | Sealed


class RecordedBy(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who put the event into the archive, with what, and how (PROV: agent and activity)."""

    agent: str | None = None
    tool: str | None = None
    method: Literal["manual", "imported", "extracted"] = "manual"


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way into the log. Times are microseconds since 1970 in UTC.

    ``recorded_us`` is None for "now"; only an import of another archive's export sets it.
    """

    event_id: UUID
    data: Payload | Raw
    type: str
    schema_version: int
    recorded_by: RecordedBy = RecordedBy()
    causation_id: UUID | None = None
    recorded_us: int | None = None
    reported_us: int | None = None
    subject_key: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The immutable record that something was recorded.

    ``position`` is its place in the whole log, ``version`` its place in its story; both count
    1, 2, 3 ... without a hole. ``slug`` is the story's name.

    ``original`` holds the data as written when an older schema version was upcast on reading.

    A view's fold also gets ``fact`` and ``before``, the fact this event speaks of as it stood after
    and before, ``touched``, every fact whose standing it changed, and ``state``, the story as it then
    stood; a plain read has them empty.
    """

    position: int
    event_key: bytes
    story: UUID
    slug: str
    version: int
    type: str
    schema_version: int
    recorded_us: int
    reported_us: int | None
    subject_key: str | None
    data: Data
    recorded_by: RecordedBy
    causation_id: UUID | None = None
    original: dict[str, object] | None = None
    fact: Fact | None = None
    before: Fact | None = None
    touched: tuple[Fact, ...] = ()
    state: StoryState | None = None

    @property
    def event_id(self) -> UUID:
        return UUID(bytes=self.event_key)

    @property
    def recorded_at(self) -> datetime:
        return to_datetime(self.recorded_us)

    @property
    def reported_at(self) -> datetime | None:
        return None if self.reported_us is None else to_datetime(self.reported_us)
