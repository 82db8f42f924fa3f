"""An event as the log holds it, and as it is before it is appended."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from threading import Lock
from typing import Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from dateline.events.clock import to_datetime
from dateline.events.payload import Erased, Payload, Raw, Sealed

T = TypeVar("T")
Data: TypeAlias = Payload | Raw | Erased | Sealed


#: Follows the name of a tool if a person changed what it proposed before accepting it.
EDITED = ", edited"


class RecordedBy(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Who recorded the event, with which tool and by which method (PROV: agent and activity)."""

    agent: str | None = None
    tool: str | None = None
    method: Literal["manual", "imported", "extracted"] = "manual"

    @property
    def proposal_words(self) -> str:
        """Who proposed an extracted fact and what became of the proposal: ``proposed by quotes 1, edited and
        accepted``."""
        tool = self.tool or "a tool"
        edited = "edited and " if tool.endswith(EDITED) else ""
        return f"proposed by {tool.removesuffix(EDITED)}, {edited}accepted"


class NewEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event that is not in the log yet. Times are microseconds since 1970 in UTC.

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


class Event(msgspec.Struct, frozen=True):
    """The immutable record that something was recorded.

    ``position`` is its place in the whole log, ``version`` its place in its story; both count
    1, 2, 3 and so on without a gap. ``slug`` is the story's name.

    ``original`` holds the data as written if an older schema version was upcast on reading.
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

    @property
    def event_id(self) -> UUID:
        return UUID(bytes=self.event_key)

    @property
    def recorded_at(self) -> datetime:
        return to_datetime(self.recorded_us)

    @property
    def reported_at(self) -> datetime | None:
        return None if self.reported_us is None else to_datetime(self.reported_us)


class StoredBody(msgspec.Struct, Generic[T], frozen=True):
    """The content of an event's body. ``data`` is raw JSON if its shape is not the current one."""

    data: T
    recorded_by: RecordedBy = RecordedBy()
    causation_id: UUID | None = None


_making = Lock()


@cache
def body_decoder(data: type[T]) -> msgspec.json.Decoder[StoredBody[T]]:
    """A decoder for a whole body whose ``data`` are of that type."""
    # msgspec describes a type when it is used first. Another thread that used a description which is only half
    # made would crash the process.
    with _making:
        return msgspec.json.Decoder(StoredBody[data])  # type: ignore[valid-type]
