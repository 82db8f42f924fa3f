"""What a language's tables have. Its package in `dateline_quotes.words` fills them, and nothing else names it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

#: How a verb takes what was said: any clause or quotation; a quotation alone; or an object, a stance on it.
SPEECH, QUOTING, STANCE = "speech", "quoting", "stance"


class Verb(msgspec.Struct, frozen=True):
    """One form of a verb: its ``base`` (``say``), how it takes what was said, and its ``form``: past,
    present, base or ing."""

    base: str
    takes: str
    form: str


class DateWords(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The words of dates. All but ``expression`` and ``dateline`` are matched with words in lower case.

    ``expression``: what a date looks like; ``may_be``: one of its words, to look for first; ``dateline``: the
    head of a story, its group 1 the date; ``weekday`` and ``weekdays``: the days, and how each begins, from
    Monday; ``vague``: what says only before, at or after the day of the source, as EDTF with ``{day}``;
    ``inexact`` and ``modifiers``: what may be left out at the start; ``no_dates``: what needs the text around
    it; ``certain_side``: ends of what says itself on which side of that day it is; ``weekend``; ``coming`` and
    ``coming_day``: words of what is to come, beside a date and beside a weekday; ``happened``: the past right
    before one.

    ``quarter``: a quarter of a year, with the groups ``year``, ``n`` and ``of``; ``ordinals`` read its number;
    ``next``, ``current`` and ``ended`` say which one is meant, ``year_ago`` and ``year_after`` move it, and
    ``quarter_ago`` is the last one named, a year before.
    """

    expression: re.Pattern[str]
    may_be: re.Pattern[str]
    dateline: re.Pattern[str]
    weekday: re.Pattern[str]
    weekdays: tuple[str, ...]
    vague: Mapping[str, str]
    inexact: re.Pattern[str]
    modifiers: re.Pattern[str]
    no_dates: frozenset[str]
    certain_side: tuple[str, ...]
    weekend: str
    coming: re.Pattern[str]
    coming_day: re.Pattern[str]
    happened: re.Pattern[str]
    quarter: re.Pattern[str]
    ordinals: Mapping[str, int]
    next: re.Pattern[str]
    current: re.Pattern[str]
    ended: re.Pattern[str]
    year_ago: re.Pattern[str]
    year_after: re.Pattern[str]
    quarter_ago: re.Pattern[str]


class FigureWords(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The words of figures.

    ``figure``: what one looks like, with the groups ``hedge``, ``money``, ``most_money``, ``percent``,
    ``plural``, ``share``, ``most``, ``number``, ``last`` and ``of``; ``shares`` and ``plurals``: what those
    words say; ``hedges``: rare ones, and frequent ones with the same meaning; ``up_to``: those that are
    none after ``moves``; ``of_two``: those that need two numbers; ``scale`` and ``scales``: the letters after
    a sum, group 1, and their words.

    ``counted``: the words after a figure, group 1; ``ends``: what ends these; ``not_counted``: what is measured;
    ``subject``: the words before one, the last group is what is so much; ``participles`` and ``plural``: how a participle
    and the plural end; ``of_money`` and ``of_percent``: lead from an amount to what it is of; ``amount`` and ``share``: what a sum
    and a percentage measure if nothing is named; ``percent_sign``: the end of a percentage. ``definite``, ``ranks`` and ``numbered`` precede a number
    that counts nothing: the four, the first 10, Oct. 9.
    """

    figure: re.Pattern[str]
    shares: Mapping[str, float]
    plurals: Mapping[str, int]
    counted: re.Pattern[str]
    ends: frozenset[str]
    not_counted: re.Pattern[str]
    definite: frozenset[str]
    of: str
    of_money: str
    of_percent: str
    hedges: Mapping[str, str]
    participles: tuple[str, ...]
    plural: re.Pattern[str]
    indefinite: frozenset[str]
    articles: frozenset[str]
    adverb: str
    up_to: frozenset[str]
    moves: frozenset[str]
    of_two: frozenset[str]
    ranks: frozenset[str]
    numbered: frozenset[str]
    scale: re.Pattern[str]
    scales: Mapping[str, str]
    subject: re.Pattern[str]
    currencies: Mapping[str, str]
    amount: str
    share: str
    percent: str
    percent_sign: re.Pattern[str]


class Words(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The words of one language. ``common`` are in any of its texts; ``verbs`` has every form of each verb, and
    ``past`` the past of each base; sets hold words in lower case. The patterns are matched beside a verb:

    ``adjunct``: when, where and in what it was said; ``leads``: what stands before a clause ("that");
    ``adds``, ``joins`` and ``clause``: what ends one before a participle, another verb of its subject, or
    another subject; ``run``: large words in a row, as names are; ``participle``: what stands before one;
    ``hearer``: to whom; ``quoted_by`` and ``citing``: through whom; ``relative``: what begins a relative clause; ``place``: where
    a story was written, at its start.
    """

    code: str
    common: frozenset[str]
    verbs: dict[str, Verb]
    past: dict[str, str]
    say: str
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    be: frozenset[str]
    adverbs: frozenset[str]
    adverb_ending: str
    leading: frozenset[str]
    interposed: frozenset[str]
    negations: tuple[str, ...]
    irregular: frozenset[str]
    verb_endings: tuple[str, ...]
    not_verb_endings: tuple[str, ...]
    participle_endings: tuple[str, ...]
    plural_ending: str
    owners: tuple[str, ...]
    boundaries: frozenset[str]
    joining: frozenset[str]
    determiners: frozenset[str]
    definite: frozenset[str]
    indefinite: frozenset[str]
    article: frozenset[str]
    prepositions: frozenset[str]
    of_body: frozenset[str]
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
    persons: frozenset[str]
    offices: frozenset[str]
    titles: dict[str, str]
    not_names: frozenset[str]
    quoting: frozenset[str]
    with_hearer: frozenset[str]
    not_inverted: frozenset[str]
    with_clause: frozenset[str]
    that: frozenset[str]
    adjunct: re.Pattern[str]
    according: re.Pattern[str]
    leads: re.Pattern[str]
    comma: re.Pattern[str]
    adds: re.Pattern[str]
    joins: re.Pattern[str]
    clause: re.Pattern[str]
    participle: re.Pattern[str]
    relative: re.Pattern[str]
    hearer: re.Pattern[str]
    quoted_by: re.Pattern[str]
    citing: re.Pattern[str]
    run: re.Pattern[str]
    two: re.Pattern[str]
    abbreviations: re.Pattern[str]
    place: re.Pattern[str]
    dates: DateWords
    figures: FigureWords


def listed(words: str) -> frozenset[str]:
    """The words of a text with white space between them."""
    return frozenset(words.split())
