"""Finds the dates in a text: the words that `understand` reads as one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from dateline.language.dates.refusals import NotADate, UnclearDate
from dateline.language.dates.words import LANGUAGES, words_of

#: The words of one date.
_MOST = 9
_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_AROUND = " .,;:!?()[]«»“”„\"'"
#: Digits that may be a number, and not a year.
_NUMBER = re.compile(r"\d*(?:[.,]\d{3})*(?:[.,]\d+)?")
#: Words that are dates and other words as well, if they stand alone and are not written large.
_OTHER = frozenset(
    {"may", "march", "mar", "sun", "sat", "second", "mars", "mai", "mi", "ma", "fall", "spring"}
)


def dates_in(text: str, read: Callable[[str], object]) -> list[str]:
    """The expressions in a text that `read` does not refuse as no date, each once: the longest that begin
    at a word, from left to right. `read` raises NotADate and UnclearDate, as `understand` does."""
    words = [match.span() for match in _WORD.finditer(text)]
    known = [_known(text[start:end]) for start, end in words]
    found: dict[str, None] = {}
    at = 0
    while at < len(words):
        most = next(
            (n for n in range(_MOST) if not all(known[at + n : at + n + 1] or [False])), _MOST
        )
        for count in range(most, 0, -1):
            expression = text[words[at][0] : words[at + count - 1][1]].strip(
                _AROUND[:1] + _AROUND[2:]
            )
            plain = expression.rstrip(".")
            if _is_date(plain, read) or _is_date(plain := expression, read):
                found[" ".join(plain.split())] = None
                at += count
                break
        else:
            at += 1
    return list(found)


def _is_date(expression: str, read: Callable[[str], object]) -> bool:
    if expression in _OTHER or _NUMBER.fullmatch(expression):
        return False
    try:
        read(expression)
    except UnclearDate:
        return True
    except NotADate:
        return False
    return True


def _known(word: str) -> bool:
    """Whether a word may be one of a date."""
    plain = word.replace("’", "'").strip(_AROUND).casefold().replace("ё", "е")
    return any(letter.isdigit() for letter in plain) or all(
        part in _vocabulary() for part in _LETTERS.findall(plain)
    )


@cache
def _vocabulary() -> frozenset[str]:
    """Every word of the six tables; in forms, marks are written large."""
    tables = (words_of(code) for code in LANGUAGES)
    texts = (
        text
        for words in tables
        for one in fields(words)
        for text in _texts(getattr(words, one.name))
    )
    zones = ["utc", "gmt", "uhr", "h", "am", "pm", "a", "p", "m"]
    return frozenset(
        [word for text in texts for word in _LETTERS.findall(text) if word.islower()] + zones
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
