"""Rule V6: what is missing was erased on record, and of what was erased nothing is left.

Without it, a payload set to NULL would pass as erased: nobody could tell erasure from suppression.
"""

from __future__ import annotations

from dateline.events.editorial import ContentErased
from dateline.proof.report import Report


class Erasures:
    """Follows the log in order; a ``content.erased`` event speaks of what stands before it."""

    def __init__(self) -> None:
        self._gone: dict[int, str | None] = {}
        self._covered: set[int] = set()
        self._live: dict[str, int] = {}

    def missing(self, position: int, subject_key: str | None) -> None:
        """An event without salt and body."""
        self._gone[position] = subject_key

    def live(self, position: int, subject_key: str | None) -> None:
        """An event that has its content."""
        if subject_key is not None:
            self._live.setdefault(subject_key, position)

    def erased(self, position: int, event: ContentErased, report: Report) -> None:
        """A ``content.erased`` event at `position`."""
        for at in event.positions:
            if at in self._gone:
                self._covered.add(at)
            else:
                reason = f"position {at} was erased on record, but its content is there"
                report.add("V6", reason, position)
        key = event.subject_key
        if key is not None:
            self._covered |= {at for at, owner in self._gone.items() if owner == key}
            if key in self._live:
                reason = f"key {key} was erased on record, but content it protects is there"
                report.add("V6", f"{reason} (position {self._live[key]})", position)

    def finish(self, report: Report) -> None:
        for position in sorted(self._gone.keys() - self._covered):
            report.add("V6", "its content is missing, and no content.erased says why", position)
        report.count("erased events", len(self._covered))
