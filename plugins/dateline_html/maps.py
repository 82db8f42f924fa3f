"""A map of the places of a story, in SVG, drawn from outlines that come with Dateline.

Its outlines scale with it; names and marks keep their size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dateline.plugin import number_words
from dateline_html import outlines
from dateline_html.chart import SHAPES
from dateline_html.crop import HEIGHT, WIDTH, Crop, crop
from dateline_html.labels import NARROW, labels
from dateline_html.markup import Html, el, end, join, start
from dateline_html.outlines import Point
from dateline_html.svg import fitting, share

#: How far around its coordinates a place is meant, in kilometres, by the precision that is recorded.
AROUND = {"settlement": 5.0, "admin2": 30.0, "admin1": 120.0, "country": 400.0}
#: Marks that are nearer than this on a narrow screen, in pixels, become one.
_NEAR = 12.0
_LONGEST = 34


class Spot(NamedTuple):
    """A place to draw: `at` its longitude and latitude, `around` in kilometres, `href` where it leads, `facts` how many
    facts name it."""

    at: Point
    around: float
    name: str
    said: str
    href: str
    facts: int


def drawn(
    spots: Sequence[Spot], name: str, title: str, about: str, lang: str | None
) -> Iterator[Html]:
    """The map of `spots`, at least one, the most important first."""
    shown = crop([(spot.at, spot.around) for spot in spots])
    yield start(
        "svg",
        class_="map",
        role="group",
        aria_labelledby=f"{name}.title",
        aria_describedby=f"{name}.desc",
    )
    yield el("title", title, id=f"{name}.title")
    yield el("desc", about, id=f"{name}.desc")
    yield from _ground(shown, spots)
    yield from _scale(shown)
    yield start("g", lang=lang)
    yield from _places(shown, spots, name)
    yield join([end("g"), end("svg")])


def has_land(spots: Sequence[Spot]) -> bool:
    return any(outlines.land(crop([(spot.at, spot.around) for spot in spots]).box))


def _ground(shown: Crop, spots: Sequence[Spot]) -> Iterator[Html]:
    yield start("svg", width="100%", height="100%", viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}")
    land = "".join(_path(shown, ring) + "z" for ring in outlines.land(shown.box))
    yield el("path", d=land, class_="land") if land else Html()
    borders = "".join(_path(shown, one) for one in outlines.borders(shown.box))
    yield el("path", d=borders, class_="border") if borders else Html()
    meridians, parallels = shown.lines()
    lines = "".join(f"M{_n(shown.xy((at, 0))[0])} 0V{HEIGHT:g}" for at in meridians)
    lines += "".join(f"M0 {_n(shown.xy((0, at))[1])}H{WIDTH:g}" for at in parallels)
    yield el("path", d=lines, class_="degrees")
    for x, y, radius in dict.fromkeys((*shown.xy(s.at), shown.units(s.around)) for s in spots):
        if radius > 2:
            yield el("circle", cx=_n(x), cy=_n(y), r=_n(radius), class_="around")
    yield end("svg")


def _path(shown: Crop, points: Sequence[Point]) -> str:
    """Points that fall on one unit are drawn once."""
    found = dict.fromkeys(f"{x:.0f} {y:.0f}" for x, y in map(shown.xy, points))
    return "M" + "L".join(found)


def _scale(shown: Crop) -> Iterator[Html]:
    kilometres, units = shown.bar()
    right = share(2 + units / WIDTH * 100)
    yield el("line", x1="2%", x2=right, y1="97%", y2="97%", class_="scale")
    yield el("text", f"{kilometres:,} km", x="2%", y="97%", dy=-5, class_="unit")
    _, parallels = shown.lines()
    for at in parallels:
        y = shown.xy((0, at))[1] / HEIGHT * 100
        if 4 < y < 85:
            sign = "" if not at else "\u00a0N" if at > 0 else "\u00a0S"
            words = f"{number_words(abs(at))}°{sign}"
            yield el("text", words, x="100%", y=share(y), dx=-4, dy=-3, class_="unit end")


def _places(shown: Crop, spots: Sequence[Spot], name: str) -> Iterator[Html]:
    together = list(_together(shown, spots))
    named = []
    for (x, y), group in together:
        words = ", ".join(spot.name for spot in group)
        named.append((x / WIDTH, y / HEIGHT, fitting(words, _LONGEST)))
    for number, (((x, y), group), place, label) in enumerate(
        zip(together, named, labels(named), strict=True), 1
    ):
        x, y, id_ = x / WIDTH * 100, y / HEIGHT * 100, f"{name}.{number}"
        mark = el(
            "svg",
            el("circle", r=12, class_="hit"),
            el("path", d=SHAPES[0], class_="mark"),
            x=share(x),
            y=share(y),
            class_="at",
        )
        text = None
        if label is not None:
            class_ = f"place {label.anchor}" + (" wide" if label.wide else "")
            text = el(
                "text", place[2], x=share(x), y=share(y), dx=label.dx, dy=label.dy, class_=class_
            )
        said = "; ".join(spot.said for spot in group)
        yield el(
            "a", el("title", said, id=id_), mark, text, href=group[0].href, aria_labelledby=id_
        )


def _together(shown: Crop, spots: Sequence[Spot]) -> Iterator[tuple[Point, list[Spot]]]:
    """Spots that would cover each other on a narrow screen are one mark."""
    groups: list[tuple[Point, list[Spot]]] = []
    near = _NEAR / NARROW[0] * WIDTH
    for spot in spots:
        x, y = shown.xy(spot.at)
        for (left, top), group in groups:
            if abs(left - x) < near and abs(top - y) < near:
                group.append(spot)
                break
        else:
            groups.append(((x, y), [spot]))
    return iter(groups)


def _n(number: float) -> str:
    return f"{number:.1f}"
