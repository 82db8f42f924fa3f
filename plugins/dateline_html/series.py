"""Figures over time: a chart and a table for each series of at least two figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from dateline_html.brief import Brief
from dateline_html.chart import MANY, SHAPES, Plot, Point, chart, drawable
from dateline_html.figures import table
from dateline_html.markup import Html, el, end, join, moment, start
from dateline_html.part import Part, meta
from dateline_html.scales import days
from dateline_html.svg import key, sign

_HEAD = ("When", "Figure", "Supersedes", "According to", "Written")
_BAR, _ARROW = "M0-7v14m-5-14h10m-10 14h10", "M-5 7h10m-5 0v-14m-4 5l4-5l4 5"
_OLD, _TIME = "M-4-4l8 8m0-8l-8 8", "M-8 0h16m-16-4v8m16-8v8"
_RING = "M-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0z"

#: Units that the measure says by itself.
_UNSAID = (None, "fraction", "person")

Row = dict[str, Any]


def series(brief: Brief) -> Part | None:
    found = _groups(brief)
    return Part("series", "Figures over time", len(found), _all(brief, found)) if found else None


def telling(brief: Brief) -> Iterator[Html]:
    """The chart of the series with the most figures, with a sentence: for the top of the page."""
    groups = _groups(brief)
    number = _most_telling(groups)
    if number is None:
        return
    rows = groups[number]
    yield start("div", class_="telling")
    yield brief.heading(2, el("a", brief.said(_title(rows)), href=brief.links.part(_name(number))))
    yield el("p", _sentence(brief, rows), class_="say")
    yield _plot(brief, rows, brief.anchors.part("telling"))
    yield end("div")


def _groups(brief: Brief) -> list[list[Row]]:
    """The rows of each series of at least two figures."""
    if "series" not in brief.material.views():
        return []
    rows = brief.current_rows("series")
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row["series"]))
    return [group for group in groups if len(group) > 1]


def _most_telling(groups: Sequence[list[Row]]) -> int | None:
    """The series with the most numbers, then the most publishers, then the first."""
    ranks = []
    for number, rows in enumerate(groups):
        points = _points(dated := _dated(rows))
        many = sum(bool(point.numbers) for point in points)
        if many > 1 and drawable(points):
            ranks.append((many, len(_publishers(dated)), -number))
    return -max(ranks)[2] if ranks else None


def _sentence(brief: Brief, rows: Sequence[Row]) -> Html:
    """``First 2,104 of 8,400 (4 March 2024, The Wire), last 2,140 (6 March 2024, The Courier).``"""
    numbers = [row for row in _dated(rows) if {row["value"], row["lower"], row["upper"]} != {None}]
    first, last = (
        join(
            [
                el("b", brief.said(_brief_words(row))),
                f" ({row['when']}, ",
                brief.said(row["publisher"]),
                ")",
            ]
        )
        for row in (numbers[0], numbers[-1])
    )
    return join(["First ", first, ", last ", last, "."])


def _name(number: int) -> str:
    return f"series.{number + 1}"


def _dated(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row["undated"]]


def _title(rows: Sequence[Row]) -> str:
    last = rows[-1]
    unit = f" ({last['unit']})" if last["unit"] not in _UNSAID else ""
    return f"{last['measure']}{unit}" + (f", {last['place']}" if last["place"] else "")


def _plot(brief: Brief, rows: Sequence[Row], name: str) -> Html:
    """The chart of the dated figures, which are drawable."""
    dated = _dated(rows)
    points, publishers = _points(dated), _publishers(dated)
    described = _described(dated, len(publishers))
    drawn = chart(points, rows[-1]["unit"], _title(rows), described, name)
    return el("figure", drawn, _caption(brief, points, publishers, rows), class_="plot")


def _all(brief: Brief, groups: Sequence[list[Row]]) -> Iterator[Html]:
    above = _most_telling(groups)
    for number, rows in enumerate(groups):
        name = brief.anchors.part(_name(number))
        yield start("div", class_="group series", id=name)
        yield brief.heading(2, brief.said(_title(rows)))
        if number == above:
            top = el("a", "at the top of the page", href=brief.links.part("glance"))
            yield el("p", "The chart is ", top, ".", class_="say")
        elif drawable(_points(_dated(rows))):
            yield _plot(brief, rows, name)
        order, shown = "In the order of what the figures are about", rows
        if brief.most is not None and len(rows) > brief.most:
            shown, order = rows[-brief.most :], f"{order}: the last {brief.most} of {len(rows):,}"
        yield from table(f"{order}.", _HEAD, (_cells(brief, row) for row in shown), name="series")
        yield end("div")


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
                _brief_words(row),
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


def _brief_words(row: Row) -> str:
    """The number without the words of the source."""
    words: str = row["words"]
    return words.partition(", given as ")[0]


def _described(rows: Sequence[Row], publishers: int) -> str:
    first, last = rows[0], rows[-1]
    many = f"{publishers} publishers" if publishers > 1 else "1 publisher"
    mended = sum(row["corrected"] is not None for row in rows)
    return (
        f"{len(rows)} figures of {many}, {mended} corrected: from {_brief_words(first)} "
        f"({first['when']}) to {_brief_words(last)} ({last['when']}). The table below has all of them."
    )


def _caption(
    brief: Brief, points: Sequence[Point], publishers: dict[str, int], rows: Sequence[Row]
) -> Html:
    signs = list(_signs(points, publishers))
    notes = []
    undated = sum(row["undated"] for row in rows)
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
        yield sign(_RING, "ring"), "corrected"
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


def _cells(brief: Brief, row: Row) -> list[Html]:
    fact = brief.story.facts[row["fact"]]
    was = None
    if row["corrected"] is not None:
        was = join([" was ", el("del", brief.said(row["corrected"]))])
    before = None
    if row["before"] is not None:
        before = join(
            [
                brief.said(row["before"]),
                " ",
                brief.number(row["supersedes"]),
            ]
        )
    badge = None if row["earlier"] else brief.badge(fact)
    return [
        moment(row["edtf"], row["when"]),
        join([el("b", brief.said(row["words"])), badge, was]),
        before or el("span", "–"),
        brief.chain(fact),
        meta(brief.number(fact.id), brief.where(fact)),
    ]
