"""What the words around dates make of them: ``since``, ``until``, ``about``, ``from ... to``; and times.

Each function takes EDTF and returns everything that the words and the date can mean together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateline.events import edtf
from dateline.language.dates.refusals import NotADate
from dateline.language.dates.tokens import Time

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SINGLE = re.compile(r"[\dX]{4}(-\d\d){0,2}", re.ASCII)


def since(found: str) -> list[str]:
    return [f"{_first(found)}/.."]


def until(found: str) -> list[str]:
    return [f"../{_last(found)}"]


def before(found: str) -> list[str]:
    return [f"../{_next(_first(found), -1)}"]


def after(found: str) -> list[str]:
    return [f"{_next(_last(found), 1)}/.."]


def until_or_before(found: str) -> list[str]:
    """Ukrainian ``до``, Russian ``до``: with that day or without it."""
    return [*until(found), *before(found)]


def about(found: str) -> list[str]:
    return [f"{_single(found)}~"]


def perhaps(found: str) -> list[str]:
    return [f"{_single(found)}?"]


def within(found: str) -> list[str]:
    """``Thursday morning``: the day, since EDTF has no parts of days."""
    return [_day(found).isoformat()]


def night(found: str) -> list[str]:
    """``Thursday night`` may be that day, the night after it, or the night before it."""
    day = _day(found)
    return [str(day), f"{day}/{day + timedelta(1)}", f"{day - timedelta(1)}/{day}"]


def night_before(found: str) -> list[str]:
    """German ``in der Nacht zum 13. Mai``: the 12th and 13th."""
    day = _day(found)
    return [f"{day - timedelta(1)}/{day}"]


def span(first: str, last: str) -> list[str]:
    if ".." in first or ".." in last:
        raise NotADate("it has no such end")
    return [f"{_first(first)}/{_last(last)}"]


def one_night(first: str, last: str) -> list[str]:
    if _day(last) - _day(first) != timedelta(1):
        raise NotADate("a night has two days, one after the other")
    return span(first, last)


def one_of(first: str, last: str) -> list[str]:
    return [f"[{_single(first)},{_single(last)}]"]


def both(first: str, last: str) -> list[str]:
    return [f"{{{_single(first)},{_single(last)}}}"]


OPERATIONS: dict[str, Callable[[str], list[str]]] = {
    "since": since,
    "from": since,
    "until": until,
    "before": before,
    "after": after,
    "until or before": until_or_before,
    "about": about,
    "perhaps": perhaps,
    "within": within,
    "night": night,
    "night before": night_before,
}
#: On which side of the source's date a bare ``Friday`` or ``12 May`` is after such words.
SIDES = {"since": "past"} | dict.fromkeys(
    ("from", "until", "before", "after", "until or before"), "either"
)
#: These need to know where a date begins and ends: not before ``Monday evening``.
WHOLE_DATES = frozenset({"before", "after", "until or before"})
SPANS: dict[str, Callable[[str, str], list[str]]] = {
    "span": span,
    "one night": one_night,
    "one of": one_of,
    "both": both,
}


def at_time(found: str, time: Time, twelve_hours: bool) -> list[str]:
    """A day at a time of day. Where clocks have twelve hours, ``2:30`` may be in the afternoon."""
    day, hour, minute = _day(found), int(time.hour), int(time.minute or 0)
    if hour > 23 or minute > 59 or int(time.second or 0) > 59:
        raise NotADate(f"there is no time {time.hour}:{time.minute or '00'}")
    hours = [hour]
    if time.half:
        if not 1 <= hour <= 12 or (hour == 12 and not time.minute):
            raise NotADate("write noon as 12:00 and midnight as 00:00")
        hours = [hour % 12 + (12 if time.half == "pm" else 0)]
    elif twelve_hours and 1 <= hour <= 12 and time.hour[0] != "0" and not time.zone:
        hours = [hour % 12, hour % 12 + 12] if hour != 12 else [12, 0]
    end = f"{minute:02}:{time.second or '00'}{_zone(time.zone)}"
    return [f"{day}T{one:02}:{end}" for one in hours]


def _zone(said: str) -> str:
    """``utc+2`` as ``+02:00``."""
    if said in ("", "z", "utc", "gmt"):
        return "Z" if said else ""
    sign, digits = re.sub(r"[^0-9+-]", "", said)[0], re.sub(r"[^0-9]", "", said)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "00")
    if int(hours) > 14 or int(minutes) > 59:
        raise NotADate(f"there is no time zone {said.upper()}")
    return f"{sign}{int(hours):02}:{minutes}"


def _first(found: str) -> str:
    return _simple(found.split("/")[0])


def _last(found: str) -> str:
    return _simple(found.split("/")[-1])


def _simple(found: str) -> str:
    if found == ".." or found[0] in "[{":
        raise NotADate("it has no such end")
    return found


def _single(found: str) -> str:
    if not _SINGLE.fullmatch(found):
        raise NotADate("only one date can be so")
    return found


def _day(found: str) -> date:
    if not _DAY.fullmatch(found):
        raise NotADate("a day is needed")
    return date.fromisoformat(found)


def _next(found: str, step: int) -> str:
    """The day, month or year next to one, in the direction of `step`."""
    if not _SINGLE.fullmatch(found):
        raise NotADate("the day before or after it is not known")
    numbers = found.split("-")
    if len(numbers) == 1 and found.isdigit():
        return f"{int(found) + step:04}"
    if len(numbers) == 2 and int(numbers[1]) <= 12:
        months = int(numbers[0]) * 12 + int(numbers[1]) - 1 + step
        return f"{months // 12:04}-{months % 12 + 1:02}"
    bounds = edtf.parse(found)
    edge = bounds.earliest if step < 0 else bounds.latest
    assert edge is not None  # a single date has both
    return (date.fromisoformat(edge) + timedelta(step)).isoformat()
