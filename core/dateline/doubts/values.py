"""Whether words say another number than the value that was recorded for them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

from dateline.doubts.doubt import Doubt, changed
from dateline.events.editorial import FactCorrected
from dateline.events.parts import Quantity
from dateline.events.state import Fact
from dateline.events.words import number_words
from dateline.language.hedges import hedges
from dateline.language.number import LARGEST, Number
from dateline.language.number_words import LANGUAGES, words
from dateline.language.numbers import numbers, says_plainly

_FIELDS = {
    "value": "the value",
    "of": "the total",
    "ordinal": "the ordinal",
    "lower": "the lower bound",
    "upper": "the upper bound",
}
#: Numbers so close are a range, and are not added up: "20 to 30".
_RANGE = 5
#: The most words before a number that make a bound or an estimate of it.
_HEDGE = 3
#: Words of at least as many letters with the same beginning are taken for the same.
_STEM = 4
_WORD = re.compile(rf"[^\W\d_]{{{_STEM},}}")
_SURE = ("cardinal", "ordinal", "fraction", "percent")
_TIMES = {
    "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks",
    "month", "months", "year", "years",
}  # fmt: skip
#: How many of one unit of time another one has.
_TIME_FACTORS = (60, 3600, 24, 1440, 7, 12, 30, 52, 365)


def value_doubts(fact: Fact) -> Iterator[Doubt]:
    """Values that their words do not say, or that the fact's sentence contradicts."""
    for at, quantity in enumerate(fact.data.quantities):
        words = _with_hedge(quantity.verbatim, fact)
        if not words[:1].isdigit() and (why := _unhedged(quantity, words, _languages(fact))):
            since = changed(fact, "/quantities")
            path = f"/quantities/{at}"
            yield Doubt("value-not-in-words", path, quantity.verbatim, why, since)
            continue
        if _plain(quantity) or not _comparable(quantity) or _is_none(quantity, _languages(fact)):
            continue
        said = numbers(quantity.verbatim, _languages(fact))
        for field, value in _unsaid(quantity, said, fact):
            path = f"/quantities/{at}/{field}"
            why = f"the words say {_listed(said)}, {_FIELDS[field]} is {number_words(value)}"
            since = changed(fact, "/quantities")
            yield Doubt("value-not-in-words", path, quantity.verbatim, why, since)
    yield from _sentence_doubts(fact)


def _with_hedge(verbatim: str, fact: Fact) -> str:
    """The words of a figure, after those that the quotation left out before them: ``more than 60``."""
    for item in fact.data.evidence:
        if item.prefix and item.exact.startswith(verbatim):
            last = item.prefix.rsplit(None, 1)[-1:]
            if last and last[0].casefold() in hedges():
                return f"{' '.join(item.prefix.split()[-_HEDGE:])} {verbatim}"
    return verbatim


def _unhedged(quantity: Quantity, words: str, languages: Sequence[str]) -> str:
    """Why a value is doubted whose words say it with about, at least or none of, if it is recorded as
    exact. Empty if it is not."""
    value = quantity.value
    if value is None or quantity.approximate or not numbers(quantity.verbatim, languages):
        return ""
    [reading, *more] = _readings(words, languages) or [{}]
    if not reading or more:
        return ""
    from dateline.language.figures import in_words

    hedged = "value" not in reading or "approximate" in reading
    meant = value in reading.values() and (hedged or reading.get("value") != value)
    return f"the words say {in_words(reading)}, the value is {number_words(value)}" * meant


def _is_none(quantity: Quantity, languages: Sequence[str]) -> bool:
    """Whether no one is recorded, and none of them is what the words say."""
    return quantity.value == 0 and any(
        one == {"value": 0, "of": quantity.of} for one in _readings(quantity.verbatim, languages)
    )


def _readings(words: str, languages: Sequence[str]) -> list[dict[str, Any]]:
    """What words may state, if they state one figure."""
    from dateline.language.figures import figures  # most facts do not need it

    found = figures(words, languages)
    return list(found[0].readings) if len(found) == 1 else []


def _plain(quantity: Quantity) -> bool:
    """Whether the words have all its numbers in plain digits."""
    said, value, of = quantity.verbatim, quantity.value, quantity.of
    if value is not None:
        return says_plainly(said, value) and (of is None or says_plainly(said, of))
    bounds = (quantity.lower, quantity.upper, quantity.ordinal)
    return all(bound is None or says_plainly(said, bound) for bound in bounds)


def _comparable(quantity: Quantity) -> bool:
    """Whether its numbers are not too large to be compared with the words."""
    given = (quantity.value, quantity.of, quantity.lower, quantity.upper, quantity.ordinal)
    return all(number is None or abs(number) < LARGEST for number in given)


def contradicts(words: str, value: float, languages: Iterable[str] = ()) -> bool:
    """Whether `words` clearly say another number than `value`."""
    said = numbers(words, languages)
    return bool(_sure(said)) and not _says(said, value)


def _languages(fact: Fact) -> Sequence[str]:
    document, opened = fact.document, fact.story.opened
    if document is not None and document.language:
        return (document.language,)
    return () if opened is None else opened.languages


def _sure(said: Sequence[Number]) -> list[Number]:
    """The numbers to rely on: none if some words are for an unknown number."""
    if any(number.kind == "unknown" for number in said):
        return []
    return [number for number in said if number.kind in _SURE]


def _unsaid(quantity: Quantity, said: Sequence[Number], fact: Fact) -> Iterator[tuple[str, float]]:
    """The fields of a quantity, with their values, that the words contradict."""
    sure = _sure(said)
    if not sure:
        return
    scale = _scale(quantity)
    if quantity.value is not None and not _says(said, quantity.value, quantity.unit, scale):
        yield "value", quantity.value
    ordinal = quantity.ordinal if quantity.value is None else None
    if ordinal is not None and not _says(said, ordinal):
        yield "ordinal", ordinal
    if quantity.of is not None and len(sure) > 1 and not _says(said, quantity.of, None, scale):
        yield "of", quantity.of
    if quantity.value is None:
        yield from _unsaid_bounds(quantity, said, scale, fact)


def _unsaid_bounds(
    quantity: Quantity, said: Sequence[Number], scale: float, fact: Fact
) -> Iterator[tuple[str, float]]:
    """Bounds that the words contradict. One number may be either bound, or lie between them."""
    bounds = (("lower", quantity.lower), ("upper", quantity.upper))
    given = [(name, value) for name, value in bounds if value is not None]
    wrong = [
        (name, value)
        for name, value in given
        if not _says(said, value, quantity.unit, scale)
        and not (
            # "More than 200" is at least 201.
            any(_says(said, near, quantity.unit, scale) for near in (value - 1, value + 1))
            and _excludes(quantity, value, fact)
        )
    ]
    sure = _sure(said)
    if len(given) == 2 and len(sure) == 1:
        low, high = given[0][1], given[1][1]
        if len(wrong) == 1 or any(low <= value / scale <= high for value in sure[0].values):
            return
    yield from wrong


def _excludes(quantity: Quantity, bound: float, fact: Fact) -> bool:
    """Whether the words, or those of the source before them, may say that it is more or less than the number
    next to `bound`."""
    from dateline.language.figures import figures

    languages = _languages(fact)
    if languages and not {code.lower()[:2] for code in languages} & set(LANGUAGES):
        return True
    quoted = ((item.prefix or "") + item.exact for item in fact.data.evidence)
    return any(
        ("lower_inclusive" in reading and reading["lower"] == bound - 1)
        or ("upper_inclusive" in reading and reading["upper"] == bound + 1)
        for words in (quantity.verbatim, *quoted)
        if quantity.verbatim in words
        for one in figures(words, languages)
        for reading in one.readings
    )


def _says(said: Sequence[Number], value: float, unit: str | None = None, scale: float = 1) -> bool:
    """Whether one of the numbers is the value: as it stands, in millions where the unit says so, as the sum
    or the ratio of two, or in another unit of time. The words "fell by 5" say -5."""
    value = abs(value)
    for number in said:
        for reading in map(abs, number.values):
            if _same(reading, value) or (scale != 1 and _same(reading, value * scale)):
                return True
            if number.kind in ("fraction", "percent") and _rounded(reading, value):
                return True
            if 0 < value < 1 and _share_of(number, reading, value):
                return True
            if unit in _TIMES and any(
                _same(reading * factor, value) or _same(reading, value * factor)
                for factor in _TIME_FACTORS
            ):
                return True
    each = [number for number in said if number.kind in (*_SURE, "article")]
    exact = [abs(number.values[0]) for number in each]
    if not 2 <= len(exact) <= 12:
        return False
    factors = (1, *_TIME_FACTORS) if unit in _TIMES else (1,)
    apart = all(two.start - one.end > _RANGE for one, two in pairwise(each))
    if apart and any(_same(sum(exact) * factor, value) for factor in factors):
        return True
    return any(
        (apart and _same(one + other, value)) or (other and _rounded_share(one / other, value))
        for pair in combinations(exact, 2)
        for one, other in (pair, pair[::-1])
    )


def _share_of(number: Number, reading: float, value: float) -> bool:
    """Whether a value between 0 and 1 is meant by a number of per cent, or by "every fifth"."""
    fifth = number.kind == "ordinal" and reading > 1 and _rounded(1 / reading, value)
    return fifth or _same(reading / 100, value)


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _rounded(reading: float, value: float) -> bool:
    """Whether the value is the reading, rounded to its own decimals: 0.67 for two thirds."""
    decimals = len(repr(value).partition(".")[2]) if value != int(value) else 0
    return bool(decimals) and _same(round(reading, decimals), value)


def _rounded_share(share: float, value: float) -> bool:
    return share < 1 and any(
        _same(one, value) or _rounded(one, value) for one in (share, 100 * share)
    )


@lru_cache(256)
def _scale_of(text: str) -> float:
    """1,000,000 for ``million USD``; 1 for a unit without a scale."""
    for word in text.casefold().replace(".", " ").split():
        for language in LANGUAGES:
            known = words(language).get(word)
            if known is not None and known.kind in "sS" and len(word) > 1:
                return known.value
    return 1


def _scale(quantity: Quantity) -> float:
    found = _scale_of(quantity.unit) if quantity.unit else 1
    return found if found != 1 else _scale_of(quantity.measure)


def _sentence_doubts(fact: Fact) -> Iterator[Doubt]:
    """Whether the sentence says a number that is none of the fact's, and does not say a value of its own."""
    data = fact.data
    for quantity in data.quantities:
        if quantity.value is not None and not says_plainly(data.text, quantity.value):
            break
    else:
        return
    said = numbers(data.text)  # the sentence is in the editor's language, whatever the source's is
    if not said or any(number.kind == "unknown" for number in said):
        return
    unsaid = [
        (at, quantity)
        for at, quantity in enumerate(data.quantities)
        if quantity.value is not None
        and _comparable(quantity)
        and not _says(said, quantity.value, quantity.unit, _scale(quantity))
    ]
    if not unsaid:
        return
    other = [
        number for number in said if _counts(number) and not _explained(number, data.quantities)
    ]
    for at, quantity in unsaid:
        meant = [number for number in other if _meant(number, quantity, at, fact, len(other))]
        if meant:
            assert quantity.value is not None
            spoken = ", ".join(data.text[number.start : number.end] for number in meant)
            why = f"the sentence says {_listed(meant)}, the value is {number_words(quantity.value)}"
            since = changed(fact, "/text", "/quantities")
            yield Doubt("value-not-in-sentence", f"/quantities/{at}/value", spoken, why, since)


def _meant(number: Number, quantity: Quantity, at: int, fact: Fact, others: int) -> bool:
    """Whether a number of the sentence is likely to stand for the value: it was the value before a
    correction, the source's words say it, it looks like a misprint of the value, it stands beside a word of
    the quantity, or it is the only one and about as large."""
    said, value = number.values[0], abs(quantity.value or 0)
    if any(_says([number], was) for was in _values_before(fact, at)):
        return True
    if any(said in one.values for one in _sure(numbers(quantity.verbatim, _languages(fact)))):
        return True
    if misprinted(said, value):
        return True
    if others == 1 and said >= 10 and value / 2 <= said <= value * 2:
        return True
    beside = _WORD.findall(fact.data.text[number.end : number.end + 40])[:2]
    about = _WORD.findall(f"{quantity.verbatim} {quantity.measure} {quantity.unit or ''}")
    stems = {word.casefold()[:_STEM] for word in about}
    return any(word.casefold()[:_STEM] in stems for word in beside)


def _values_before(fact: Fact, at: int) -> Iterator[float]:
    """The values that corrections replaced."""
    for event in fact.history:
        if isinstance(event.data, FactCorrected):
            for change in event.data.changes:
                path, was = change.path, change.was
                number = isinstance(was, int | float) and abs(was) < LARGEST
                if path == f"/quantities/{at}/value" and number:
                    yield was


def misprinted(one: float, other: float) -> bool:
    """Whether two numbers differ as misprints do: by a factor of ten, or in the order of their digits."""
    low, high = sorted((abs(one), abs(other)))
    if low and any(_same(low * factor, high) for factor in (10, 100, 1000)):
        return True
    digits = (f"{low:.15g}", f"{high:.15g}")
    return low >= 10 and sorted(digits[0]) == sorted(digits[1])


def _counts(number: Number) -> bool:
    """Whether a number in a sentence may be meant as the value: not a date, a year, or "one"."""
    value = number.values[0] if number.values else 0
    if number.kind not in ("cardinal", "percent") or value in (0, 1):
        return False
    return not (1900 <= value <= 2100 and number.end - number.start == 4)


def _explained(number: Number, quantities: Sequence[Quantity]) -> bool:
    """Whether it is one of the other numbers of the fact."""
    return any(
        value is not None and _says([number], value, quantity.unit, _scale(quantity))
        for quantity in filter(_comparable, quantities)
        for value in (
            quantity.value, quantity.of, quantity.lower, quantity.upper, quantity.ordinal,
        )
    )  # fmt: skip


def _listed(said: Sequence[Number]) -> str:
    """``1,670``; ``20 and 30``; ``1,670 or 1.67`` where the words may mean either."""
    sure = _sure(said) or list(said)
    shown = [" or ".join(map(number_words, number.values[:2])) for number in sure[:4]]
    return " and ".join(dict.fromkeys(shown))
