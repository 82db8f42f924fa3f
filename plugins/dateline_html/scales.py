"""Scales of a chart: which part of an axis a date or a number is at, and the ticks to label. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from dateline.plugin import number_words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1, 1, 1)
#: The most labels on an axis of dates.
_DATES = 6
_DAY_STEPS = (1, 2, 5, 10)
_MONTH_STEPS = (1, 2, 3, 6)
_HOUR_STEPS = (1, 3, 6, 12)


class Tick(NamedTuple):
    """A place on an axis, in its unit, and its label."""

    at: float
    label: str


@lru_cache(4096)
def days(date: str, *, end: bool = False) -> float:
    """An ISO date or moment in days since the year 1; the `end` of a day is that of its last hour."""
    moment = datetime.fromisoformat(date).replace(tzinfo=None)
    return (moment - _EPOCH) / timedelta(days=1) + (end and "T" not in date)


def date_ticks(first: float, last: float, *, clock: bool) -> list[Tick]:
    """At most six ticks from `first` to `last`, in days: at days, months or years, or with `clock` at
    hours."""
    span = last - first
    for step in _HOUR_STEPS:
        if clock and span * 24 / step <= _DATES:
            return [_hour(hour / 24, first) for hour in _multiples(step, first * 24, last * 24)]
    for step in _DAY_STEPS:
        if span / step <= _DATES:
            # The figures of a day are drawn at its noon.
            return _labelled(_days(step, first, last), shift=0.0 if clock else 0.5)
    for step in _MONTH_STEPS:
        if span / 30.4 / step <= _DATES:
            return _labelled(_months(step, first, last), "month")
    years = 10 ** max(0, math.floor(math.log10(span / 365.25 / _DATES)))
    step = next(s * years for s in (1, 2, 5, 10) if span / 365.25 / (s * years) <= _DATES)
    return _labelled(_months(12 * step, first, last), "year")


def number_ticks(lowest: float, highest: float, *, whole: bool) -> list[float]:
    """Three to seven round numbers that enclose both; whole ones if `whole`."""
    # Of smaller spans a quarter may be zero.
    span = max((highest - lowest) or abs(highest) or 1.0, 1e-300)
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= 5)
    if whole:
        step = max(1.0, step)
    low, high = math.floor(lowest / step), math.ceil(highest / step)
    if low == high:
        low, high = low - (lowest < 0 or low > 0), high + 1
    return [float(f"{number * step:.12g}") for number in range(low, high + 1)]


def short(value: float, unit: str | None) -> str:
    """A number as the label of a tick: ``1.2 million``."""
    if unit == "fraction":
        return number_words(value, unit)
    for size, name in ((10**9, "billion"), (10**6, "million")):
        if size <= abs(value) < 1000 * size:
            return f"{number_words(float(f'{value / size:.6g}'))} {name}"
    return number_words(value) if value == 0 or 1e-4 <= abs(value) < 1e15 else f"{value:g}"


def _multiples(step: int, first: float, last: float) -> range:
    return range(math.ceil(first / step) * step, math.floor(last) + 1, step)


def _days(step: int, first: float, last: float) -> Iterator[datetime]:
    begin, end = math.ceil(first), math.floor(last)
    return (_EPOCH + timedelta(days=day) for day in range(begin, end, step))


def _months(step: int, first: float, last: float) -> Iterator[datetime]:
    begin = _EPOCH + timedelta(days=first)
    month = math.ceil((begin.year * 12 + begin.month - 1) / step) * step
    while month // 12 <= 9999:
        found = datetime(max(1, month // 12), month % 12 + 1, 1)
        at = (found - _EPOCH) / timedelta(days=1)
        if at > last:
            return
        if at >= first:
            yield found
        month += step


def _labelled(dates: Iterator[datetime], unit: str = "day", shift: float = 0.0) -> list[Tick]:
    """Ticks with the day, the month or the year; the year is given where it is new."""
    ticks, year = list[Tick](), 0
    for date in dates:
        parts = [str(date.day)] if unit == "day" else []
        parts += [_MONTHS[date.month - 1]] if unit != "year" else []
        parts += [str(date.year)] if unit == "year" or date.year != year else []
        year = date.year
        ticks.append(Tick((date - _EPOCH) / timedelta(days=1) + shift, " ".join(parts)))
    return ticks


def _hour(at: float, first: float) -> Tick:
    moment = _EPOCH + timedelta(days=at)
    new = at - first < 1 / 24 or moment.hour == 0
    day = f"{moment.day} {_MONTHS[moment.month - 1]}, " if new else ""
    return Tick(at, f"{day}{moment.hour:02}:{moment.minute:02}")
