"""Dates as news reports give them: a subset of EDTF (ISO 8601-2), with bounds and words.

Years are 0001 to 9999. Accepted are ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, a date and time with
optional zone, ``X`` for unknown digits at the end (``202X``, ``2022-XX``, ``2022-10-XX``), seasons
21 to 24, the qualifiers ``?`` (uncertain), ``~`` (about), ``%`` (both) on a whole date, intervals
``a/b``, ``a/..``, ``../b``, ``a/``, ``/b``, and sets ``[a,b]`` (one of) and ``{a,b}`` (all of).

This is Dateline's own code because the edtf library (5.0.2) accepts 2022-02-29, invents ends for
``2022-10/``, writes to stdout and needs milliseconds for each date. The tests compare the two.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

import msgspec

from dateline.events.clock import from_datetime

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_DATE = re.compile(r"(\d{2}XX|\d{3}X|\d{4})(?:-(\d\d|XX)(?:-(\d\d|XX))?)?", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3])(:[0-5]\d)(:[0-5]\d)(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?",
    re.ASCII,
)


class Date(msgspec.Struct, frozen=True):
    """One date. ``earliest`` and ``latest`` are ISO strings that sort as text."""

    earliest: str
    latest: str
    words: str
    qualifier: Literal["", "?", "~", "%"] = ""
    instant: bool = False

    def __str__(self) -> str:
        about = "about " if self.qualifier in ("~", "%") and self.qualifier else ""
        unsure = " (uncertain)" if self.qualifier in ("?", "%") and self.qualifier else ""
        return f"{about}{self.words}{unsure}"


class Edtf(msgspec.Struct, frozen=True):
    """A parsed expression. A bound that is None is open or unknown."""

    text: str
    earliest: str | None
    latest: str | None
    words: str


def parse(text: str) -> Edtf:
    """Parse `text`. Raises ValueError that states what is wrong with it."""
    return _parse(text)


@lru_cache(maxsize=65536)
def _parse(text: str) -> Edtf:
    if len(text) > 200:
        raise ValueError("the date is longer than 200 characters")
    if text[:1] in "[{" and text:
        return _set(text)
    if "/" in text:
        return _interval(text)
    date = _date(text)
    return Edtf(text, date.earliest, date.latest, str(date))


def _date(text: str) -> Date:
    if "T" in text:
        return _instant(text)
    body, qualifier = (text[:-1], text[-1]) if text[-1:] in ("?", "~", "%") else (text, "")
    match = _DATE.fullmatch(body)
    if match is None:
        raise ValueError(
            f"{text!r} is not a date in the EDTF subset (like 2022-10-13 or 2022-08/..)"
        )
    year, month, day = match.groups()
    if "X" in year and month is not None and month != "XX":
        raise ValueError(f"{text!r}: a known month needs a known year")
    if month == "XX" and day is not None and day != "XX":
        raise ValueError(f"{text!r}: a known day needs a known month")
    if int(year.replace("X", "9")) == 0:
        raise ValueError(f"{text!r}: the first year is 0001")
    first_year = max(1, int(year.replace("X", "0")))
    last_year = int(year.replace("X", "9"))
    words, first, last = _calendar(text, year, month, day, first_year, last_year)
    return Date(
        f"{first_year:04}-{first[0]:02}-{first[1]:02}",
        f"{last_year + last[2]:04}-{last[0]:02}-{last[1]:02}",
        words,
        qualifier,  # type: ignore[arg-type]
    )


def _calendar(
    text: str, year: str, month: str | None, day: str | None, first: int, last: int
) -> tuple[str, tuple[int, int], tuple[int, int, int]]:
    """The words, first (month, day) and last (month, day, years later) of a checked date."""
    if month is None or month == "XX":
        if day is not None and day != "XX":
            raise ValueError(f"{text!r}: a day needs a month")
        return _year_words(year, month, day), (1, 1), (12, 31, 0)
    if month in _SEASONS:
        if day is not None:
            raise ValueError(f"{text!r}: a season has no day")
        start = {"21": 3, "22": 6, "23": 9, "24": 12}[month]
        end, on = (start + 2, 0) if month != "24" else (2, 1)
        if last + on > 9999:
            raise ValueError(f"{text!r}: the last year is 9999")
        words = f"{_SEASONS[month]} {int(year)}"
        return words, (start, 1), (end, monthrange(last + on, end)[1], on)
    number = int(month)
    if not 1 <= number <= 12:
        raise ValueError(f"{text!r}: there is no month {month}")
    days = monthrange(first, number)[1]
    name = f"{MONTHS[number - 1]} {int(year)}"
    if day is None:
        return name, (number, 1), (number, days, 0)
    if day == "XX":
        return f"a day in {name}", (number, 1), (number, days, 0)
    if not 1 <= int(day) <= days:
        raise ValueError(f"{text!r}: {name} has {days} days")
    return f"{int(day)} {name}", (number, int(day)), (number, int(day), 0)


def _year_words(year: str, month: str | None, day: str | None) -> str:
    if year.endswith("XX"):
        words = f"a year from {max(1, int(year[:2]) * 100)} to {int(year[:2] + '99')}"
    elif year.endswith("X"):
        words = f"the {int(year[:3] + '0')}s" if int(year[:3]) else "a year from 1 to 9"
    else:
        words = str(int(year))
    if day is not None:
        return f"a day in {words}"
    return f"a month of {words}" if month is not None else words


def _instant(text: str) -> Date:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date and time like 2022-10-13T08:00:00Z")
    day, hour, minute, second, zone = match.groups()
    clock = f"{hour}{minute}{second}"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone or ''}")
        words = f"{_date(day).words}, {clock[:5]}"
        if zone is None:  # local time: the text names no zone, so none is assumed
            stamp = f"{day}T{clock}"
            return Date(stamp, stamp, words)
        stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r}: {error}") from None
    return Date(stamp, stamp, f"{words} {'UTC' if zone == 'Z' else 'UTC' + zone}", instant=True)


def _interval(text: str) -> Edtf:
    start, end, *more = text.split("/")
    if more or (start in ("", "..") and end in ("", "..")):
        raise ValueError(f"{text!r} is not an interval with at least one end")
    first = None if start in ("", "..") else _date(start)
    last = None if end in ("", "..") else _date(end)
    if first and last and _after(first.earliest, last.latest):
        raise ValueError(f"{text!r} ends before it starts")
    if first is None:
        assert last is not None
        note = ", start unknown" if start == "" else ""
        return Edtf(text, None, last.latest, f"until {last}{note}")
    if last is None:
        words = f"since {first}" if end == ".." else f"from {first}, end unknown"
        return Edtf(text, first.earliest, None, words)
    return Edtf(text, first.earliest, last.latest, f"{first} to {last}")


def _after(first: str, last: str) -> bool:
    # A plain date means the whole day, so only the part that both have is compared.
    known = min(len(first), len(last))
    return first[:known] > last[:known]


def _end(latest: str) -> str:
    # A plain date ends later than any moment in it.
    return latest if "T" in latest else latest + "T24"


def _set(text: str) -> Edtf:
    closing = {"[": "]", "{": "}"}[text[0]]
    if text[-1] != closing or len(text) < 3:
        raise ValueError(f"{text!r} is an empty set, or has no closing {closing}")
    members = [_member(item.strip(" ")) for item in text[1:-1].split(",")]
    earliest = None if any(m[0] is None for m in members) else min(m[0] for m in members if m[0])
    ends = [m[1] for m in members]
    latest = None if None in ends else max((end for end in ends if end), key=_end)
    joiner, lead = (" or ", "one of: ") if text[0] == "[" else (" and ", "")
    words = joiner.join(m[2] for m in members)
    return Edtf(text, earliest, latest, words if len(members) == 1 else lead + words)


def _member(text: str) -> tuple[str | None, str | None, str]:
    start, dots, end = text.partition("..")
    if not dots:
        date = _date(text)
        return date.earliest, date.latest, str(date)
    if not start and not end:
        raise ValueError("a set's range needs at least one end")
    first, last = (_date(start) if start else None), (_date(end) if end else None)
    if first and last and _after(first.earliest, last.latest):
        raise ValueError(f"{text!r} ends before it starts")
    if first is None:
        return None, last.latest if last else None, f"a time until {last}"
    if last is None:
        return first.earliest, None, f"a time since {first}"
    return first.earliest, last.latest, f"a time from {first} to {last}"


def earliest_instant(text: str) -> int | None:
    """The first microsecond (UTC) that `text` may mean; None if its start is open."""
    earliest = parse(text).earliest
    if earliest is None:
        return None
    moment = datetime.fromisoformat(earliest)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def latest_instant(text: str) -> int | None:
    """The last microsecond (UTC) that `text` may mean; None if its end is open."""
    latest = parse(text).latest
    if latest is None:
        return None
    moment = datetime.fromisoformat(latest)
    start = from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return start + (1_000_000 if "T" in latest else 86_400_000_000) - 1


@lru_cache(4096)
def public_from(text: str, known_us: int) -> int | None:
    """The microsecond (UTC) from which something published at `text` was public: the earliest possible
    one or, if the start is open (``../2024``: in that year or before), the latest.

    None if that latest one is after `known_us`, when it was known here: then it was public at `known_us`.
    """
    first = earliest_instant(text)
    if first is not None:
        return first
    last = latest_instant(text)
    return last if last is not None and last <= known_us else None
