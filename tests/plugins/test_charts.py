"""Charts of series: every figure has its place, whatever the numbers and dates."""

from __future__ import annotations

import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline_html.chart import HEIGHT, MANY, Point, chart, drawable
from dateline_html.scales import date_ticks, days, number_ticks, short

DAY = days("2024-05-03")
numbers = st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12))
dates = st.one_of(
    st.none(),
    st.integers(1, 3_600_000),
    st.floats(DAY, DAY + 3),
    st.integers(int(DAY), int(DAY) + 90),
)


@st.composite
def points(draw: st.DrawFn) -> Point:
    start, end = draw(dates), draw(dates)
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end)
    start = DAY if start is None and end is None else start
    lower, upper = draw(st.none() | numbers), draw(st.none() | numbers)
    value, corrected = draw(st.none() | numbers), draw(st.none() | numbers)
    words, shape = draw(st.text(max_size=9)), draw(st.integers(0, 5))
    return Point(
        start, end, value, lower, upper, words, shape, None, corrected, draw(st.booleans())
    )


def drawn(given: list[Point], unit: str | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(chart(given, unit, "deaths", "all of them", "series.1"))


def point(value: float, day: float = 0, **given: object) -> Point:
    start = DAY + day
    return Point(start, start + 1, value, None, None, str(value))._replace(**given)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(points(), min_size=1, max_size=9), st.sampled_from((None, "person", "fraction")))
@example([point(0)], None)
@example([point(5e-324), point(1e-320)], None)
@example([point(7)] * 3, None)
@example([point(0.1, n) for n in range(MANY + 1)], "fraction")
@example([Point(1.0, None, 1, None, None, "1"), Point(None, 3_652_059.0, 2, None, None, "2")], None)
def test_everything_is_drawn_within_the_chart(given: list[Point], unit: str | None) -> None:
    if not drawable(given):
        return
    for element in drawn(given, unit).iter():
        for name, value in element.attrib.items():
            if name in ("x", "x1", "x2", "cx", "width"):
                assert 0 <= float(value.removesuffix("%")) <= 100
            elif name in ("y", "y1", "y2", "cy", "height"):
                assert -30 <= float(value) <= HEIGHT + 30


def test_marks_say_what_the_figures_are() -> None:
    given = [
        point(28),
        point(31, 1, before=0, corrected=43, shape=1),
        point(40, 2, before=1, loose=True),
        Point(DAY + 3, DAY + 4, None, 20, 30, "20 to 30"),
        Point(DAY + 4, DAY + 5, None, 40, None, "at least 40"),
        Point(DAY, DAY + 31, 44, None, None, "44"),
        Point(DAY + 6, DAY + 7, None, None, None, "dozens"),
    ]
    classes = [element.get("class") for element in drawn(given).iter()]
    found = {
        name: classes.count(name) for name in ("mark", "loose", "old", "ring", "bound", "time")
    }
    assert found == {"mark": 3, "loose": 1, "old": 1, "ring": 1, "bound": 2, "time": 1}
    assert (classes.count("step"), classes.count("unknown")) == (4, 1)


def test_many_figures_become_bars_that_span_them() -> None:
    given = [point(number % 7, number) for number in range(2000)]
    svg = drawn(given)
    bars = [element for element in svg.iter() if element.get("class") == "band"]
    assert len(list(svg.iter())) < 250
    assert 100 < len(bars) <= 160
    tall = [bar for bar in bars if float(bar.get("height", 0)) == 214]
    assert len(tall) > 150  # nearly every part of the time has low and high figures


def test_figures_about_one_time_are_drawn_apart() -> None:
    moved = [
        element.get("transform") for element in drawn([point(5), point(5), point(6)]).iter("g")
    ]
    assert len({*moved}) == 3


@settings(max_examples=examples(100), deadline=None)
@given(numbers, numbers, st.booleans())
def test_ticks_of_numbers_are_few_round_and_enclose(one: float, two: float, whole: bool) -> None:
    low, high = sorted((math.floor(one), math.ceil(two)) if whole else (one, two))
    ticks = number_ticks(low, high, whole=whole)
    assert 2 <= len(ticks) <= 8
    rounding = 1e-12 * (high - low)  # nobody sees so little of the axis
    assert ticks[0] <= low or math.isclose(ticks[0], low, abs_tol=rounding)
    assert ticks[-1] >= high or math.isclose(ticks[-1], high, abs_tol=rounding)
    assert all(left < right for left, right in pairwise(ticks))
    assert not whole or all(tick.is_integer() for tick in ticks)


@settings(max_examples=examples(100), deadline=None)
@given(st.floats(0, 3_652_000), st.floats(0.05, 3_652_000), st.booleans())
def test_ticks_of_dates_are_few_and_within(first: float, span: float, clock: bool) -> None:
    last = min(first + span, 3_652_059.0)
    if not clock:
        first, last = float(math.floor(first)), float(math.floor(last) + 1)
    ticks = date_ticks(first, last, clock=clock)
    assert len(ticks) <= 7
    assert all(first - 0.01 <= tick.at <= last + 0.01 for tick in ticks)
    assert clock or all(left.label != right.label for left, right in pairwise(ticks))


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2024-05-03", "2024-05-06", ["3 May 2024", "4 May", "5 May", "6 May"]),
        ("2023-12-30", "2024-01-02", ["30 Dec 2023", "31 Dec", "1 Jan 2024", "2 Jan"]),
        ("2024-05-03", "2024-05-22", ["3 May 2024", "8 May", "13 May", "18 May"]),
        ("2024-01-01", "2024-05-31", ["Jan 2024", "Feb", "Mar", "Apr", "May", "Jun"]),
        ("1950", "2024-12-31", ["1960", "1980", "2000", "2020"]),
    ],
)
def test_dates_are_labelled_as_people_write_them(first: str, last: str, labels: list[str]) -> None:
    begin = days(first if "-" in first else f"{first}-01-01")
    assert [tick.label for tick in date_ticks(begin, days(last, end=True), clock=False)] == labels


def test_labels_of_numbers_are_short() -> None:
    given = (0, 12.66, 1250, 2_400_000, 3_000_000_000, -1_500_000, 1e20, 1e-9)
    assert [short(number, None) for number in given] == [
        "0", "12.66", "1,250", "2.4 million", "3 billion", "-1.5 million", "1e+20", "1e-09",
    ]  # fmt: skip
    assert short(0.125, "fraction") == "12.5%"
