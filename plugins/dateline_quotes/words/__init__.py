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


class Words(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The words of one language. ``verbs`` has every form of each verb, and ``past`` the past of each base;
    sets hold words in lower case. The patterns are matched beside a verb:

    ``adjunct``: when, where and in what it was said; ``leads``: what stands before a clause ("that");
    ``adds``, ``joins`` and ``clause``: what ends one before a participle, another verb of its subject, or
    another subject; ``run``: large words in a row, as names are; ``participle``: what stands before one; ``hearer``: to whom; ``quoted_by`` and
    ``citing``: through whom.
    """

    code: str
    verbs: dict[str, Verb]
    past: dict[str, str]
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    be: frozenset[str]
    adverbs: frozenset[str]
    adverb_ending: str
    leading: frozenset[str]
    owners: tuple[str, ...]
    boundaries: frozenset[str]
    joining: frozenset[str]
    determiners: frozenset[str]
    definite: frozenset[str]
    prepositions: frozenset[str]
    infinitive: frozenset[str]
    agent: frozenset[str]
    as_: frozenset[str]
    as_what: tuple[str, ...]
    reasons: tuple[str, ...]
    after_subject: frozenset[str]
    plurals: frozenset[str]
    pronouns: dict[str, str]
    relatives: frozenset[str]
    not_speakers: frozenset[str]
    days: frozenset[str]
    media: frozenset[str]
    kinds_of_media: frozenset[str]
    bodies: frozenset[str]
    roles: frozenset[str]
    offices: frozenset[str]
    titles: dict[str, str]
    not_names: frozenset[str]
    quoting: frozenset[str]
    with_hearer: frozenset[str]
    adjunct: re.Pattern[str]
    according: re.Pattern[str]
    leads: re.Pattern[str]
    comma: re.Pattern[str]
    adds: re.Pattern[str]
    joins: re.Pattern[str]
    clause: re.Pattern[str]
    participle: re.Pattern[str]
    hearer: re.Pattern[str]
    quoted_by: re.Pattern[str]
    citing: re.Pattern[str]
    run: re.Pattern[str]
    abbreviations: re.Pattern[str]


def listed(words: str) -> frozenset[str]:
    """The words of a text with white space between them."""
    return frozenset(words.split())


@cache
def words_of(language: str) -> Words | None:
    """The words of a language such as ``en`` or ``en-GB``; None if there are none."""
    if language.lower()[:2] == "en":
        from dateline_quotes.words.en import WORDS

        return WORDS
    return None
