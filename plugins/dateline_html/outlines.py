"""The outlines of land and borders that maps are drawn with, cropped to a rectangle of degrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

#: Longitude and latitude in degrees.
Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle in degrees."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: Box) -> bool:
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )


@cache
def _stored() -> list[tuple[str, Box, list[Point]]]:
    """The lines of the file: whether each is land or a border, where it is, its points."""
    lines = files("dateline_html").joinpath("outlines.txt").read_text(encoding="ascii").splitlines()
    found = []
    for line in lines:
        if not line.startswith("#"):
            points = _decoded(line[2:])
            found.append((line[0], _around(points), points))
    return found


def _decoded(text: str) -> list[Point]:
    """The points of an encoded polyline: differences in groups of five bits, the lowest first."""
    numbers, number, shift = list[int](), 0, 0
    for letter in text:
        bits = ord(letter) - 63
        number |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    points, north, east = list[Point](), 0, 0
    for up, right in zip(numbers[::2], numbers[1::2], strict=True):
        north, east = north + up, east + right
        points.append((east / 100, north / 100))
    return points


def land(box: Box) -> Iterator[list[Point]]:
    """The parts of land within `box`, as closed rings."""
    for kind, around, points in _stored():
        if kind == "L" and around.meets(box) and (ring := clipped(points, box)):
            yield ring


def borders(box: Box) -> Iterator[list[Point]]:
    """The parts of borders that are within `box`, up to the next point outside."""
    for kind, around, points in _stored():
        if kind == "B" and around.meets(box):
            yield from _runs(points, box)


def clipped(ring: Sequence[Point], box: Box) -> list[Point]:
    """The part of a ring within `box`, by the algorithm of Sutherland and Hodgman; empty if there is none."""
    sides: list[tuple[int, float, Callable[[float, float], bool]]] = [
        (0, box.west, float.__ge__),
        (0, box.east, float.__le__),
        (1, box.south, float.__ge__),
        (1, box.north, float.__le__),
    ]
    found = list(ring)
    for axis, edge, within in sides:
        given, found = found, []
        for at, point in enumerate(given):
            before = given[at - 1]
            if within(point[axis], edge) != within(before[axis], edge):
                found.append(_crossing(before, point, axis, edge))
            if within(point[axis], edge):
                found.append(point)
    return found


def _crossing(one: Point, two: Point, axis: int, edge: float) -> Point:
    share = (edge - one[axis]) / (two[axis] - one[axis])
    other = one[1 - axis] + share * (two[1 - axis] - one[1 - axis])
    return (edge, other) if axis == 0 else (other, edge)


def _runs(points: Sequence[Point], box: Box) -> Iterator[list[Point]]:
    run: list[Point] = []
    for one, two in pairwise(points):
        if _around((one, two)).meets(box):
            run = [*run, two] if run else [one, two]
        elif run:
            yield run
            run = []
    if run:
        yield run


def _around(points: Sequence[Point]) -> Box:
    west, south = map(min, zip(*points, strict=True))
    east, north = map(max, zip(*points, strict=True))
    return Box(west, south, east, north)
