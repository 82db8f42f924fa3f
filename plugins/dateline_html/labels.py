"""Where the names of places stand on a map, so that none covers another. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dateline_html.svg import letters

#: The sizes of a map in pixels for which names are placed: a telephone's and a desk's.
NARROW, WIDE = (336.0, 224.0), (720.0, 480.0)
_LETTER, _LINE, _MARK = 6.9, 15.0, 8.0


class Label(NamedTuple):
    """`dx` and `dy` in pixels from the mark, `anchor` which end of the name is there: ``begin``, ``end`` or
    ``middle``. `wide` says that there is room on a wide map only."""

    dx: float
    dy: float
    anchor: str
    wide: bool


Rectangle = tuple[float, float, float, float]
_SIDES = ((10, 4, "begin"), (-10, 4, "end"), (0, -11, "middle"), (0, 20, "middle"))


def labels(places: Sequence[tuple[float, float, str]]) -> list[Label | None]:
    """For each place, given by its shares of the map's width and height and its name, the place of its
    name; None if there is no room. Earlier places come first."""
    found: list[Label | None] = [None] * len(places)
    for wide, (width, height) in ((False, NARROW), (True, WIDE)):
        taken = [_mark(x * width, y * height) for x, y, _ in places]
        for (x, y, name), label in zip(places, found, strict=True):
            if label is not None:
                taken.append(_room(x * width, y * height, name, label.dx, label.dy, label.anchor))
        for at, (x, y, name) in enumerate(places):
            if found[at] is None:
                for dx, dy, anchor, room in _tries(x * width, y * height, name):
                    if _within(room, width, height) and not _covers(room, taken, at):
                        found[at] = Label(dx, dy, anchor, wide)
                        taken.append(room)
                        break
    return found


def _tries(x: float, y: float, name: str) -> Iterator[tuple[float, float, str, Rectangle]]:
    for dx, dy, anchor in _SIDES:
        yield dx, dy, anchor, _room(x, y, name, dx, dy, anchor)


def _room(x: float, y: float, name: str, dx: float, dy: float, anchor: str) -> Rectangle:
    long = letters(name) * _LETTER
    left = x + dx - {"begin": 0.0, "end": long, "middle": long / 2}[anchor]
    return left, y + dy - _LINE + 3, left + long, y + dy + 3


def _mark(x: float, y: float) -> Rectangle:
    return x - _MARK, y - _MARK, x + _MARK, y + _MARK


def _within(room: Rectangle, width: float, height: float) -> bool:
    return room[0] >= 2 and room[1] >= 2 and room[2] <= width - 2 and room[3] <= height - 2


def _covers(room: Rectangle, taken: Sequence[Rectangle], own: int) -> bool:
    """Whether it covers something other than its own mark, which is `taken[own]`."""
    return any(
        at != own
        and room[0] < other[2]
        and other[0] < room[2]
        and room[1] < other[3]
        and other[1] < room[3]
        for at, other in enumerate(taken)
    )
