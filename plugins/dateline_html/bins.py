"""The facts of a long story on one axis of time: bars that count those of each day or longer part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dateline.plugin import parse_edtf
from dateline_html.marks import RING, Mark, lanes
from dateline_html.markup import Html, el
from dateline_html.svg import line, px, shape, share
from dateline_html.window import EARLIER, LATER, Window

#: At most so many parts; each is so many days.
_PARTS = 45
_SIZES = (1, 2, 7, 14, 28, 91, 182, 365, 1826, 3652, 36524, 365243)
_NAME, _HIGH, _GAP = 22, 46, 14


def binned(marks: Sequence[Mark], shown: Window, name: str) -> tuple[list[Html], float]:
    """The lanes with a bar for each part of the time, and their height."""
    size = next(size for size in _SIZES if (shown.last - shown.first) / size <= _PARTS)
    found = [(title, _parts(group, shown, size)) for _, title, group in lanes(marks)]
    most = max(len(part) for _, parts in found for part in parts.values())
    drawn, y = list[Html](), 0.0
    for number, (title, parts) in enumerate(found):
        drawn.append(el("text", title, x="0", y=px(y + 14), class_="lane"))
        y += _NAME + _HIGH
        drawn += _lane(parts, shown, size, y, _HIGH / most, f"{name}.{number}")
        drawn.append(line(0, 100, y, y, "grid"))
        y += _GAP
    return drawn, y


def _parts(marks: Sequence[Mark], shown: Window, size: int) -> dict[int, list[Mark]]:
    """The marks of each part, counted from the window's start; -1 and the last are those outside."""
    last = int((shown.last - shown.first - 0.001) // size)
    parts: dict[int, list[Mark]] = {}
    for mark in marks:
        side = shown.side(mark.start, mark.end)
        at = mark.start if mark.start is not None else (mark.end or 1.0) - 0.5
        number = min(last, max(0, int((at - shown.first) // size)))
        number = {"earlier": -1, "later": last + 1}.get(side, number)
        parts.setdefault(number, []).append(mark)
    return parts


def _lane(
    parts: dict[int, list[Mark]], shown: Window, size: int, y: float, scale: float, name: str
) -> Iterator[Html]:
    tallest = max(parts, key=lambda number: len(parts[number]))
    last = int((shown.last - shown.first - 0.001) // size)
    for number, marks in sorted(parts.items()):
        begin = shown.first + number * size
        left, right = shown.x(begin), shown.x(begin + size)
        if not 0 <= number <= last:
            left, right = EARLIER if number < 0 else LATER
        gap = min(0.6, (right - left) / 6)
        tall, many = max(2.0, len(marks) * scale), len(marks)
        middle, id_ = (left + right) / 2, f"{name}.{number}"
        rings = _rings(marks)
        yield el(
            "a",
            el("title", f"{_when(number, last, shown, size)}: {_many(marks)}", id=id_),
            el(
                "rect",
                x=share(left),
                y=px(y - _HIGH),
                width=share(right - left),
                height=_HIGH,
                class_="hit",
            ),
            el(
                "rect",
                x=share(left + gap),
                y=px(y - tall),
                width=share(right - left - 2 * gap),
                height=px(tall),
                class_="bar",
            ),
            *(shape(middle, y - tall - 9, RING, f"ring {ring}") for ring in rings),
            el("text", f"{many:,}", x=share(middle), y=px(y - tall - 4), class_="middle count")
            if number == tallest and not rings
            else None,
            href=_href(marks),
            aria_labelledby=id_,
        )


def _when(number: int, last: int, shown: Window, size: int) -> str:
    """The days of a bar in words: ``4 March 2024``, ``before 3 March 2024``."""
    if number < 0:
        return f"before {_day(shown.first)}"
    if number > last:
        return f"after {_day(shown.last - 1)}"
    begin = shown.first + number * size
    end = min(begin + size, shown.last) - 1
    return _day(begin) if end <= begin else f"{_day(begin)} to {_day(end)}"


def _day(at: float) -> str:
    return parse_edtf(date.fromordinal(int(at) + 1).isoformat()).words


def _many(marks: Sequence[Mark]) -> str:
    """``71 facts, 2 corrected``"""
    rings = [f"{sum(mark.ring == ring for mark in marks)} {ring}" for ring in _rings(marks)]
    return ", ".join([f"{len(marks):,} fact{'' if len(marks) == 1 else 's'}", *rings])


def _rings(marks: Sequence[Mark]) -> list[str]:
    return sorted({mark.ring for mark in marks if mark.ring})


def _href(marks: Sequence[Mark]) -> str:
    return marks[0].href if len(marks) == 1 or marks[0].day is None else marks[0].day
