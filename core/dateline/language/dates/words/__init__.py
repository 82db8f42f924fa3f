"""The words and forms of dates in each language. `DateWords` explains the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module

from dateline.language.dates.forms import DateWords

LANGUAGES = ("en", "de", "fr", "uk", "ru", "es")


@lru_cache
def words_of(code: str) -> DateWords:
    """The table of a language in `LANGUAGES`."""
    words = import_module(f"dateline.language.dates.words.{code}").WORDS
    assert isinstance(words, DateWords)
    return words


def known(tags: Iterable[str]) -> Iterator[str]:
    """The languages that have a table, of language tags such as ``en-GB``."""
    for tag in tags:
        code = tag.replace("_", "-").partition("-")[0].casefold()
        if code in LANGUAGES:
            yield code
