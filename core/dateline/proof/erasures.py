"""Rule V6: every missing content was erased on record, and nothing is left of erased content.

Without this rule, a payload set to NULL would pass as erased, and suppression could not be told from
erasure.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select

from dateline.events.editorial import ContentErased
from dateline.log.tables import events
from dateline.proof.report import Report


class Erasures:
    """Follows the log in order. A ``content.erased`` event lists earlier events of its own story."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gone: dict[tuple[bytes, bytes], int] = {}
        self._covered: set[int] = set()
        self._live: dict[str, int] = {}

    def missing(self, position: int, story: bytes, event_key: bytes) -> None:
        """An event without salt and body."""
        self._gone[story, event_key] = position

    def live(self, position: int, subject_key: str | None) -> None:
        """An event that has its content."""
        if subject_key is not None:
            self._live.setdefault(subject_key, position)

    def erased(self, position: int, story: bytes, event: ContentErased, report: Report) -> None:
        """A ``content.erased`` event at `position`."""
        for item in event.events:
            at = self._gone.get((story, item.event_id.bytes))
            if at is not None:
                self._covered.add(at)
            elif (there := self._position(item.event_id)) is not None:
                reason = f"position {there} was erased on record, but its content still exists"
                report.add("V6", reason, position)
        key = event.subject_key
        if key is not None and key in self._live:
            reason = f"key {key} was erased on record, but content that it protects still exists"
            report.add("V6", f"{reason} (position {self._live[key]})", position)

    def _position(self, event_id: UUID) -> int | None:
        """The position of an event, if its content exists."""
        same, live = events.c.event_id == event_id.bytes, events.c.body.is_not(None)
        return self._connection.execute(select(events.c.position).where(same, live)).scalar()

    def finish(self, report: Report) -> None:
        for position in sorted(set(self._gone.values()) - self._covered):
            report.add(
                "V6", "its content is missing, and no content.erased event lists it", position
            )
        report.count("erased events", len(self._covered))
