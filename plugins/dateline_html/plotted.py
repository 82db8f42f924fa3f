"""A series of figures as a chart with its caption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline_html.chart import MANY, SHAPES, Plot, Point, chart, drawable
from dateline_html.marks import RING
from dateline_html.markup import Html, el
from dateline_html.scales import days
from dateline_html.svg import key, sign

_BAR, _ARROW = "M0-7v14m-5-14h10m-10 14h10", "M-5 7h10m-5 0v-14m-4 5l4-5l4 5"
_OLD, _TIME = "M-4-4l8 8m0-8l-8 8", "M-8 0h16m-16-4v8m16-8v8"
#: Units that the measure says by itself.
_UNSAID = (None, "fraction", "person")

#: A row of the view ``series``.
Row = dict[str, Any]


class Series:
    """The rows of one series, in the order of what they are about."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.dated = [row for row in rows if not row["undated"]]
        self.points = _points(self.dated)

    @property
    def title(self) -> str:
        last = self.rows[-1]
        unit = f" ({last['unit']})" if last["unit"] not in _UNSAID else ""
        return f"{last['measure']}{unit}" + (f", {last['place']}" if last["place"] else "")

    @property
    def drawable(self) -> bool:
        return drawable(self.points)

    @property
    def numbered(self) -> list[Row]:
        """The dated rows that have a number."""
        return [row for row, at in zip(self.dated, self.points, strict=True) if at.numbers]

    @property
    def publishers(self) -> dict[str, int]:
        return _publishers(self.dated)


def plot(series: Series, name: str) -> Html:
    """The chart of the dated figures, which are drawable."""
    described = _described(series.dated, len(series.publishers))
    drawn = chart(series.points, series.rows[-1]["unit"], series.title, described, name)
    return el("figure", drawn, _caption(series), class_="plot")


def _publishers(rows: Sequence[Row]) -> dict[str, int]:
    """The publishers in the order in which they appear, each with the number of its shape."""
    names = dict.fromkeys(row["publisher"] for row in rows)
    return {name: min(at, len(SHAPES) - 1) for at, name in enumerate(names)}


def _points(rows: Sequence[Row]) -> list[Point]:
    shapes, places = _publishers(rows), dict[tuple[str, str], int]()
    points = []
    for at, row in enumerate(rows):
        points.append(
            Point(
                None if row["earliest"] is None else days(row["earliest"]),
                None if row["latest"] is None else days(row["latest"], end=True),
                row["value"],
                row["lower"],
                row["upper"],
                brief_words(row),
                shapes[row["publisher"]],
                places.get((row["supersedes"], row["before"]))
                if row["cumulative"] is not False
                else None,
                row["corrected_value"],
                row["approximate"],
                row["edtf"][-1] in "~?%",
                (row["lower_inclusive"] is False, row["upper_inclusive"] is False),
            )
        )
        places[row["fact"], row["words"]] = at
    return points


def brief_words(row: Row) -> str:
    """The number without the words of the source."""
    words: str = row["words"]
    return words.partition(", given as ")[0]


def _described(rows: Sequence[Row], publishers: int) -> str:
    first, last = rows[0], rows[-1]
    many = f"{publishers} publishers" if publishers > 1 else "1 publisher"
    mended = sum(row["corrected"] is not None for row in rows)
    return (
        f"{len(rows)} figures of {many}, {mended} corrected: from {brief_words(first)} "
        f"({first['when']}) to {brief_words(last)} ({last['when']}). The table below has all of them."
    )


def _caption(series: Series) -> Html:
    points = series.points
    signs = list(_signs(points, series.publishers))
    notes = []
    undated = len(series.rows) - len(series.dated)
    if undated:
        notes.append(
            f"{undated} undated {'figure is' if undated == 1 else 'figures are'} not drawn."
        )
    if not Plot(points, None).from_zero:
        notes.append("The scale does not begin at zero.")
    if len(points) > MANY:
        notes.append("Each bar spans the figures of its part of the time.")
    words = el("p", " ".join(notes), class_="meta") if notes else None
    return el("figcaption", key(signs), words)


def _signs(points: Sequence[Point], publishers: dict[str, int]) -> Iterator[tuple[Html, str]]:
    """What the marks mean, of those that are drawn."""
    corrected = any(point.corrected is not None for point in points)
    if corrected:
        yield sign(_OLD, "old"), "before a correction"
    if len(points) > MANY:
        return
    shapes: dict[int, list[str]] = {}
    for name, shape in publishers.items():
        shapes.setdefault(shape, []).append(name)
    for shape, names in shapes.items():
        yield sign(SHAPES[shape], "mark"), ", ".join(names)
    if corrected:
        yield sign(RING, "ring"), "corrected"
    if any(point.loose and point.value is not None for point in points):
        yield sign(SHAPES[0], "loose"), "given as about"
    if any(None not in (point.lower, point.upper) for point in points):
        yield sign(_BAR, "cap"), "between two bounds"
    if any((point.lower is None) != (point.upper is None) for point in points):
        yield sign(_ARROW, "cap"), "at least, or at most"
    if any(
        point.start is None or point.end is None or point.end - point.start > 1.01
        for point in points
    ):
        yield sign(_TIME, "cap"), "about a period"
    if any(not point.numbers for point in points):
        yield el("b", "?"), "without a number"
