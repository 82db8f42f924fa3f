"""The dates in a text, counted from the day when its source was published. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from dateline.plugin import NotADate, UnclearDate, understand_date
from dateline_quotes.words import Words

#: So many characters around an expression may say whether it is past or to come.
_AROUND = 90
#: So many expressions are read once.
_CACHED = 16384
#: So many of them have the verb right before it.
_RIGHT_BEFORE = 30
_CLAUSE = re.compile(r"[.;!?]\s|\n\s*\n|,\s+(?:which|who|but|and)\s")
_YEAR = re.compile(r"[12]\d{3}")
_DAY, _NUMBER = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d+")
#: Where a dateline is looked for, and how many days a story may appear after it.
_HEAD, _WEEK = 400, 7
_OWNER = re.compile(r"['’]s?\Z")


class Dated(msgspec.Struct, frozen=True):
    """A date at [`start`, `end`) of a text, as EDTF. ``relative`` says that the source's date was needed."""

    start: int
    end: int
    edtf: str
    expression: str
    relative: bool


class Dates:
    """Reads the dates of one source, whose EDTF date is `published`."""

    def __init__(self, published: str | None, words: Words) -> None:
        self._published, self._languages, self._words = published, (words.code,), words.dates
        day = _DAY.match(published or "")
        self._day = date.fromisoformat(day[0]) if day else None
        self._read: dict[tuple[str, str], tuple[str, bool] | None] = {}
        self._quarter: tuple[int, int] | None = None

    def find(self, text: str, start: int, end: int) -> Iterator[Dated]:
        """The dates between two places of a text, in order."""
        if self._words.may_be.search(text, start, end) is None:
            return
        for match in self._words.expression.finditer(text, start, end):
            words = match[0].strip()
            first = match.start() + len(match[0]) - len(match[0].lstrip())
            year = _YEAR.fullmatch(words) is not None
            tense = "" if year else self.tense(text, match.start(), match.end())
            found = self.read(words, tense)
            if found is not None:
                yield Dated(first, first + len(words), found[0], words, found[1])

    def tense(self, text: str, start: int, end: int) -> str:
        """Whether the clause around a date speaks of what is to come."""
        before = text[max(0, start - _AROUND) : start]
        after = text[end : end + _AROUND // 2]
        if self._words.happened.search(before[-_RIGHT_BEFORE:]):
            return ""
        begins = [one.end() for one in _CLAUSE.finditer(before)]
        ends = _CLAUSE.search(after)
        clause = f"{before[begins[-1] if begins else 0 :]} {after[: ends.start() if ends else len(after)]}"
        is_day = self._words.weekday.search(text, start, end)
        coming = self._words.coming_day if is_day else self._words.coming
        return "future" if coming.search(clause) else ""

    def read(self, words: str, tense: str = "") -> tuple[str, bool] | None:
        """What an expression means as EDTF, and whether it counts from the source's date; None if it cannot
        be read."""
        plain = _OWNER.sub("", " ".join(words.split())).casefold()
        quarter = self._quarters(plain)
        if quarter is not None:
            return quarter
        key = (plain, tense)
        if key not in self._read:
            self._read[key] = self._understood(plain, tense)
        return self._read[key]

    def _understood(self, plain: str, tense: str) -> tuple[str, bool] | None:
        if _YEAR.fullmatch(plain):
            return plain, False
        if self._day and self._words.weekday.fullmatch(plain):
            return self._weekday(plain, tense), True
        if plain in self._words.vague:
            return (self._words.vague[plain].format(day=self._day), True) if self._day else None
        if plain.endswith(self._words.weekend):
            return self._weekend(plain)
        plain = self._words.inexact.sub("", plain)
        if plain in self._words.no_dates:
            return None
        while plain:
            found = self._one(plain, tense)
            if found is not None:
                return found
            shorter = self._words.modifiers.sub("", plain)
            if shorter == plain:
                break
            plain = shorter
        return None

    def _one(self, plain: str, tense: str) -> tuple[str, bool] | None:
        choices, relative = _choices(plain, self._languages, self._published)
        return (self._chosen(plain, choices, tense), relative) if choices else None

    def _chosen(self, plain: str, choices: Sequence[str], tense: str) -> str:
        """Of several dates, the one to come if the clause speaks of it. A weekday is else the last one, and
        another date the nearest."""
        if self._day is None or plain.endswith(self._words.certain_side):
            return choices[0]  # the least exact
        choices = [one for one in choices if "/" not in one] or choices  # Monday night
        today = self._day.isoformat()
        coming = [one for one in choices if one[: len(today)] > today[: len(one)]]
        past = [one for one in choices if one not in coming]
        if tense == "future" and coming:
            return min(coming)
        if self._words.weekday.search(plain) and past:  # Monday evening
            return max(past)
        return min(choices, key=self._distance)

    def _distance(self, edtf: str) -> int:
        assert self._day is not None
        parts = [int(one) for one in _NUMBER.findall(edtf.split("/")[0])[:3]]
        try:
            return abs((date(*[*parts, 1, 1][:3]) - self._day).days)
        except (TypeError, ValueError):
            return 10**6

    def _weekday(self, plain: str, tense: str) -> str:
        assert self._day is not None
        days = (self._day.weekday() - self._week_day(plain)) % 7
        return str(self._day - timedelta(days - 7 if tense == "future" and days else days))

    def _week_day(self, plain: str) -> int:
        return next(n for n, day in enumerate(self._words.weekdays) if plain.startswith(day))

    def _weekend(self, plain: str) -> tuple[str, bool] | None:
        """The weekend of this day, or the last one; "this" and "next" may be to come."""
        if self._day is None:
            return None
        back = (self._day.weekday() - 5) % 7
        saturday = self._day - timedelta(
            back - 7 if self._words.next.search(plain) and back > 1 else back
        )
        return f"{saturday}/{saturday + timedelta(1)}", True

    # -- quarters of a year ------------------------------------------------------------------

    def _quarters(self, plain: str) -> tuple[str, bool] | None:
        """Quarters of the calendar year, which EDTF writes as intervals. "The quarter" is the last one named,
        or the last that has ended; "a year earlier" is then a year before it."""
        if self._words.quarter_ago.match(plain) and self._quarter is not None:
            return _interval(self._quarter[0] - 1, self._quarter[1]), True
        match = _quarter(self._words.quarter, plain)
        if match is None or self._day is None:
            return None
        now = (self._day.year, (self._day.month - 1) // 3 + 1)
        ended = (now[0], now[1] - 1) if now[1] > 1 else (now[0] - 1, 4)
        if match["n"]:
            number = self._words.ordinals[match["n"].casefold()]
            year = match["year"] or (match["of"] if match["of"] and match["of"].isdigit() else None)
            found = (int(year), number) if year else self._nearest(number)
        elif self._words.next.search(plain):
            found = (now[0], now[1] + 1) if now[1] < 4 else (now[0] + 1, 1)
        elif self._words.current.search(plain):
            found = now
        elif self._words.ended.search(plain):
            found = ended
        else:
            found = self._quarter or ended
            if match["year"]:
                found = (int(match["year"]), found[1])
        said = f"{match['of'] or ''} {plain}"
        if match["n"] and self._words.year_ago.search(said):
            found = (self._day.year - 1, found[1])
        elif match["n"] and self._words.year_after.search(said):
            found = (self._day.year + 1, found[1])
        elif self._words.year_ago.search(plain):
            return _interval(found[0] - 1, found[1]), True
        else:
            self._quarter = found
        return _interval(*found), not match["year"]

    def _nearest(self, number: int) -> tuple[int, int]:
        """The quarter with that number that began last, or begins within the next three months."""
        assert self._day is not None
        year = self._day.year
        begins = date(year, 3 * number - 2, 1)
        return (year, number) if begins <= self._day + timedelta(92) else (year - 1, number)


@lru_cache(_CACHED)
def _quarter(pattern: re.Pattern[str], plain: str) -> re.Match[str] | None:
    return pattern.search(plain)


@lru_cache(_CACHED)
def _choices(
    plain: str, languages: tuple[str, ...], published: str | None
) -> tuple[tuple[str, ...], bool]:
    """Everything that an expression can mean, as EDTF; and whether that counts from `published`."""
    try:
        found = understand_date(
            plain, languages=languages, published=published, other_languages=False
        )
    except UnclearDate as unclear:
        return tuple(edtf for edtf, _ in unclear.choices), unclear.relative
    except NotADate:
        return (), False
    return (found.edtf,), found.relative


def _interval(year: int, quarter: int) -> str:
    return f"{year}-{3 * quarter - 2:02}/{year}-{3 * quarter:02}"


def source_day(text: str, published: str | None, words: Words) -> str | None:
    """The day from which dates count: that of the dateline at the start of a text if it is near `published`,
    EDTF, or has a year; else `published`."""
    match = words.dates.dateline.search(text, 0, _HEAD)
    if match is None:
        return published
    try:
        found = understand_date(match[1], languages=(words.code,), published=published)
    except UnclearDate as unclear:
        found_ = sorted(edtf for edtf, _ in unclear.choices)
        return next((one for one in reversed(found_) if _is_near(one, published)), published)
    except NotADate:
        return published
    return found.edtf if not found.relative or _is_near(found.edtf, published) else published


def _is_near(edtf: str, published: str | None) -> bool:
    """Whether a day is at most a week before `published`, or a day after."""
    if published is None or not _DAY.match(published):
        return False
    days = (date.fromisoformat(published[:10]) - date.fromisoformat(edtf[:10])).days
    return -1 <= days <= _WEEK
