"""The words of a text as search sees them: folded, and where they are. Pure.

Folding makes equal what differs only in how it is written: compatibility forms (Unicode NFKC), case (full
case folding), accents and vowel marks, apostrophes and invisible characters within a word, digits of any
script, thousands separators. Ukrainian and Russian й and ї are letters of their own.

Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese text has no words to tell apart by spaces, or
glues particles to them: there each pair of neighbouring characters is a word, and the last character too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

#: Longer words are cut: databases limit the length of what they index.
LONGEST = 60
_PAIRS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
# Combining marks, which Python's \w leaves out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0971-\u0dff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f"
)
_APOSTROPHES = "'’‘ʼ`´＇ʹ′ʻ"
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_LETTERS = f"(?:[^\\W_{_PAIRS}]|[{_MARKS}])+"
_GROUPS = ".,'’٬，．\u00a0\u202f\u2009"
_WORD = re.compile(
    f"(?P<pairs>[{_PAIRS}]+)"
    rf"|(?P<number>(?<![\w.,])\d{{1,3}}(?P<gap>[{_GROUPS}])\d{{3}}(?:(?P=gap)\d{{3}})*(?![\w]|[.,]\d))"
    r"|(?P<initials>(?<!\w)(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?)"
    f"|(?P<word>{_LETTERS}(?:[{_APOSTROPHES}{_INVISIBLE}]+{_LETTERS})*)"
)
_GAP = re.compile(f"[{_GROUPS}]")
_ELIDED = re.compile(
    f"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|all|dall|dell|nell|sull|un)[{_APOSTROPHES}]",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(f"[{_APOSTROPHES}]s$", re.IGNORECASE)
_DROPPED = re.compile(f"[{_APOSTROPHES}{_INVISIBLE}\u0640{_MARKS}]")
_INDIC = re.compile("[\u0900-\u0dff]")
_OTHER_LETTERS = str.maketrans({
    "ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h",
    "ґ": "г", "ى": "ي", "ة": "ه", "ٱ": "ا", "ک": "ك", "ی": "ي", "ς": "σ",
})  # fmt: skip
_KEPT = {"\u0438\u0306": "й", "\u0456\u0308": "ї"}
_PLAIN = re.compile("[a-z0-9]+|[а-щьюяєії]+")


class Word(NamedTuple):
    """One word of a text: as it is folded, and its code points ``text[start:end]``."""

    folded: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    return (word for word in _words(text) if word.folded)


def _words(text: str) -> Iterator[Word]:
    for found in _WORD.finditer(text):
        start, end, whole = found.start(), found.end(), found.group()
        match found.lastgroup:
            case "pairs":
                yield from _pairs(whole, start)
            case "number":
                yield Word(_digits(_GAP.sub("", whole)), start, end)
            case "initials":
                yield Word(folded(whole.replace(".", "")), start, end)
            case _:
                elided = _ELIDED.match(whole)
                if elided:
                    yield Word(folded(whole[: elided.end()]), start, start + elided.end())
                    start += elided.end()
                yield Word(folded(text[start:end]), start, end)


def _pairs(run: str, start: int) -> Iterator[Word]:
    plain = unicodedata.normalize("NFKC", run)
    exact = len(plain) == len(run)
    for at in range(len(plain)):
        pair = plain[at : at + 2]
        here, there = (start + at, start + at + len(pair)) if exact else (start, start + len(run))
        yield Word(pair, here, there)


@lru_cache(100_000)
def folded(word: str) -> str:
    """A word with everything equal that search does not tell apart."""
    word = _POSSESSIVE.sub("", word)
    word = _digits(unicodedata.normalize("NFKC", word).casefold())
    if not _PLAIN.fullmatch(word):
        word = lowered(word)
        if not _INDIC.search(word):
            word = unicodedata.normalize("NFD", word)
            for pair, letter in _KEPT.items():
                word = word.replace(pair, letter)
            word = _DROPPED.sub("", word)
        word = unicodedata.normalize("NFC", word)
        word = word.translate(_OTHER_LETTERS)
    return word[:LONGEST]


@lru_cache(100_000)
def lowered(word: str) -> str:
    """A word as stemmers want it: in lower case, composed, with accents, without apostrophes."""
    word = unicodedata.normalize("NFKC", _POSSESSIVE.sub("", word)).casefold()
    return re.sub(f"[{_APOSTROPHES}{_INVISIBLE}\u0640]", "", word)


def _digits(word: str) -> str:
    if word.isascii() or not any(map(str.isdecimal, word)):
        return word
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in word)


_A_PAIR = re.compile(f"[{_PAIRS}]")


def paired(word: str) -> bool:
    """Whether a word is a pair of characters, or the last one of a run."""
    return _A_PAIR.match(word) is not None
