"""What each form means as EDTF: the calendar of the readings that a language's forms name.

A reading is a function of a form's values and of the `Context`. It returns everything that the form
can mean: one EDTF text if it is clear. It raises NotADate for what cannot be.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import MINYEAR, date, timedelta
from typing import Any

from dateline.language.dates.forms import DateWords
from dateline.language.dates.refusals import NotADate

Values = dict[str, Any]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WINTER = 24
#: A date without a year is that of the source's year, unless it comes again within about 4 months; a
#: date of the year before is clear only if it is about a month ago.
_SOON, _RECENT = 122, 31
_LEAP = 2024


class NeedsDay(NotADate):
    """The expression counts from the source's date, and there is none that is exact enough."""


@dataclass(frozen=True)
class Context:
    """``day`` is the source's day, or None; ``orders`` are the possible orders of a numeric date, of
    ``dmy`` and ``mdy``. ``side`` is ``past`` after ``since``, ``either`` after ``by``,
    ``any`` for one of two weekdays, and ``only past`` or ``only future`` for what had happened or was planned when the source reported it."""

    words: DateWords
    orders: tuple[str, ...]
    day: date | None = None
    side: str = ""

    @property
    def today(self) -> date:
        if self.day is None:
            raise NeedsDay("it counts from the date of the source")
        return self.day


def dated(values: Values, context: Context) -> list[str]:
    """A day, month or year, with or without its year and weekday."""
    year, month, day = values.get("Y"), values.get("M"), values.get("N")
    if month is None:
        if day is not None or year is None:
            raise NotADate("the month is missing")
        return [f"{year:04}"]
    if not 1 <= month <= 12:
        raise NotADate(f"there is no month {month}")
    if day is not None and not 1 <= day <= monthrange(_LEAP, month)[1]:
        raise NotADate(f"the month has no day {day}")
    if year is not None:
        return [_checked(year, month, day, _weekday_of(values))]
    found = [_of_year(year, month, day) for year in _years(context, month, day)]
    weekday = _weekday_of(values)
    if weekday is not None:
        found = [one for one in found if date.fromisoformat(one).weekday() == weekday]
    if not found:
        raise NotADate(f"it was not a {WEEKDAYS[weekday or 0]} in that year")
    return found


def dated_relatively(values: Values, context: Context) -> list[str]:
    """A day or month of last, this or next year."""
    if values["U"] != "year":
        raise NotADate("a day and month need a year")
    year = context.today.year + values["R"]
    return [_checked(year, values["M"], values.get("N"), _weekday_of(values))]


def dated_in(offset: int) -> Callable[[Values, Context], list[str]]:
    """Ukrainian ``5 березня торік``: a day or month of the year so many years from the source's."""
    return lambda values, context: dated_relatively({**values, "R": offset, "U": "year"}, context)


def latest(values: Values, context: Context) -> list[str]:
    """French: ``le 12 mai dernier``, the latest 12 May; ``le 12 mai prochain``, the next one."""
    earlier, later = _around(context.today, values["M"], values["N"])
    if values["R"] == 0:
        raise NotADate("a day and month need a year")
    return [_of_year(earlier if values["R"] < 0 else later, values["M"], values["N"])]


def numeric(values: Values, context: Context) -> list[str]:
    """``14/09/2025``: day first or month first, as the languages say."""
    first, second, year = values["NUM"]
    found = []
    for order in context.orders:
        day, month = (first, second) if order == "dmy" else (second, first)
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
            weekday = _weekday_of(values)
            if weekday is None or date(year, month, day).weekday() == weekday:
                found.append(f"{year:04}-{month:02}-{day:02}")
    if not found:
        raise NotADate("there is no such day")
    return found


def year_first(values: Values, context: Context) -> list[str]:
    """``2025/09/14``."""
    year, month, day = values["YMD"]
    return [_checked(year, month, day, _weekday_of(values))]


def iso(values: Values, context: Context) -> list[str]:
    """EDTF inside a longer expression, as in ``since 2025-09``."""
    return [_checked(*map(int, values["ISO"].split("-")))]


def month_and_year(values: Values, context: Context) -> list[str]:
    """``09/2025``."""
    month, year = values["MY"]
    return [_checked(year, month)]


def day_and_month(values: Values, context: Context) -> list[str]:
    """``14.09.``"""
    day, month = values.pop("DM")
    return dated({**values, "N": day, "M": month}, context)


def relative_month(values: Values, context: Context) -> list[str]:
    """``last March``: the latest one, or that of last year."""
    today, month, which = context.today, values["M"], values["R"]
    if which == 0:
        return [f"{today.year:04}-{month:02}"]
    near = today.year if (month - today.month) * which > 0 else today.year + which
    return _different([f"{near:04}-{month:02}", f"{today.year + which:04}-{month:02}"])


def weekday(values: Values, context: Context) -> list[str]:
    """``Thursday``: the latest one if it is nearer than the next; on a Thursday, that day or a week ago."""
    today, which, day = context.today, values.get("R"), _weekday_of(values) or 0
    ahead = (day - today.weekday()) % 7
    behind = (ahead - 7) if ahead else 0
    monday = -today.weekday()
    if which is None:
        if context.side == "any":
            return _days(today, [behind, ahead or 7, behind - 7])
        if context.side == "either":
            return _days(today, [behind, ahead or 7])
        if context.side == "only past":
            return _days(today, [behind])
        if context.side == "only future":
            return _days(today, [ahead] if ahead else [0, 7])
        if not ahead:
            return _days(today, [0, -7])
        return _days(
            today, [behind] if context.side == "past" or -behind < ahead else [behind, ahead]
        )
    in_week = monday + 7 * which + day
    if which == 0:
        return _days(today, [in_week, ahead])
    sundays = context.words.week_from_sunday and today.weekday() == 6
    if which < 0:
        before = behind or -7
        return _days(today, [before, in_week] + ([-8] if before == -1 else []))
    after = ahead or 7
    more = [8] if after == 1 else []
    return _days(today, [after, in_week, *more] + ([after + 7] if sundays else []))


def past_weekday(values: Values, context: Context) -> list[str]:
    """``this past Thursday``: the latest one before the source's day."""
    return _days(context.today, [((values["W"] - context.today.weekday()) % 7 or 7) - 7 or -7])


def coming_weekday(values: Values, context: Context) -> list[str]:
    """``the coming Thursday``: the first one after the source's day."""
    return _days(context.today, [(values["W"] - context.today.weekday()) % 7 or 7])


def weekday_of_week(values: Values, context: Context) -> list[str]:
    """``Thursday of last week``."""
    if values["U"] != "week":
        raise NotADate("a day of the week needs a week")
    starts = (start + timedelta(7 * values["R"]) for start in _week_starts(context))
    return _different(
        (start + timedelta((values["W"] - start.weekday()) % 7)).isoformat() for start in starts
    )


def period(values: Values, context: Context) -> list[str]:
    """``last week``, ``this month``, ``next year``."""
    today, which = context.today, values["R"]
    if values["U"] == "week":
        shown = _week_starts(context) if today.weekday() == 6 else _week_starts(context)[:1]
        return [_week(start + timedelta(7 * which)) for start in shown]
    if values["U"] == "month":
        return [_month(today, which)]
    if values["U"] == "year":
        return [f"{today.year + which:04}"]
    raise NotADate("which day is meant is not clear")


def ago(values: Values, context: Context) -> list[str]:
    """``two days ago`` is a day; ``a month ago`` may be a month or a day."""
    return _distant(-values.get("C", 1), values, context)


def ahead(values: Values, context: Context) -> list[str]:
    """``in zwei Tagen``."""
    return _distant(values.get("C", 1), values, context)


def offset(days: int) -> Callable[[Values, Context], list[str]]:
    """``yesterday``: so many days from the source's day."""
    return lambda values, context: _days(context.today, [days])


def years_off(years: int) -> Callable[[Values, Context], list[str]]:
    """Ukrainian ``торік``: so many years from the source's year."""
    return lambda values, context: [f"{context.today.year + years:04}"]


def last_night(values: Values, context: Context) -> list[str]:
    """The evening before the source's day, or the night between the two."""
    today, before = (context.today - timedelta(back) for back in (0, 1))
    return [before.isoformat(), f"{before}/{today}"]


def tonight(values: Values, context: Context) -> list[str]:
    """The evening of the source's day, or the night after it."""
    today = context.today
    return [today.isoformat(), f"{today}/{today + timedelta(1)}"]


def either_night(values: Values, context: Context) -> list[str]:
    """German ``heute Nacht``, French ``cette nuit``: the night before or after."""
    today = context.today
    return [f"{today - timedelta(1)}/{today}", f"{today}/{today + timedelta(1)}"]


def decade(values: Values, context: Context) -> list[str]:
    """``the 1990s``; ``the 1900s`` may be a decade or a century."""
    year = values["DEC"] if "DEC" in values else values["Y"]
    if year % 10:
        raise NotADate(f"{year} is not the start of a decade")
    return [f"{year // 10:03}X"] + ([f"{year // 100:02}XX"] if year % 100 == 0 else [])


def season(values: Values, context: Context) -> list[str]:
    """``summer 2022``; a winter may begin or end in its year."""
    which = values["S"]
    if "Y" in values:
        return _seasons(values["Y"], which)
    if "U" in values:
        if values["U"] != "year":
            raise NotADate("a season needs a year")
        return _seasons(context.today.year + values["R"], which)
    start = 3 * (which - 20)
    return [f"{year:04}-{which}" for year in _years(context, start, None, 3)]


def winter(values: Values, context: Context) -> list[str]:
    """``winter 2022/23``."""
    first, second = values["Y"], values.get("Y2", values.get("N"))
    if values["S"] != _WINTER or second not in (first + 1, (first + 1) % 100):
        raise NotADate("only a winter has two years, one after the other")
    return [f"{first:04}-{_WINTER}"]


def relative_season(values: Values, context: Context) -> list[str]:
    """``last summer``: the latest that is over, or that of last year."""
    today, which, side = context.today, values["S"], values["R"]
    year = today.year
    if side == 0:
        if which != _WINTER:
            return [f"{year:04}-{which}"]
        if today.month in (12, 1, 2):
            return [f"{year if today.month == 12 else year - 1:04}-24"]
        return [f"{year - 1:04}-24", f"{year:04}-24"]
    start = 3 * (which - 20)
    if side < 0:
        near = max(y for y in (year - 2, year - 1, year) if _season_end(y, start) < today)
        return _different([f"{near:04}-{which}", f"{year - 1:04}-{which}"])
    near = min(y for y in (year, year + 1) if date(y, start, 1) > today)
    return _different([f"{near:04}-{which}", f"{year + 1:04}-{which}"])


def quarter(values: Values, context: Context) -> list[str]:
    """``the first quarter of 2024``: three months."""
    return [_months_of(_year(values, context), values, 3)]


def half(values: Values, context: Context) -> list[str]:
    """``the first half of 2024``: six months."""
    return [_months_of(_year(values, context), values, 6)]


def part(third: int) -> Callable[[Values, Context], list[str]]:
    """``early March``: EDTF has no such form, so it is a third of it or all of it, to be chosen."""

    def read(values: Values, context: Context) -> list[str]:
        month = values.get("M")
        if month is None:
            if values.get("U") == "month":
                return _thirds(_month(context.today, values["R"]), third)
            year = _year(values, context)
            return [f"{year:04}-{4 * third + 1:02}/{year:04}-{4 * third + 4:02}", f"{year:04}"]
        if "Y" in values or "U" in values:
            return _thirds(_checked(_year(values, context), month), third)
        years = _years(context, month, None)
        return [one for year in years for one in _thirds(f"{year:04}-{month:02}", third)]

    return read


def iso_week(values: Values, context: Context) -> list[str]:
    """German ``KW 19 2024``: a week by ISO 8601, Monday to Sunday."""
    try:
        return [_week(date.fromisocalendar(values["Y"], values["N"], 1))]
    except ValueError:
        raise NotADate(f"{values['Y']} has no week {values['N']}") from None


READINGS: dict[str, Callable[[Values, Context], list[str]]] = {
    "date": dated,
    "date of year": dated_relatively,
    "date last year": dated_in(-1),
    "date this year": dated_in(0),
    "latest date": latest,
    "numeric": numeric,
    "year first": year_first,
    "iso": iso,
    "month and year": month_and_year,
    "day and month": day_and_month,
    "relative month": relative_month,
    "weekday": weekday,
    "part of weekday": weekday,
    "past weekday": past_weekday,
    "coming weekday": coming_weekday,
    "weekday of week": weekday_of_week,
    "period": period,
    "ago": ago,
    "ahead": ahead,
    "two days before": offset(-2),
    "yesterday": offset(-1),
    "today": offset(0),
    "part of today": offset(0),
    "tomorrow": offset(1),
    "two days after": offset(2),
    "last year": years_off(-1),
    "this year": years_off(0),
    "last night": last_night,
    "tonight": tonight,
    "either night": either_night,
    "decade": decade,
    "season": season,
    "winter": winter,
    "relative season": relative_season,
    "quarter": quarter,
    "half": half,
    "early": part(0),
    "mid": part(1),
    "late": part(2),
    "iso week": iso_week,
}


def _checked(year: int, month: int, day: int | None = None, weekday: int | None = None) -> str:
    """The EDTF of a day or month. Raises NotADate if there is none, or if it is another weekday."""
    if not MINYEAR <= year <= 9999 or not 1 <= month <= 12:
        raise NotADate(f"there is no month {month} of {year}")
    if day is None:
        return f"{year:04}-{month:02}"
    if not 1 <= day <= monthrange(year, month)[1]:
        raise NotADate(f"{year:04}-{month:02} has {monthrange(year, month)[1]} days")
    found = date(year, month, day)
    if weekday is not None and found.weekday() != weekday:
        raise NotADate(f"{found} was a {WEEKDAYS[found.weekday()]}, not a {WEEKDAYS[weekday]}")
    return found.isoformat()


def _of_year(year: int, month: int, day: int | None) -> str:
    return f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"


def _weekday_of(values: Values) -> int | None:
    found: int | None = values.get("W", values.get("WD", values.get("WP")))
    return found


def _around(today: date, month: int, day: int | None) -> tuple[int, int]:
    """The year of the latest such day or month by `today`, and of the next one after it."""
    first = day or 1
    years = [
        year
        for year in range(today.year - 8, today.year + 9)
        if MINYEAR <= year <= 9999 and 1 <= first <= monthrange(year, month)[1]
    ]
    past = [year for year in years if date(year, month, first) <= today]
    if not past or past[-1] == years[-1]:
        raise NotADate("there is no such day near the source's date")
    return past[-1], years[len(past)]


def _years(context: Context, month: int, day: int | None, months: int = 1) -> list[int]:
    """The years that a day or month without a year can have: the latest, unless it is not clear."""
    today = context.today
    earlier, later = _around(today, month, day)
    if context.side == "past":
        return [earlier]
    end = date(earlier, month, day) if day else _month_end(earlier, month + months - 1)
    if earlier < today.year or context.side == "either":
        return [earlier] if (today - end).days <= _RECENT else [earlier, later]
    until_next = date(later, month, day or 1) - today
    return [earlier] if until_next.days > _SOON else [earlier, later]


def _month_end(year: int, month: int) -> date:
    year, month = (year + 1, month - 12) if month > 12 else (year, month)
    return date(year, month, monthrange(year, month)[1])


def _season_end(year: int, start: int) -> date:
    return _month_end(year, start + 2)


def _seasons(year: int, which: int) -> list[str]:
    return [f"{year:04}-{which}"] + ([f"{year - 1:04}-{which}"] if which == _WINTER else [])


def _days(today: date, offsets: Iterable[int]) -> list[str]:
    return _different((today + timedelta(days)).isoformat() for days in offsets)


def _different(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _week_starts(context: Context) -> list[date]:
    """The Monday of this week and, where weeks begin with Sunday, that Sunday."""
    today = context.today
    sunday = today - timedelta((today.weekday() + 1) % 7)
    monday = today - timedelta(today.weekday())
    return [monday, sunday] if context.words.week_from_sunday else [monday]


def _week(start: date) -> str:
    return f"{start}/{start + timedelta(6)}"


def _month(today: date, offset: int) -> str:
    months = today.year * 12 + today.month - 1 + offset
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _distant(count: int, values: Values, context: Context) -> list[str]:
    today, unit = context.today, values["U"] if "U" in values else values["P"]
    if unit == "day":
        idiom = context.words.idioms.get(abs(count), abs(count)) * (1 if count > 0 else -1)
        return _days(today, [idiom, count])
    if unit == "week":
        monday = today - timedelta(today.weekday())
        return [_week(monday + timedelta(7 * count)), *_days(today, [7 * count])]
    months = count * (12 if unit == "year" else 1)
    month = _month(today, months)
    year, number = map(int, month.split("-"))
    day = f"{month}-{min(today.day, monthrange(year, number)[1]):02}"
    return [month[:4] if unit == "year" else month, day]


def _year(values: Values, context: Context) -> int:
    if "Y" in values:
        return int(values["Y"])
    if values.get("U") != "year":
        raise NotADate("the year is missing")
    return context.today.year + int(values["R"])


def _months_of(year: int, values: Values, length: int) -> str:
    which = values["Q"] if "Q" in values else values["N"]
    if not 1 <= which <= 12 // length:
        raise NotADate(f"a year has {12 // length} of them")
    last = which * length
    return f"{year:04}-{last - length + 1:02}/{year:04}-{last:02}"


def _thirds(month: str, third: int) -> list[str]:
    first = 10 * third + 1
    year, number = map(int, month.split("-"))
    last = monthrange(year, number)[1] if third == 2 else first + 9
    return [f"{month}-{first:02}/{month}-{last:02}", month]
