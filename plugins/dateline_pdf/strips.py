"""Strips without text that divide the rows of a page from top to bottom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from dateline_pdf.rows import Free, Row, drops, free, usual

#: The least width of a strip, in sizes of the letters.
WIDTH = 0.7
#: A distance between rows of more than this many times the usual one ends a strip.
APART = 2.5
#: The most strips that are followed at once.
_MOST = 24


@dataclass(slots=True)
class Strip:
    """A strip without text from `low` to `high` in the rows from `first` to `last`."""

    low: float
    high: float
    first: int
    last: int
    #: How many of the rows have text on both sides.
    divided: int = 1

    def narrowed(self, row: Row, free: Free) -> bool:
        """Narrows the strip to what is free in the row too; False if that leaves too little."""
        common = [(max(self.low, low), min(self.high, high)) for low, high in free]
        best = max(range(len(free)), key=lambda n: common[n][1] - common[n][0])
        low, high = common[best]
        if not high - low >= WIDTH * row[0].size:
            return False
        self.low, self.high = low, high
        self.divided += 0 < best < len(free) - 1
        return True

    def sides(self, rows: list[Row]) -> tuple[list[Row], list[Row]]:
        """What the rows have left of the strip, and what they have right of it."""
        left = [part for row in rows if (part := [p for p in row if p.start < self.high])]
        right = [part for row in rows if (part := [p for p in row if p.start >= self.high])]
        return left, right


def strips(rows: list[Row], least: int) -> list[Strip]:
    """The strips that divide at least `least` rows below each other, the longest first and few in number."""
    follows, gaps = _follows(rows), [free(row) for row in rows]
    followed: list[Strip] = []
    found: list[Strip] = []
    for number, row in enumerate(rows):
        if not follows[number]:
            followed = []
        followed = [strip for strip in followed if strip.narrowed(row, gaps[number])]
        for strip in followed:
            strip.last = number
        for low, high in gaps[number][1:-1]:
            apart = all(high <= strip.low or strip.high <= low for strip in followed)
            if apart and high - low >= WIDTH * row[0].size and len(followed) < _MOST:
                followed.append(Strip(low, high, number, number))
                found.append(followed[-1])
    longest = sorted(found, key=lambda strip: -strip.divided)[:_MOST]
    longest = [strip for strip in longest if strip.divided >= least]
    for strip in longest:
        # What one column has above the first line of the other belongs to it.
        while follows[strip.first] and strip.narrowed(rows[strip.first - 1], gaps[strip.first - 1]):
            strip.first -= 1
    return longest


def _follows(rows: list[Row]) -> list[bool]:
    """For each row whether it is the next line below the row before it."""
    distances = drops(rows)
    least = usual(distances)
    return [False] + [
        -row[0].size < drop <= APART * max(least, row[0].size) and above[0].angle == row[0].angle
        for drop, (above, row) in zip(distances, pairwise(rows), strict=True)
    ]
