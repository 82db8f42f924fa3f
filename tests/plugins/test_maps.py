"""The map of a story's places: land where there is land, every place within it, no name over another."""

from __future__ import annotations

from importlib.resources import files
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline_html.crop import HEIGHT, WIDTH, crop
from dateline_html.labels import NARROW, WIDE, _room, labels
from dateline_html.maps import Spot, drawn, has_land
from dateline_html.outlines import Box, Point, borders, clipped, land

KHERSON = (32.62, 46.64)
coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
shares = st.floats(0, 1)


def is_within(ring: list[Point], place: Point) -> bool:
    """Whether a ring goes around a place: a line to the east crosses it an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > place[1]) != (y2 > place[1]):
            inside ^= place[0] < x1 + (place[1] - y1) / (y2 - y1) * (x2 - x1)
    return inside


@pytest.mark.parametrize(
    ("place", "is_land"),
    [
        *(
            ((33.5, 47.5), True),
            ((31.0, 44.0), False),
            ((2.35, 48.86), True),
            ((-123.4, -48.8), False),
        ),
        *(
            ((-60.0, -10.0), True),
            ((-30.0, 30.0), False),
            ((138.0, 36.0), True),
            ((0.0, -80.0), True),
        ),
    ],
)
def test_land_is_where_there_is_land(place: Point, is_land: bool) -> None:
    box = crop([(place, 0)]).box
    assert any(is_within(ring, place) for ring in land(box)) is is_land


def test_borders_are_drawn_and_crimea_is_not_cut_off() -> None:
    assert any(borders(Box(21.0, 49.0, 26.0, 53.0)))  # Poland's east
    assert not any(borders(Box(33.0, 45.5, 35.5, 46.5)))
    # A straight border of one long line, with no point of it within the box.
    assert any(borders(Box(-110.0, 48.0, -109.0, 50.0)))


def test_the_outlines_are_small() -> None:
    assert len(files("dateline_html").joinpath("outlines.txt").read_bytes()) < 120_000


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(coordinates, min_size=3, max_size=9), coordinates, coordinates)
def test_a_clipped_ring_is_within_the_box_and_keeps_what_is_inside(
    ring: list[Point], one: Point, two: Point
) -> None:
    box = Box(min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1]))
    assume(box.east - box.west > 1 and box.north - box.south > 1)
    found = clipped(ring, box)
    for x, y in found:
        assert box.west - 1e-9 <= x <= box.east + 1e-9 and box.south - 1e-9 <= y <= box.north + 1e-9
    inside = [p for p in ring if box.west <= p[0] <= box.east and box.south <= p[1] <= box.north]
    assert {*inside} <= {*found}


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(
        st.tuples(coordinates, st.sampled_from([0.0, 5.0, 30.0, 120.0, 400.0])),
        min_size=1,
        max_size=9,
    )
)
@example([((0.0, 90.0), 400.0)])
@example([((-180.0, -90.0), 0.0), ((180.0, 90.0), 0.0)])
def test_every_place_is_on_the_map(places: list[tuple[Point, float]]) -> None:
    shown = crop(places)
    for place, _ in places:
        if abs(place[1]) <= 80:
            x, y = shown.xy(place)
            assert -1 <= x <= WIDTH + 1 and -1 <= y <= HEIGHT + 1
    kilometres, units = shown.bar()
    assert 0 < units <= WIDTH / 4 and kilometres >= 1
    assert all(len(lines) <= 7 for lines in shown.lines())


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.tuples(shares, shares, st.text(min_size=1, max_size=24)), max_size=12))
@example([(0.5, 0.5, "a" * 20), (0.5, 0.53, "b" * 20)])
def test_no_name_covers_another_or_leaves_the_map(places: list[tuple[float, float, str]]) -> None:
    found = labels(places)
    for narrow, (width, height) in ((True, NARROW), (False, WIDE)):
        rooms = [
            _room(x * width, y * height, name, label.dx, label.dy, label.anchor)
            for (x, y, name), label in zip(places, found, strict=True)
            if label is not None and not (narrow and label.wide)
        ]
        for one, two in combinations(rooms, 2):
            assert one[0] >= two[2] or two[0] >= one[2] or one[1] >= two[3] or two[1] >= one[3]
        assert all(room[0] >= 0 and room[2] <= width for room in rooms)


def test_each_place_is_a_mark_that_leads_to_it() -> None:
    city = Spot(KHERSON, 5.0, "Kherson", "Kherson: 8 facts", "#place.1", 8)
    suburb = city._replace(at=(32.63, 46.65), name="Suburb", said="Suburb: 1 fact", href="#place.2")
    region = Spot((33.9, 46.6), 120.0, "Kherson region", "Kherson region: 9 facts", "#place.3", 9)
    svg = ElementTree.fromstring(
        "".join(drawn([region, city, suburb], "map", "Map", "about", "uk"))
    )
    links = [(link.get("href"), link.findtext("title")) for link in svg.iter("a")]
    assert links == [
        ("#place.3", "Kherson region: 9 facts"),
        ("#place.1", "Kherson: 8 facts; Suburb: 1 fact"),
    ]
    words = [text.text for text in svg.iter("text")]
    assert {"Kherson region", "Kherson, Suburb"} <= {*words}
    around = [circle.get("r") for circle in svg.iter("circle") if circle.get("class") == "around"]
    assert len(around) == 3 and len({*around}) == 2
    assert not has_land([city._replace(at=(-123.4, -48.8))]) and has_land([city])
