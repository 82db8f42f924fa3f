"""The words by which statements, figures and dates are found: a package of tables for each language."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module

from dateline_quotes.words.tables import QUOTING, SPEECH, STANCE, Verb, Words, listed

__all__ = [
    "LANGUAGES",
    "QUOTING",
    "SPEECH",
    "STANCE",
    "Verb",
    "Words",
    "language_of",
    "listed",
    "words_of",
]

#: The package that has the tables of each language, as ``WORDS``.
LANGUAGES = {"en": "dateline_quotes.words.en"}
#: So many of the first words of a text are looked at, of which its language's common ones are at least this share.
_FIRST, _SHARE = 400, 0.12


def words_of(language: str) -> Words | None:
    """The words of a language such as ``en`` or ``en-GB``; None if there are none."""
    package = LANGUAGES.get(language.lower().partition("-")[0])
    return None if package is None else _words(package)


def language_of(text: str) -> str:
    """The language of a text that nothing else says: the one whose common words it has, or empty."""
    some = re.findall(r"[^\W\d_]+", text[: _FIRST * 8].lower())[:_FIRST]
    for language, package in LANGUAGES.items():
        if sum(word in _words(package).common for word in some) > _SHARE * len(some):
            return language
    return ""


@cache
def _words(package: str) -> Words:
    words: Words = import_module(package).WORDS
    return words
