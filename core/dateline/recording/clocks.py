"""Clocks that differ much. Nothing is refused because of it, and everything is reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

import msgspec

from dateline.events.clock import CLOCK_TOLERANCE_US, to_iso


class Clocks(msgspec.Struct, frozen=True):
    """Differences between clocks that a call found, beyond a tolerance of 5 minutes, in microseconds.

    ``skew_us`` is how far this machine's clock is ahead of the database's (behind, if negative): the
    clock of the PostgreSQL server, or of the file system. ``ahead`` maps the slug of each story whose
    last event is dated in the future to that time, which later events of the story get too.
    ``future_us`` is the latest time of recording in imported lines, if it is in the future.
    """

    skew_us: int = 0
    ahead: Mapping[str, int] = {}
    future_us: int | None = None

    @classmethod
    def of(cls, skew_us: int | None, ahead: Mapping[str, int], future_us: int | None) -> Self:
        far = skew_us is not None and abs(skew_us) > CLOCK_TOLERANCE_US
        return cls(skew_us or 0 if far else 0, dict(ahead), future_us)

    def sentences(self) -> list[str]:
        """The warnings to show, each with the next step."""
        said = []
        if self.skew_us:
            side = "ahead of" if self.skew_us > 0 else "behind"
            said.append(
                f"Warning: this machine's clock is {_span(self.skew_us)} {side} the database's. Events "
                "get their times from it, and so do later events of the same story: set the clock."
            )
        said += [dated_ahead(slug, us) for slug, us in self.ahead.items()]
        if self.future_us is not None:
            said.append(
                f"Warning: imported events are dated in the future, up to {_moment(self.future_us)}: the "
                "clock was ahead where they were recorded, or this machine's clock is behind."
            )
        return said


def dated_ahead(slug: str, recorded_us: int) -> str:
    """The warning that a story's last event is dated in the future."""
    return (
        f"Warning: the last event of {slug} is dated in the future, {_moment(recorded_us)}: a clock was "
        "ahead when it was recorded, or this machine's clock is behind. Until then, everything "
        "recorded in this story gets that time."
    )


def _moment(us: int) -> str:
    return to_iso(us)[:19] + "Z"


def _span(us: int) -> str:
    span = timedelta(microseconds=abs(us))
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count:
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return "under a minute"
