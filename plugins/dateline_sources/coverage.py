"""How much of a text is evidence, updated as facts are added and removed."""

from __future__ import annotations

from bisect import bisect_left

Span = tuple[int, int]


class Coverage:
    """Counts the code points that lie in at least one of the half-open spans that were added.

    Adding a span takes one step for each other span that begins or ends in it, at most its length.
    """

    def __init__(self) -> None:
        self.covered = 0
        # `_depths[n]` spans cover `_bounds[n]` to `_bounds[n + 1]`; none lies after the last bound.
        self._bounds: list[int] = []
        self._depths: list[int] = []

    def add(self, span: Span) -> None:
        self._count(span, 1)

    def remove(self, span: Span) -> None:
        """Remove a span that was added."""
        self._count(span, -1)

    def _count(self, span: Span, step: int) -> None:
        start, end = span
        if start >= end:
            return
        for at in range(self._bound(start), self._bound(end)):
            before = self._depths[at]
            self._depths[at] = before + step
            if not before or not before + step:
                self.covered += (self._bounds[at + 1] - self._bounds[at]) * step

    def _bound(self, place: int) -> int:
        """The index of `place` among the bounds; it is inserted if it is missing."""
        at = bisect_left(self._bounds, place)
        if at == len(self._bounds) or self._bounds[at] != place:
            self._bounds.insert(at, place)
            self._depths.insert(at, self._depths[at - 1] if at else 0)
        return at
