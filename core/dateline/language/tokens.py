"""The words and numbers of a text, as tokens."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from dateline.language import number_words
from dateline.language.digits import DIGITS, OTHER, PARTS
from dateline.language.number_words import Word

_APOSTROPHE = re.compile(r"['’ʼ]")
WORD = r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*"
_TOKEN = re.compile(rf"(?P<digits>{DIGITS}|[{PARTS}])|(?P<word>{WORD})")
#: What may stand between the words of one number.
_GAP = re.compile(r"[\s\u00ad‐‑-]*")


class Token(msgspec.Struct, frozen=True):
    """A word or a number in digits. ``text`` is its plain form; ``close`` says whether only white space or a
    hyphen separates it from the token before it."""

    start: int
    end: int
    text: str
    digits: bool
    word: Word | None = None
    close: bool = False


def tokens(text: str, language: str) -> list[Token]:
    """The tokens of a text, without times of day and dates in digits."""
    found, end = list[Token](), 0
    skipped = [match.span() for match in OTHER.finditer(text)]
    for match in _TOKEN.finditer(text):
        start, digits = match.start(), match["word"] is None
        if digits and any(first <= start < last for first, last in skipped):
            continue
        close = bool(found) and _GAP.fullmatch(text, end, start) is not None
        end, form = match.end(), plain(match[0])
        word = None if digits else word_of(form, language)
        found.append(Token(start, end, form, digits, word, close))
    return found


def plain(word: str) -> str:
    """A word as the tables have it."""
    return _APOSTROPHE.sub("", word.casefold()).replace("ё", "е")


@lru_cache(65536)
def word_of(form: str, language: str) -> Word | None:
    """The number word with this plain form."""
    table = number_words.words(language)
    word = table.get(form)
    if word is None and language == "de":
        return number_words.german(form)
    if word is None and language in ("uk", "ru"):
        for prefix in ("пол", "пів"):  # полмиллиона, півмільйона
            rest = table.get(form.removeprefix(prefix)) if form.startswith(prefix) else None
            if rest is not None and rest.kind in "sSdD":
                return Word("m", rest.value / 2)
    return word
