"""Which part of the world a map shows, and where a place is on it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from dateline_html.outlines import Box, Point

#: The size of a map in units of its own, and of a degree of latitude in kilometres.
WIDTH, HEIGHT = 900.0, 600.0
KM_PER_DEGREE = 111.2
#: The least height in degrees of latitude: the outlines are not good for a closer look.
_LEAST = 4.0
#: What is left free around the places, as a share of the map.
_MARGIN = 0.18
_STEPS = (0.5, 1, 2, 5, 10, 20, 30, 60)
_BARS = tuple(n * 10**power for power in range(5) for n in (1, 2, 5))


class Crop(NamedTuple):
    """A map of equal distances along its middle parallel. `scale` is in units of the map for a degree of
    latitude, `narrow` the share of it for a degree of longitude."""

    middle: Point
    scale: float
    narrow: float

    def xy(self, place: Point) -> Point:
        """Units of the map from its upper left corner."""
        x = WIDTH / 2 + (place[0] - self.middle[0]) * self.scale * self.narrow
        return x, HEIGHT / 2 - (place[1] - self.middle[1]) * self.scale

    @property
    def box(self) -> Box:
        """What is on the map, and a little more, so that its cut edges are not seen."""
        wide = WIDTH / 2 / self.scale / self.narrow * 1.02
        tall = HEIGHT / 2 / self.scale * 1.02
        east, north = self.middle
        return Box(east - wide, north - tall, east + wide, north + tall)

    def units(self, kilometres: float) -> float:
        return kilometres / KM_PER_DEGREE * self.scale

    def bar(self) -> tuple[int, float]:
        """The length of a scale bar in round kilometres and in units, up to a quarter of the map."""
        fitting = [km for km in _BARS if self.units(km) <= WIDTH / 4]
        return fitting[-1], self.units(fitting[-1])

    def lines(self) -> tuple[list[float], list[float]]:
        """The meridians and the parallels to draw, in degrees: at most six of each."""
        west, south, east, north = self.box
        across = _multiples(max(west, -180.0), min(east, 180.0))
        return across, _multiples(max(south, -90.0), min(north, 90.0))


def crop(places: Sequence[tuple[Point, float]]) -> Crop:
    """The map for places of longitude and latitude, each with how far around it is meant, in kilometres."""
    south = min(place[1] - km / KM_PER_DEGREE for place, km in places)
    north = max(place[1] + km / KM_PER_DEGREE for place, km in places)
    middle = max(-80.0, min(80.0, (south + north) / 2))
    narrow = math.cos(math.radians(middle))
    around = [(place[0], km / KM_PER_DEGREE / narrow) for place, km in places]
    west, east = min(x - by for x, by in around), max(x + by for x, by in around)
    free = 1 - 2 * _MARGIN
    tall = max(_LEAST, (north - south) / free, (east - west) * narrow / free * HEIGHT / WIDTH)
    return Crop(((west + east) / 2, middle), HEIGHT / tall, narrow)


def _multiples(first: float, last: float) -> list[float]:
    step = next((step for step in _STEPS if (last - first) / step <= 6), _STEPS[-1])
    return [step * at for at in range(math.ceil(first / step), math.floor(last / step) + 1)]
