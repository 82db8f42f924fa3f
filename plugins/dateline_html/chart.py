"""A chart of one series, in SVG. It is readable without colour, and its table is its description."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dateline_html.markup import Html, el
from dateline_html.scales import Tick, date_ticks, number_ticks, short
from dateline_html.svg import line, px, shape, share

HEIGHT, _TOP, _BOTTOM = 270, 22, 236
_LEFT, _RIGHT = 1.5, 97.0
#: With more points than this, bars show the range of the figures of each part of the time.
MANY = 120
_PARTS = 160
#: One shape for each publisher; the last for all further ones. Paths around 0,0.
SHAPES = (
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "M-4-4h8v8h-8z",
    "M0-5.5l5.2 9.5h-10.4z",
    "M0-5.8l5.8 5.8l-5.8 5.8l-5.8-5.8z",
    "M0 5.5l5.2-9.5h-10.4z",
    "M-1.6-5h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z",
)
_CROSS = "M-4-4l8 8m0-8l-8 8"


class Point(NamedTuple):
    """A figure to draw. `start` and `end` bound the time it is about, in days since the year 1; None is
    open. `before` is the place of the figure that it superseded among the points; `corrected` its value
    before a correction. `loose` says that the number is given as about, `vague` that the date is."""

    start: float | None
    end: float | None
    value: float | None
    lower: float | None
    upper: float | None
    words: str
    shape: int = 0
    before: int | None = None
    corrected: float | None = None
    loose: bool = False
    vague: bool = False
    strict: tuple[bool, bool] = (False, False)

    @property
    def numbers(self) -> list[float]:
        found = (self.value, self.lower, self.upper, self.corrected)
        return [number for number in found if number is not None]

    @property
    def height(self) -> float | None:
        """The number that lines lead to: its value, or its only bound."""
        if self.value is not None:
            return self.value
        return None if None not in (self.lower, self.upper) else self.lower or self.upper


class Plot:
    """The two axes of a chart: from dates and numbers to places."""

    def __init__(self, points: Sequence[Point], unit: str | None) -> None:
        self.unit = unit
        dates = [date for one in points for date in (one.start, one.end) if date is not None]
        self.clock = any(date % 1 for date in dates)
        ends = [end for one in points for end in self._ends(one)]
        self.first, self.last = min(ends), max(ends)
        if self.last - self.first < 1 / 24:
            self.first, self.last = self.first - 1 / 48, self.last + 1 / 48
        numbers = [number for one in points for number in one.numbers]
        low, high = min(numbers), max(numbers)
        if 0 <= low <= 1.5 * (high - low) or low == high > 0:
            low = 0
        whole = all(float(number).is_integer() for number in numbers)
        self.numbers = number_ticks(low, high, whole=whole)

    @property
    def from_zero(self) -> bool:
        return self.numbers[0] <= 0 <= self.numbers[-1]

    def x(self, date: float) -> float:
        share = (date - self.first) / (self.last - self.first)
        return _LEFT + (_RIGHT - _LEFT) * share

    def y(self, number: float) -> float:
        low, high = self.numbers[0], self.numbers[-1]
        return _BOTTOM - (_BOTTOM - _TOP) * (number - low) / (high - low)

    def at(self, point: Point) -> float:
        """The horizontal place of a point: the middle of its time, or its only end."""
        return self.x(sum(self._ends(point)) / 2)

    def _ends(self, point: Point) -> tuple[float, float]:
        """The bounds of its time; of an open one the first or the last day, or moment."""
        start, end, day = point.start, point.end, 0 if self.clock else 1
        first = start if start is not None else (end or 0) - day
        return first, end if end is not None else first + day

    def dates(self) -> list[Tick]:
        return date_ticks(self.first, self.last, clock=self.clock)


def drawable(points: Iterable[Point]) -> bool:
    """Whether there is a number to draw, and the numbers fit on one scale."""
    numbers = [number for point in points for number in point.numbers]
    return bool(numbers) and math.isfinite(4 * (max(numbers) - min(numbers)))


def chart(points: Sequence[Point], unit: str | None, title: str, about: str, name: str) -> Html:
    """The chart of `points`, which are in the order of their dates. `name` is the anchor of its parts."""
    plot = Plot(points, unit)
    drawn = _many(plot, points) if len(points) > MANY else _few(plot, points)
    return el(
        "svg",
        el("title", title, id=f"{name}.title"),
        el("desc", about, id=f"{name}.desc"),
        *_axes(plot),
        *drawn,
        class_="chart",
        role="img",
        height=HEIGHT,
        aria_labelledby=f"{name}.title",
        aria_describedby=f"{name}.desc",
    )


def _axes(plot: Plot) -> Iterator[Html]:
    for number in plot.numbers:
        y = px(plot.y(number))
        yield line(0, 100, y, y, "zero" if number == plot.numbers[0] else "grid")
        yield el("text", short(number, plot.unit), x="0", y=y, dx=-8, dy=4, class_="value")
    ticks = plot.dates()
    for at, tick in enumerate(ticks):
        x, minor = plot.x(tick.at), " minor" if at % 2 and len(ticks) > 3 else ""
        yield line(x, x, _BOTTOM, _BOTTOM + 5, f"tick{minor}")
        end = " end" if x > 92 else ""
        yield el("text", tick.label, x=share(x), y=_BOTTOM + 20, class_=f"date{end}{minor}")


def _few(plot: Plot, points: Sequence[Point]) -> Iterator[Html]:
    yield from _steps(plot, points)
    places = _apart(points)
    for point, place in zip(points, places, strict=True):
        yield el("g", *_mark(plot, point), transform=f"translate({place} 0)" if place else None)
    yield _label(plot, points)


def _apart(points: Sequence[Point]) -> list[int]:
    """How many pixels each point is moved to the side, so that figures about one time are seen apart."""
    together: dict[tuple[float | None, float | None], list[int]] = {}
    for at, point in enumerate(points):
        together.setdefault((point.start, point.end), []).append(at)
    places = [0] * len(points)
    for group in together.values():
        wide = 11 if len(group) < 5 else 4
        for number, at in enumerate(group):
            places[at] = round(wide * (number - (len(group) - 1) / 2))
    return places


def _steps(plot: Plot, points: Sequence[Point]) -> Iterator[Html]:
    """A figure stands until another supersedes it."""
    for point in points:
        old = None if point.before is None else points[point.before].height
        if old is None or point.height is None or point.before is None:
            continue
        x, y = plot.at(point), px(plot.y(old))
        yield line(plot.at(points[point.before]), x, y, y, "step")
        yield line(x, x, y, px(plot.y(point.height)), "step")


def _mark(plot: Plot, point: Point) -> Iterator[Html]:
    x = plot.at(point)
    if not point.numbers:
        yield el("text", "?", x=share(x), y=_BOTTOM - 5, class_="unknown")
        return
    yield from _time(plot, point)
    yield from _bounds(plot, point, x)
    if point.value is None:
        return
    y = px(plot.y(point.value))
    if point.corrected is not None:
        old = px(plot.y(point.corrected))
        yield line(x, x, old, y, "mended")
        yield shape(x, old, _CROSS, "old")
        yield el("circle", cx=share(x), cy=y, r=8.5, class_="ring")
    yield shape(x, y, SHAPES[point.shape], "loose" if point.loose else "mark")


def _time(plot: Plot, point: Point) -> Iterator[Html]:
    """A line over the time that a figure is about, if that is longer than a day or open."""
    start, end, height = point.start, point.end, point.height
    height = point.lower if height is None else height
    if height is None or (start is not None and end is not None and end - start <= 1.01):
        return
    y = px(plot.y(height))
    left, right = (0.0 if start is None else plot.x(start)), 100.0 if end is None else plot.x(end)
    yield line(left, right, y, y, "time vague" if point.vague else "time")
    yield shape(left, y, "M6-5l-6 5l6 5" if start is None else "M0-5v10", "cap")
    yield shape(right, y, "M-6-5l6 5l-6 5" if end is None else "M0-5v10", "cap")


def _bounds(plot: Plot, point: Point, x: float) -> Iterator[Html]:
    """A bar between the bounds. Where there is one bound only, an arrow leads away from it."""
    lower, upper = point.lower, point.upper
    if lower is None and upper is None:
        return
    if lower is not None and upper is not None:
        low, high = px(plot.y(lower)), px(plot.y(upper))
    elif lower is not None:
        low = px(plot.y(lower))
        high = low - 26
        yield shape(x, high, "M-4.5 6l4.5-6l4.5 6", "cap")
    else:
        high = px(plot.y(upper or 0))
        low = high + 26
        yield shape(x, low, "M-4.5-6l4.5 6l4.5-6", "cap")
    yield line(x, x, low, high, "bound")
    for y, given, strict in ((low, lower, point.strict[0]), (high, upper, point.strict[1])):
        if given is not None:
            yield shape(x, y, "M-6 0h4m4 0h4" if strict else "M-6 0h12", "cap")


def _label(plot: Plot, points: Sequence[Point]) -> Html:
    """The words of the last figure: above it, or beside it where a line comes from above."""
    last = [point for point in points if point.numbers][-1]
    x, y = plot.at(last), min(plot.y(number) for number in last.numbers)
    old = None if last.before is None else points[last.before].height
    if old is not None and last.height is not None and last.height < old and x > 30:
        at = px(plot.y(last.height))
        return el("text", last.words, x=share(x), y=at, dx=-10, dy=4, class_="label end")
    y -= 36 if last.value is None and last.upper is None else 14
    side = "end" if x > 60 else "begin" if x < 30 else "middle"
    return el("text", last.words, x=share(x), y=px(max(12, y)), class_=f"label {side}")


def _many(plot: Plot, points: Sequence[Point]) -> Iterator[Html]:
    """For each part of the time a bar from its lowest to its highest number, and the corrections."""
    parts: dict[int, list[Point]] = {}
    for point in points:
        if point.numbers:
            parts.setdefault(int(plot.at(point) / 100 * _PARTS), []).append(point)
    for part, group in parts.items():
        numbers = [n for p in group for n in (p.value, p.lower, p.upper) if n is not None]
        low, high = px(plot.y(min(numbers))), px(plot.y(max(numbers)))
        place, width = share(100 * part / _PARTS), share(100 / _PARTS)
        tall = max(2.0, round(low - high, 1))
        yield el("rect", x=place, y=min(high, low - 1), width=width, height=tall, class_="band")
    for point in points:
        if point.corrected is not None and point.value is not None:
            x, old = plot.at(point), px(plot.y(point.corrected))
            yield line(x, x, old, px(plot.y(point.value)), "mended")
            yield shape(x, old, _CROSS, "old")
    yield _label(plot, points)
