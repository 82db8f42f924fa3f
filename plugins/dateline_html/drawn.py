"""The facts of a story on one axis of time, in SVG: readable without colour, each mark a link.

A day is a mark, a longer time a bar. An end that is open or only about known is soft. Each kind of fact
has a lane. A story of many facts has bars that count them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor

from dateline_html.bins import binned
from dateline_html.lanes import NARROW, STEP, Lane
from dateline_html.marks import LANES, RING, Mark, lanes, short
from dateline_html.markup import Html, el, end, join, start
from dateline_html.svg import at, fitting, line, px, shape, share
from dateline_html.window import EARLIER, LATER, Window, window

#: With more marks than this, or more rows of them in a lane, the drawing counts facts.
MANY, _ROWS = 160, 12
#: With more bars than this in a lane, they have no words.
_WORDED = 8
#: Heights of the name of a lane, of the words of a bar, of a bar, and between lanes.
NAME, _WORDS, _BAR, _GAP = 22, 15, 12, 8
#: The steps of a soft end, in pixels.
_FADE = (3, 8, 13)
_WIDE, _LETTER = 620, 6.4
_ANY = "M-5-5l10 10m0-10l-10 10"


def counted(marks: Sequence[Mark]) -> bool:
    """Whether the drawing of `marks` counts them instead of showing each."""
    shown = window([(mark.start, mark.end) for mark in marks])
    return _drawn_lanes(marks, shown, "") is None


def drawing(
    marks: Sequence[Mark], name: str, title: str, about: str, lang: str | None
) -> Iterator[Html]:
    """The drawing of `marks`, at least one, in the order of their dates. `name` starts the ids of its
    parts, `lang` is the language of their words."""
    shown = window([(mark.start, mark.end) for mark in marks])
    drawn, height = _drawn_lanes(marks, shown, name) or binned(marks, shown, name)
    yield start(
        "svg",
        class_="chart axis",
        role="group",
        height=px(height + 30),
        aria_labelledby=f"{name}.title",
        aria_describedby=f"{name}.desc",
    )
    yield el("title", title, id=f"{name}.title")
    yield el("desc", about, id=f"{name}.desc")
    yield from _axis(shown, height)
    yield start("g", lang=lang)
    yield from drawn
    yield join([end("g"), end("svg")])


def _axis(shown: Window, bottom: float) -> Iterator[Html]:
    ticks = shown.ticks()
    yield line(shown.left, shown.right, bottom, bottom, "zero")
    for number, tick in enumerate(ticks):
        x, minor = shown.x(tick.at), " minor" if number % 2 and len(ticks) > 3 else ""
        side = " end" if x > shown.right - 8 else " begin" if x < shown.left + 8 else ""
        # A day is labelled in its middle and divided from the one before at its start.
        begin = shown.x(floor(tick.at))
        yield line(begin, begin, 0, bottom, f"grid{minor}")
        yield line(x, x, bottom, bottom + 5, f"tick{minor}")
        yield el("text", tick.label, x=share(x), y=px(bottom + 20), class_=f"date{side}{minor}")
    if shown.earlier:
        yield line(EARLIER[1] + 1, EARLIER[1] + 1, 0, bottom, "cut")
        yield el("text", "earlier", x="0", y=px(bottom + 20), class_="date begin")
    if shown.later:
        yield line(LATER[0] - 1, LATER[0] - 1, 0, bottom, "cut")
        yield el("text", "later", x="100%", y=px(bottom + 20), class_="date end")


def _drawn_lanes(
    marks: Sequence[Mark], shown: Window, name: str
) -> tuple[list[Html], float] | None:
    """The lanes with a mark for each fact, and their height; None if they are too many."""
    if len(marks) > MANY:
        return None
    drawn, y = list[Html](), 0.0
    for kind, title, group in lanes(marks):
        drawn.append(el("text", title, x="0", y=px(y + 14), class_="lane"))
        y += NAME
        bars = [mark for mark in group if not mark.brief and shown.side(mark.start, mark.end) == ""]
        items, tall = _bars(bars, shown, y, name)
        if tall > _ROWS * (_WORDS + _BAR):
            return None
        drawn += items
        y += tall
        rest = [mark for mark in group if mark not in bars]
        items, rows = _marks(rest, shown, y, LANES.get(kind, ("", _ANY))[1], name)
        if rows > _ROWS:
            return None
        drawn += items
        y += rows * STEP + _GAP
    return drawn, y


def _marks(
    marks: Sequence[Mark], shown: Window, top: float, path: str, name: str
) -> tuple[list[Html], int]:
    lane, drawn = Lane(), list[Html]()
    for mark in marks:
        side = shown.side(mark.start, mark.end)
        if side:
            room = EARLIER if side == "earlier" else LATER
        else:
            room = (shown.x(mark.start or 0), shown.x(mark.end or 0))
        x, level = lane.mark(*room)
        paths = [el("circle", r=STEP // 2, class_="hit"), el("path", d=path, class_="mark")]
        paths += [el("path", d=RING, class_=f"ring {mark.ring}")] if mark.ring else []
        drawn.append(_link(mark, name, at(x, top + level * STEP + STEP / 2, *paths)))
    return drawn, len(lane.levels)


def _bars(marks: Sequence[Mark], shown: Window, top: float, name: str) -> tuple[list[Html], float]:
    lane, drawn = Lane(), list[Html]()
    worded = len(marks) <= _WORDED
    above = _WORDS if worded else STEP - _BAR
    for mark in marks:
        left, right = _ends(mark, shown)
        pixels = (left / 100 * NARROW - 15, right / 100 * NARROW + 15)
        level = lane.bar(*((-STEP, NARROW + STEP) if worded else pixels))
        y = top + level * (above + _BAR) + above
        words = _words(mark, left, right, y - 4) if worded else ()
        drawn.append(_link(mark, name, *words, *_bar(mark, left, right, y, shown)))
    return drawn, len(lane.levels) * (above + _BAR)


def _ends(mark: Mark, shown: Window) -> tuple[float, float]:
    """Where a bar begins and ends, at least as wide as can be seen."""
    left = shown.left if mark.start is None else shown.x(mark.start)
    right = shown.right if mark.end is None else shown.x(mark.end)
    return left, max(right, left + 1.2)


def _bar(mark: Mark, left: float, right: float, y: float, shown: Window) -> Iterator[Html]:
    middle, tall = y + _BAR / 2 - 2, _BAR - 4
    yield el("rect", x=share(left), y=px(y), width=share(right - left), height=tall, class_="bar")
    for x, soft, way in ((left, mark.soft[0], -1), (right, mark.soft[1], 1)):
        if soft:
            steps = (
                el("path", d=f"M{way * by}-4v8", class_=f"fade{n}") for n, by in enumerate(_FADE, 1)
            )
            yield at(x, middle, *steps)
    if mark.start is not None and mark.start < shown.first and not mark.soft[0]:
        yield shape(left, middle, "M-3-5l-5 5l5 5", "cap")
    if mark.end is not None and mark.end > shown.last and not mark.soft[1]:
        yield shape(right, middle, "M3-5l5 5l-5 5", "cap")
    if mark.ring:
        yield shape((left + right) / 2, middle, RING, f"ring {mark.ring}")


def _words(mark: Mark, left: float, right: float, y: float) -> Iterator[Html]:
    """The date and the sentence of a bar, above it, as long as there is room on either width."""
    side = "end" if left > 45 else "begin"
    x = right if side == "end" else left
    for width, class_ in ((NARROW, "thin"), (_WIDE, "wide")):
        room = (x if side == "end" else 100 - x) / 100 * width
        words = fitting(f"{short(mark.when)}: {mark.words}", int(room / _LETTER))
        yield el("text", words, x=share(x), y=px(y), class_=f"label {side} {class_}")


def _link(mark: Mark, name: str, *content: Html) -> Html:
    id_ = f"{name}.{mark.fact}"
    return el("a", el("title", mark.said, id=id_), *content, href=mark.href, aria_labelledby=id_)
