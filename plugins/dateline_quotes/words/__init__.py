"""The words by which statements are found, one module a language."""

from __future__ import annotations

import re
from functools import cache

import msgspec

#: How a verb takes what was said: any clause or quotation; a quotation alone; or an object, a stance on it.
SPEECH, QUOTING, STANCE = "speech", "quoting", "stance"


class Verb(msgspec.Struct, frozen=True):
    """One form of a verb: its ``base`` (``say``), how it takes what was said, and its ``form``: past,
    present, base or ing."""

    base: str
    takes: str
    form: str


class Words(msgspec.Struct, frozen=True, gc=False):
    """The words of one language. ``verbs`` has every form, and ``past`` the past of each base;
    the sets hold words in lower case."""

    code: str
    past: dict[str, str]
    verbs: dict[str, Verb]
    days: frozenset[str]
    auxiliaries: frozenset[str]
    be: frozenset[str]
    adverbs: frozenset[str]
    boundaries: frozenset[str]
    determiners: frozenset[str]
    prepositions: frozenset[str]
    after_subject: frozenset[str]
    pronouns: dict[str, str]
    not_speakers: frozenset[str]
    relatives: frozenset[str]
    media: frozenset[str]
    bodies: frozenset[str]
    roles: frozenset[str]
    not_names: frozenset[str]
    offices: frozenset[str]
    definite: frozenset[str]
    titles: dict[str, str]
    adjunct: re.Pattern[str]
    according: re.Pattern[str]
    abbreviations: re.Pattern[str]


@cache
def words_of(language: str) -> Words | None:
    """The words of a language such as ``en`` or ``en-GB``; None if there are none."""
    if language.lower()[:2] == "en":
        from dateline_quotes.words.en import WORDS

        return WORDS
    return None
