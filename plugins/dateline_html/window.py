"""Which part of time a drawing shows: most facts of a story are about a few days, some about long ago. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from dateline_html.scales import Tick, date_ticks

#: The share of facts that the window is made for, and how far it may grow to take in the next one.
_CORE, _REACH = 0.8, 0.5
#: The fewest days of a window. The last day is drawn in full.
_LEAST = 3.0
_FIRST, _LAST = 0.0, 3_652_059.0
#: Places in percent: where facts before and after the window are, and the window between them.
EARLIER, LATER = (0.0, 14.4), (85.6, 100.0)
#: The rest is left for soft ends and for the signs of bars that go on.
_INSIDE, _EDGE = 20.0, 4.5
#: A longer time in days says little about which days the story is about.
_SHORT = 32.0


class Window(NamedTuple):
    """From `first` to `last`, in days since the year 1; `earlier` and `later` say whether facts lie outside."""

    first: float
    last: float
    earlier: bool
    later: bool

    @property
    def left(self) -> float:
        return _INSIDE if self.earlier else _EDGE

    @property
    def right(self) -> float:
        return 100 - (_INSIDE if self.later else _EDGE)

    def x(self, date: float) -> float:
        """The horizontal place of a date, in percent, kept within the window."""
        share = (date - self.first) / (self.last - self.first)
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def side(self, start: float | None, end: float | None) -> str:
        """``earlier`` or ``later`` for a time outside, empty for one that is at least partly within."""
        if end is not None and end <= self.first:
            return "earlier"
        return "later" if start is not None and start >= self.last else ""

    def ticks(self) -> list[Tick]:
        return date_ticks(self.first, self.last, clock=False)


def window(times: Sequence[tuple[float | None, float | None]]) -> Window:
    """The window for facts about these times, each with at least one end."""
    brief = [time for time in times if _is_short(*time)]
    known = sorted(_known(*time) for time in (brief if 3 * len(brief) >= len(times) else times))
    low, high = _core(known)
    while low and known[low] - known[low - 1] <= _reach(known[low], known[high]):
        low -= 1
    while high + 1 < len(known) and known[high + 1] - known[high] <= _reach(
        known[low], known[high]
    ):
        high += 1
    first, last = float(math.floor(known[low])), math.floor(known[high]) + 1.0
    if (more := _LEAST - (last - first)) > 0:
        # Equally much on both sides, in whole days.
        first, last = first - math.floor(more / 2), last + math.ceil(more / 2)
    first, last = max(_FIRST, first), min(_LAST, last)
    return Window(
        first,
        last,
        any(end is not None and end <= first for _, end in times),
        any(start is not None and start >= last for start, _ in times),
    )


def _is_short(start: float | None, end: float | None) -> bool:
    return start is not None and end is not None and end - start <= _SHORT


def _known(start: float | None, end: float | None) -> float:
    """One date for a time: its middle, or its only end."""
    if start is None or end is None:
        return start if start is not None else (end or 1.0) - 0.5
    return (start + end) / 2


def _core(known: Sequence[float]) -> tuple[int, int]:
    """The first and the last of the nearest neighbours that are most of all."""
    many = math.ceil(_CORE * len(known))
    spans = [(known[at + many - 1] - known[at], at) for at in range(len(known) - many + 1)]
    at = min(spans)[1]
    return at, at + many - 1


def _reach(first: float, last: float) -> float:
    return _REACH * max(last - first, _LEAST)
