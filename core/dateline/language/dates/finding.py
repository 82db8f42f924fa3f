"""Finds the dates in a text: the words that `understand` reads as one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from dateline.language.dates.refusals import NotADate, UnclearDate

#: The words of one date, and the words of a text that are looked at.
_MOST, _LONGEST = 9, 200
_WORD = re.compile(r"\S+")
_AROUND = " ,;:!?()[]«»“”„\"'"
#: Words that are dates and other words as well, if they stand alone and are not written large.
_OTHER = frozenset({"may", "march", "mar", "sun", "sat", "second", "mars", "mai", "mi", "ma"})


def dates_in(text: str, read: Callable[[str], object]) -> list[str]:
    """The expressions in a text that `read` does not refuse as no date, each once: the longest that begin
    at a word, from left to right. `read` raises NotADate and UnclearDate, as `understand` does."""
    words = [match.span() for match in _WORD.finditer(text)][:_LONGEST]
    found: dict[str, None] = {}
    at = 0
    while at < len(words):
        for count in range(min(_MOST, len(words) - at), 0, -1):
            expression = text[words[at][0] : words[at + count - 1][1]].strip(_AROUND)
            plain = expression.rstrip(".")
            if _is_date(plain, read) or _is_date(plain := expression, read):
                found[" ".join(plain.split())] = None
                at += count
                break
        else:
            at += 1
    return list(found)


def _is_date(expression: str, read: Callable[[str], object]) -> bool:
    if expression in _OTHER or not any(letter.isalnum() for letter in expression):
        return False
    if re.fullmatch(r"[\d,.]+", expression):
        return False  # a number, or a year that may be one
    try:
        read(expression)
    except UnclearDate:
        return True
    except NotADate:
        return False
    return True
