"""Reads an expression: its words, the forms that they make, and what those mean together.

An expression is a form (``12 May``), with a time of day, or with words around it: ``since 12 May``,
``from 3 to 5 March``, ``about 1990``. It must be understood to the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import NamedTuple, ParamSpec

from dateline.events import edtf
from dateline.language.dates.around import OPERATIONS, SIDES, SPANS, WHOLE_DATES, at_time
from dateline.language.dates.forms import DateWords, Match
from dateline.language.dates.meaning import READINGS, Context, NeedsDay, Values
from dateline.language.dates.refusals import NotADate, Undated
from dateline.language.dates.tokens import Token, tokens
from dateline.language.dates.words import LANGUAGES, known, words_of

Words = tuple[Token, ...]
P = ParamSpec("P")
#: Words around words around a date; and how many words an expression can have.
_DEEPEST, _MOST_WORDS = 3, 24
_MONTH_FIRST, _EITHER_ORDER = frozenset({"us"}), frozenset({"ca", "ph", "pr", "pa"})
_DAY_FIRST = frozenset({"gb", "ie", "au", "nz", "in", "za"})
#: Hours east of Greenwich at which a source may be published, if its language does not say.
_HOURS_EAST = (-8, 3)
_SEVERAL = "the source's date is longer than a day: write the date itself"
_ADVICE = "write it like 10 April 2020, or in EDTF like 2020-04-10"
#: Names that stand for several offsets, or that are used for winter and summer alike.
_ZONES = frozenset({
    "et", "est", "edt", "ct", "cst", "cdt", "mt", "mst", "mdt", "pt", "pst", "pdt", "bst", "ist",
    "cet", "cest", "mez", "mesz", "eet", "eest", "msk",
})  # fmt: skip


class Found(NamedTuple):
    """Everything that an expression can mean, as EDTF; and whether the source's date was needed."""

    choices: tuple[str, ...]
    relative: bool


def read(
    text: str, languages: Sequence[str], published: str | None, tense: str = "", others: bool = True
) -> Found:
    """What `text`, which is not EDTF, can mean; `tense` is as in `understand`, and `others` says whether
    other languages are tried. Raises NotADate if that is nothing."""
    words = tokens(text)
    if not words or len(words) > _MOST_WORDS:
        raise NotADate(f"{text!r} is not understood as a date: {_ADVICE}")
    given = list(known(languages))
    days, orders = _days(published, given), _orders(languages)
    problems: list[NotADate] = []
    for codes in (given, [code for code in LANGUAGES if others and code not in given]):
        for relative, day in ((False, ()), (True, days)):
            contexts = [
                Context(words_of(code), orders, one, tense and f"only {tense}")
                for code in codes
                for one in day or (None,)
            ]
            found = _together(words, contexts, day, problems)
            if found:
                return Found(found, relative)
    raise _refusal(text, words, published, bool(days), problems)


def _refusal(
    text: str, words: Words, published: str | None, certain: bool, problems: Sequence[NotADate]
) -> NotADate:
    others = [problem for problem in problems if not isinstance(problem, NeedsDay)]
    if len(others) < len(problems) and not certain:
        lacks = "is not known" if published is None else f"({published}) is not one certain day"
        return Undated(
            f"{text!r} counts from the date of its source, which {lacks}: write the date itself"
        )
    if others:
        return NotADate(f"{text!r} is not a date: {others[0]}")
    zone = next((word.text.upper() for word in words if word.text in _ZONES), None)
    if zone is not None and any(word.kind == "TIME" for word in words):
        return NotADate(f"{text!r}: {zone} is used for several offsets: write one, like UTC+2")
    return NotADate(f"{text!r} is not understood as a date: {_ADVICE}")


def _together(
    words: Words,
    contexts: Sequence[Context],
    days: tuple[date, ...],
    problems: list[NotADate],
) -> tuple[str, ...]:
    """What `words` can mean in any of the contexts: each language with each of the source's `days`.

    A relative date never moves back when the source's day moves on, so what the first and the last
    possible day agree on is clear. Two neighbouring days are both possible; more are not certain.
    """
    found: list[str] = []
    for at in range(0, len(contexts), len(days) or 1):
        read = [
            Reader(context, problems).choices(words)
            for context in contexts[at : at + (len(days) or 1)]
        ]
        if read[0] != read[-1] and days[-1] - days[0] > timedelta(1):
            problems.append(NotADate(_SEVERAL))
        else:
            found += (one for choices in read for one in choices)
    return _distinct(found, problems)


class Reader:
    """Reads in one language, with one day for the source's. What cannot be goes to `problems`."""

    def __init__(self, context: Context, problems: list[NotADate]) -> None:
        self._context = context
        self._problems = problems
        self._read: dict[tuple[Words, int], list[str]] = {}

    @property
    def _language(self) -> DateWords:
        return self._context.words

    def choices(self, words: Words) -> list[str]:
        split = [part for word in words for part in self._parts(word)]
        return self._expression(tuple(split), 0)

    def _parts(self, word: Token) -> Iterator[Token]:
        """``Monday-Wednesday`` is three words, ``avant-hier`` is one."""
        if "-" not in word.text or word.kind != "word" or not self._language.splits(word.text):
            yield word
            return
        for number, part in enumerate(word.text.split("-")):
            if number:
                yield Token("mark", "-")
            yield Token("word", part)

    def _expression(self, words: Words, depth: int) -> list[str]:
        """Everything that `words` can mean. The first way of reading that makes sense decides."""
        key = (words, depth)
        if key not in self._read:
            ways: list[Callable[[Words, int], list[str]]] = [self._form]
            if depth == 0:
                ways.append(self._span)
            if words and depth < _DEEPEST:
                ways += [self._words_before, self._words_after, self._time]
            self._read[key] = next(filter(None, (way(words, depth + 1) for way in ways)), [])
        return self._read[key]

    def _form(self, words: Words, _: int) -> list[str]:
        return [one for form in self._language.match(words) for one in self._meaning(form)]

    def _whole(self, words: Words) -> list[str]:
        """What `words` mean, if that is not a part of a day."""
        forms = self._language.match(words)
        return [one for form in forms if "part of" not in form[0] for one in self._meaning(form)]

    def _meaning(self, form: Match) -> list[str]:
        reading, values = form
        return self._tried(READINGS[reading], dict(values), self._context)

    def _words_before(self, words: Words, depth: int) -> list[str]:
        texts = _texts(words)
        for before, operation in self._language.before:
            if texts[0] == before[0] and texts[: len(before)] == before:
                found = self._operation(operation, words[len(before) :], depth)
                if found:
                    return found
        return []

    def _words_after(self, words: Words, depth: int) -> list[str]:
        texts = _texts(words)
        for after, operation in self._language.after:
            if texts[-1] == after[-1] and texts[-len(after) :] == after:
                found = self._operation(operation, words[: -len(after)], depth)
                if found:
                    return found
        return []

    def _operation(self, operation: str, words: Words, depth: int) -> list[str]:
        reader = self
        # What is planned to last until a day is over after the source's own day.
        planned = operation in ("until", "before") and self._context.side == "only future"
        if operation in SIDES and not planned:
            reader = Reader(replace(self._context, side=SIDES[operation]), self._problems)
        whole = operation in WHOLE_DATES
        return [
            made
            for one in (reader._whole(words) if whole else reader._expression(words, depth))
            for made in self._tried(OPERATIONS[operation], one)
        ]

    def _time(self, words: Words, depth: int) -> list[str]:
        """A date and a time of day, in either order."""
        at = self._language.at.split()
        if words[-1].kind == "TIME":
            time, rest = words[-1].value, words[:-1]
            while rest and rest[-1].text in at:
                rest = rest[:-1]
        else:
            rest = words
            while rest and rest[0].text in at:
                rest = rest[1:]
            if not rest or rest[0].kind != "TIME":
                return []
            time, rest = rest[0].value, rest[1:]
        return [
            made
            for one in self._expression(rest, depth)
            for made in self._tried(at_time, one, time, self._language.twelve_hours)
        ]

    def _span(self, words: Words, depth: int) -> list[str]:
        """Two dates with words between them, of which the first may leave out month and year."""
        texts = _texts(words)
        for opening, between, operation in self._language.openings:
            if opening and (texts[0] != opening[0] or texts[: len(opening)] != opening):
                continue
            for at in range(len(opening) + 1, len(words) - len(between)):
                if texts[at : at + len(between)] == between:
                    pair = (words[len(opening) : at], words[at + len(between) :])
                    found = self._pairs(operation, *pair, depth)
                    if found:
                        return found
        return []

    def _pairs(self, operation: str, first: Words, last: Words, depth: int) -> list[str]:
        dates = self._dates(first), self._dates(last)
        pairs = [*self._completed(*dates)] if all(dates) else self._two(first, last, depth)
        return [
            made
            for pair in pairs
            if _start(pair[0]) <= _start(pair[1])
            for made in self._tried(SPANS[operation], *pair)
        ]

    def _two(self, first: Words, last: Words, depth: int) -> list[tuple[str, str]]:
        """Pairs of what two expressions can mean."""
        plain = Reader(replace(self._context, side=""), self._problems)
        found = plain._expression(first, depth), plain._expression(last, depth)
        if all(len(one) < 2 for one in found):
            return list(product(*found))
        weekdays = self._is_weekday(first) and self._is_weekday(last)
        side = Reader(replace(self._context, side="any" if weekdays else "either"), self._problems)
        pairs = list(product(side._expression(first, depth), side._expression(last, depth)))
        return [pair for pair in pairs if self._in_a_week(*pair)] if weekdays else pairs

    def _in_a_week(self, first: str, last: str) -> bool:
        """Whether two days are less than a week apart, and no more than one from the source's."""
        begin, end, week = date.fromisoformat(first), date.fromisoformat(last), timedelta(7)
        return end - begin < week and end >= self._context.today - week

    def _is_weekday(self, words: Words) -> bool:
        return any(reading == "weekday" for reading, _ in self._language.match(words))

    def _completed(self, firsts: list[Values], lasts: list[Values]) -> Iterator[tuple[str, str]]:
        """Pairs of two dates, of which one takes its month or year from the other: ``3 to 5 March``."""
        for one, other in product(firsts, lasts):
            one, other = dict(one), dict(other)
            if "N" in one and "N" in other and ("M" in one or "M" in other):
                one.setdefault("M", other.get("M"))
                other.setdefault("M", one["M"])
            if any((mark in one) != (mark in other) for mark in "NM"):
                continue  # 12 May or 2025: what the second takes from the first is not certain
            if "Y" in one and "Y" not in other:
                continue
            for end in self._meaning(("date", other)):
                year = int(end[:4])
                turn = one.get("M", 0) > other.get("M", 0)  # from December to January
                start = {"Y": year - turn} | one
                yield from ((begin, end) for begin in self._meaning(("date", start)))

    def _dates(self, words: Words) -> list[Values]:
        return [values for reading, values in self._language.match(words) if reading == "date"]

    def _tried(self, read: Callable[P, list[str]], *given: P.args, **named: P.kwargs) -> list[str]:
        try:
            return read(*given, **named)
        except NotADate as problem:
            self._problems.append(problem)
        except (OverflowError, ValueError) as problem:  # outside the years of the calendar
            self._problems.append(NotADate(str(problem)))
        return []


def _texts(words: Words) -> tuple[str, ...]:
    return tuple(word.text for word in words)


def _start(found: str) -> str:
    return edtf.parse(found).earliest or ""


def _distinct(choices: Iterable[str], problems: list[NotADate]) -> tuple[str, ...]:
    """The choices that are valid EDTF, without those that mean the same as an earlier one."""
    found: dict[tuple[object, ...], str] = {}
    for choice in choices:
        try:
            parsed = edtf.parse(choice)
        except ValueError as problem:
            problems.append(NotADate(str(problem)))
        else:
            marks = frozenset(choice) & frozenset("?~[{")
            found.setdefault((parsed.earliest, parsed.latest, marks), choice)
    return tuple(found.values())


def _orders(languages: Sequence[str]) -> tuple[str, ...]:
    """The orders in which the languages write numeric dates; both if they do not decide it."""
    orders: set[str] = set()
    for tag in languages:
        code, _, region = tag.replace("_", "-").casefold().partition("-")
        region = region.rpartition("-")[2]
        if code not in LANGUAGES or region in _EITHER_ORDER:
            return ("dmy", "mdy")
        if region in _MONTH_FIRST:
            orders.add("mdy" if code == "en" else "either")
        elif code == "en" and region not in _DAY_FIRST:
            orders.add("either")
        else:
            orders.add("dmy")
    return tuple(orders) if orders in ({"dmy"}, {"mdy"}) else ("dmy", "mdy")


def _days(published: str | None, given: Sequence[str]) -> tuple[date, ...]:
    """The first and the last day that a source can have; none if its date is not certain.

    A time in UTC, as web pages declare it, can be of the day before or after where it was published.
    """
    if published is None or any(mark in published for mark in "/[{?~%"):
        return ()
    try:
        parsed = edtf.parse(published)
    except ValueError:
        return ()
    first, last = str(parsed.earliest), str(parsed.latest)
    days = [date.fromisoformat(first[:10]), date.fromisoformat(last[:10])]
    if "T" in published:
        days = [date.fromisoformat(published[:10])]
        if published.endswith(("Z", "+00:00")):
            moment = datetime.fromisoformat(published[:19])
            hours = [words_of(code).hours_east for code in given] or [_HOURS_EAST]
            days += ((moment + timedelta(hours=hour)).date() for pair in hours for hour in pair)
    return tuple(sorted({min(days), max(days)}))
