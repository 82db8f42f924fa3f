"""The status of a fact, which follows from the notices about it."""

from __future__ import annotations

from typing import Literal

import msgspec

from dateline.events.editorial import FactCorrected, FactDisputed, FactRetracted, FactReviewed
from dateline.events.payload import FactNotice

Status = Literal[
    "recorded", "updated", "corrected", "disputed", "withdrawn", "rejected", "retracted"
]
#: Facts with these statuses are left out of default reads, which report how many there are.
HIDDEN: tuple[Status, ...] = ("retracted", "rejected")


class Notices(msgspec.Struct, frozen=True):
    """A summary of the notices about a fact, so that no notice is read twice.

    ``kinds`` are the kinds of its corrections; ``verdict`` is the last verdict on the fact itself:
    that its doubts were checked neither accepts nor rejects it.
    """

    kinds: frozenset[str] = frozenset()
    verdict: str | None = None
    disputed: bool = False
    retracted: bool = False

    def and_(self, notice: FactNotice) -> Notices:
        """The summary with one more notice."""
        if isinstance(notice, FactCorrected):
            if notice.kind in self.kinds:
                return self
            return msgspec.structs.replace(self, kinds=self.kinds | {notice.kind})
        if isinstance(notice, FactReviewed):
            if notice.verdict == "checked":
                return self
            return msgspec.structs.replace(self, verdict=notice.verdict)
        if isinstance(notice, FactDisputed):
            return msgspec.structs.replace(self, disputed=True)
        if isinstance(notice, FactRetracted):
            return msgspec.structs.replace(self, retracted=True)
        return self

    def status(self, *, withdrawn: bool, disputed: bool) -> Status:
        """The fact's status, given whether its source is withdrawn and whether a visible fact disputes
        it."""
        if self.retracted:
            return "retracted"
        if self.verdict == "rejected":
            return "rejected"
        if withdrawn:
            return "withdrawn"
        if disputed or self.disputed:
            return "disputed"
        if self.kinds & {"correction", "clarification"}:
            return "corrected"
        # A running total that moved on was not wrong; a corrected typo changes no meaning.
        return "updated" if "update" in self.kinds else "recorded"
