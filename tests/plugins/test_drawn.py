"""The drawing of a story's facts: each has its place, whatever its date, and a link."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline.plugin import parse_edtf
from dateline_html.drawn import MANY, counted, drawing
from dateline_html.lanes import NARROW, STEP, Lane
from dateline_html.marks import LANES, Mark, short, softness
from dateline_html.scales import days
from dateline_html.svg import fitting, letters
from dateline_html.window import window

CASES = [
    "2022-10-13",
    "2022-10-13T08:00:00Z",
    "2022-08/..",
    "../2009",
    "2022-03~",
    "2024-03-03/2024-03-04",
    "2024-02-12~",
    "1987-04",
    "0001-01-01",
    "9999-12-31",
    "[2022-10-01,2022-10-09]",
    "2022-XX",
    "2022-21",
    "2022-10-13?",
    "/2022",
    "2022-10-15",
    "2022-10-12",
]
times = st.lists(
    st.tuples(st.sampled_from(CASES), st.sampled_from([*LANES, "rumour"])), min_size=1, max_size=60
)


def mark(number: int, edtf: str, kind: str = "occurrence", ring: str = "") -> Mark:
    when = parse_edtf(edtf)
    return Mark(
        f"f{number}",
        kind,
        None if when.earliest is None else days(when.earliest),
        None if when.latest is None else days(when.latest, end=True),
        softness(edtf),
        None if when.earliest is None else f"#day.{when.earliest[:10]}",
        when.words,
        f"sentence {number}",
        f"#f{number}",
        ring,
    )


def drawn(marks: list[Mark]) -> ElementTree.Element:
    return ElementTree.fromstring("".join(drawing(marks, "drawn", "title", "about", None)))


def classes(svg: ElementTree.Element) -> list[str]:
    return [element.get("class", "") for element in svg.iter()]


@settings(max_examples=examples(25), deadline=None)
@given(times)
@example([(case, "state") for case in CASES])
@example([("2022-10-13", "state")] * (MANY + 1))
@example([("0001-01-01", "state"), ("9999-12-31", "role")] * MANY)
def test_every_fact_is_drawn_within_the_drawing_and_linked(given: list[tuple[str, str]]) -> None:
    marks = [mark(number, *pair) for number, pair in enumerate(given)]
    svg = drawn(marks)
    links = svg.findall(".//a")
    if counted(marks):
        titles = [link.findtext("title", "") for link in links]
        many = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) facts?", " ".join(titles))]
        assert sum(many) == len(marks)
        assert {link.get("href") for link in links} <= {
            *(m.href for m in marks),
            *(m.day for m in marks),
        }
    else:
        assert sorted(str(link.get("href")) for link in links) == sorted(m.href for m in marks)
    assert all(link.get("aria-labelledby") == link.find("title").get("id") for link in links)  # type: ignore[union-attr]
    for element in svg.iter():
        for name in ("x", "x1", "x2"):
            if element.get(name):
                assert 0 <= float(str(element.get(name)).removesuffix("%")) <= 100
        if element.tag == "rect":
            assert float(str(element.get("width")).removesuffix("%")) > 0
        for name in ("y", "y1", "y2"):
            assert 0 <= float(element.get(name) or 0) <= float(str(svg.get("height")))


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=40))
def test_no_mark_covers_another_on_a_narrow_screen(ranges: list[tuple[float, float]]) -> None:
    lane, wide = Lane(), STEP / NARROW * 100
    places = [lane.mark(min(pair), max(pair)) for pair in ranges]
    for one, two in combinations(places, 2):
        assert one.level != two.level or abs(one.x - two.x) > wide - 0.02
    for place, pair in zip(places, ranges, strict=True):
        assert min(pair) - wide <= place.x <= max(pair) + wide


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.floats(1, 3_600_000), min_size=1, max_size=30))
def test_the_window_shows_most_facts_and_says_when_some_are_outside(dates: list[float]) -> None:
    shown = window([(date, date + 1) for date in dates])
    inside = [date for date in dates if shown.side(date, date + 1) == ""]
    assert len(inside) >= 0.8 * len(dates)
    assert shown.last - shown.first >= 3
    assert shown.earlier == any(shown.side(date, date + 1) == "earlier" for date in dates)
    assert shown.later == any(shown.side(date, date + 1) == "later" for date in dates)
    assert all(shown.x(one) <= shown.x(two) for one, two in pairwise(sorted(inside)))


def test_a_story_of_a_few_days_is_not_squeezed_by_one_long_ago() -> None:
    edtf = ["1987-04", *(f"2024-03-{day:02}" for day in (4, 4, 5, 6, 6))]
    marks = [mark(number, text) for number, text in enumerate(edtf)]
    shown = window([(one.start, one.end) for one in marks])
    assert (shown.first, shown.last) == (days("2024-03-04"), days("2024-03-06", end=True))
    assert (shown.earlier, shown.later) == (True, False)
    assert "earlier" in [text.text for text in drawn(marks).iter("text")]


@pytest.mark.parametrize(
    ("edtf", "soft"),
    [
        ("2022-08/..", (False, True)),
        ("../2009", (True, False)),
        ("2022-03~", (True, True)),
        ("2024-03-03/2024-03-04", (False, False)),
        ("2022-02-24/2022-03~", (False, True)),
        ("[2022-10-01,2022-10-09]", (True, True)),
        ("2022-10-13", (False, False)),
    ],
)
def test_an_end_that_is_open_or_about_known_is_soft(edtf: str, soft: tuple[bool, bool]) -> None:
    assert softness(edtf) == soft
    found = classes(drawn([mark(1, edtf), mark(2, "2022-10-13"), mark(3, "2022-10-14")]))
    # Each soft end has three steps. One outside of the window is a mark.
    assert found.count("fade1") in (0, sum(soft))


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2022-02-24/2022-10-13", "24 Feb to 13 Oct 2022"),
        ("2021-12-24/2022-01-13", "24 Dec 2021 to 13 Jan 2022"),
        ("2022-08/..", "since Aug 2022"),
        ("2022-05~", "about May 2022"),
        ("2022-10-12T08:00:00Z/2022-10-13", "12 Oct 2022, 08:00 UTC to 13 Oct 2022"),
    ],
)
def test_dates_are_short_where_there_is_little_room(edtf: str, words: str) -> None:
    assert short(parse_edtf(edtf).words) == words


def test_words_are_cut_where_they_would_leave_the_drawing() -> None:
    assert fitting("Rain fell.", 10) == "Rain fell."
    assert fitting("Rain fell. And", 10) == "Rain fell…"
    assert fitting("雨が降った", 10) == "雨が降った"
    assert letters(fitting("雨が降り続いた", 10)) <= 10


def test_a_day_is_a_mark_and_a_longer_time_a_bar() -> None:
    given = [
        "2022-10-13",
        "2022-10-13T08:00:00Z",
        "2022-08/..",
        "2022-10-12/2022-10-14",
        "2022-10-13~",
    ]
    found = classes(drawn([mark(number, text) for number, text in enumerate(given)]))
    assert (found.count("mark"), found.count("bar"), found.count("fade1")) == (2, 3, 3)


def test_marks_differ_in_shape_by_kind_and_in_their_ring_by_state() -> None:
    kinds = [mark(n, "2022-10-13", kind) for n, kind in enumerate(LANES)]
    shapes = {path.get("d") for path in drawn(kinds).iter("path") if path.get("class") == "mark"}
    assert len(shapes) == len(LANES)
    rings = ["corrected", "disputed", ""]
    found = classes(drawn([mark(n, "2022-10-13", ring=ring) for n, ring in enumerate(rings)]))
    assert [name for name in found if name.startswith("ring")] == [
        "ring corrected",
        "ring disputed",
    ]


def test_a_lane_that_would_be_too_tall_is_counted() -> None:
    assert not counted([mark(n, "2024-03-04/2024-03-05") for n in range(12)])
    assert counted([mark(n, "2024-03-04/2024-03-05") for n in range(20)])
    assert counted([mark(n, "2024-03-04T08:00:00Z") for n in range(20)])


def test_a_long_story_is_counted_in_bars_that_lead_to_their_day() -> None:
    marks = [mark(n, f"2024-03-{1 + n % 28:02}", list(LANES)[n % 3]) for n in range(2000)]
    marks[5] = marks[5]._replace(ring="disputed")
    svg = drawn(marks)
    titles = [link.findtext("title") for link in svg.iter("a")]
    assert titles[0] == "1 March 2024: 24 facts"
    assert [title for title in titles if "disputed" in str(title)] == [
        "6 March 2024: 24 facts, 1 disputed"
    ]
    assert next(svg.iter("a")).get("href") == "#day.2024-03-01"
    marks += [mark(2000, "2023-03"), mark(2001, "2024-06-01"), mark(2002, "2024-08-01")]
    titles = [link.findtext("title") for link in drawn(marks).iter("a")]
    assert titles[0] == "before 1 March 2024: 1 fact"
    assert "after 28 March 2024: 2 facts" in titles
    assert len(list(svg.iter())) < 600
