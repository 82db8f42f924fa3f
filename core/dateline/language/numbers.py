"""The numbers that a text says, in digits and in words of six languages.

It errs on the side of silence: what cannot be read with certainty has no value, and an ambiguous number has
every value that it may have. This is Dateline's own code because no library reads all six languages: on the
pairs of tests/language, text2num 3.1 (MIT; no Ukrainian, no Russian), number-parser 0.3 (BSD; last released in
2023) and ovos-number-parser 0.19 (Apache) contradict more than a quarter of the values that are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

import msgspec

from dateline.language import number_words
from dateline.language.digits import PARTS
from dateline.language.number import Number
from dateline.language.number_words import LANGUAGES
from dateline.language.reader import Reader
from dateline.language.tokens import WORD, plain, word_of

#: A longer text is not compared with a value.
_LONGEST = 10_000
_WORDS = re.compile(WORD)
_DIGIT = re.compile(rf"[\d{PARTS}]")
_BESIDE = number_words.MINUS | {word for pair in number_words.PER_CENT for word in pair}


def numbers(text: str, languages: Iterable[str] = ()) -> tuple[Number, ...]:
    """The numbers that `text` says, in order, read in `languages` (codes such as ``uk`` or ``en-GB``).

    Where none of them is known, all six are tried, and words that mean something else in another
    language are not relied upon.
    """
    known = {code.lower()[:2] for code in languages} & set(LANGUAGES)
    return _numbers(text, tuple(sorted(known)))


def says_plainly(text: str, value: float) -> bool:
    """Whether `text` has the value in plain digits, as most texts have: then it need not be read."""
    digits = value if type(value) is int else int(value)
    if digits != value:
        return False
    return _has(text, str(digits)) or (digits >= 1000 and _has(text, f"{digits:,}"))


def _has(text: str, digits: str) -> bool:
    if text == digits:
        return True
    start = text.find(digits)
    if start < 0 or (start and (text[start - 1] != " " or text[start - 2 : start - 1].isdigit())):
        return False
    end = start + len(digits)
    if end == len(text):
        return True
    if text[end] != " ":
        return False
    following = text[end + 1 :].partition(" ")[0]
    return not following[:1].isdigit() and following.rstrip(".,;:").casefold() not in _multiplies()


def scale(words: str) -> float:
    """What the last word multiplies the others by: 1,000,000 for ``4 million``; 1 if it does not."""
    *before, last = words.split() or [""]
    tables = map(number_words.words, LANGUAGES) if before else ()
    known = (table.get(last.casefold()) for table in tables)
    return next((one.value for one in known if one is not None and one.kind in "sSdD"), 1)


@cache
def _multiplies() -> frozenset[str]:
    """The words that change the number before them."""
    tables = map(number_words.words, LANGUAGES)
    return frozenset(
        form for table in tables for form, word in table.items() if word.kind in "sSdDfFmhp"
    )


@lru_cache(4096)
def _numbers(text: str, languages: tuple[str, ...]) -> tuple[Number, ...]:
    if len(text) > _LONGEST:
        return ()
    found: dict[int, Number] = {}
    for language in _with_words(text, languages or LANGUAGES):
        for number in Reader(text, language, languages).read():
            if not languages:
                number = _unsure(number, text)
            earlier = found.get(number.start)
            found[number.start] = number if earlier is None else _merged(earlier, number)
    return tuple(found[start] for start in sorted(found))


def _with_words(text: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the languages that have a word of the text in their tables. Digits alone are read once."""
    words = set(map(plain, _WORDS.findall(text)))
    some = tuple(
        language
        for language in languages
        if any(word in _BESIDE or word_of(word, language) is not None for word in words)
    )
    return some or (languages[:1] if _DIGIT.search(text) else ())


def _unsure(number: Number, text: str) -> Number:
    words = text[number.start : number.end].casefold()
    friend = words in number_words.FALSE_FRIENDS or words.endswith(" miles")  # Spanish thousands
    if friend and number.kind not in ("unknown", "date"):
        return msgspec.structs.replace(number, kind="article")
    return number


def _merged(one: Number, other: Number) -> Number:
    """One number that was read in two languages. If it is less certain in one of them, it stays so."""
    values = tuple(dict.fromkeys((*one.values, *other.values)))
    longer = one if one.end >= other.end else other
    kinds = {one.kind, other.kind}
    kind = next((kind for kind in ("date", "article") if kind in kinds), longer.kind)
    return msgspec.structs.replace(longer, values=values, kind=kind)
