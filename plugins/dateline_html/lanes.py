"""Places for the marks of one lane, so that none covers another on a narrow screen. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

#: Marks are placed for a drawing of this width in pixels; a wider one has more room between them.
NARROW = 336
#: The room that a mark takes, in pixels, both ways: enough for a finger (WCAG 2.2, target size).
STEP = 24


class Place(NamedTuple):
    """`x` in percent, `level` counts from 0 downwards."""

    x: float
    level: int


class Lane:
    """Rows of taken places, in pixels at the narrow width."""

    def __init__(self) -> None:
        self.levels: list[list[tuple[float, float]]] = []

    def mark(self, left: float, right: float) -> Place:
        """A place for a mark within `left` to `right`, in percent: as high and as near the middle as
        there is room."""
        found = list(_columns(left, right))
        for level in range(len(self.levels) + 1):
            for x in found:
                at = x / 100 * NARROW
                if self._take(level, at - STEP / 2, at + STEP / 2):
                    return Place(x, level)
        raise AssertionError("a new level has room")

    def bar(self, left: float, right: float) -> int:
        """The level for something from `left` to `right`, in pixels."""
        return next(
            level for level in range(len(self.levels) + 1) if self._take(level, left, right)
        )

    def _take(self, level: int, left: float, right: float) -> bool:
        if level == len(self.levels):
            self.levels.append([])
        taken = self.levels[level]
        # Places that only touch do not overlap; a rounding error is no overlap either.
        if any(left < end - 0.01 and start + 0.01 < right for start, end in taken):
            return False
        taken.append((left, right))
        return True


def _columns(left: float, right: float) -> Iterator[float]:
    """The places side by side that there is room for, from the middle outwards."""
    wide = STEP / NARROW * 100
    middle, many = (left + right) / 2, max(1, int((right - left) // wide))
    places = [middle + (number - (many - 1) / 2) * wide for number in range(many)]
    # Near an edge of the drawing a mark is moved in as a whole.
    inside = [min(100 - wide / 2, max(wide / 2, x)) for x in places]
    return iter(sorted(dict.fromkeys(inside), key=lambda x: (abs(x - middle), x)))
