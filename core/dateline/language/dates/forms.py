"""The forms in which a language writes dates, and how an expression is matched with them.

A form is a line of words and marks: ``(on) (W) N (of) M (Y)``. Parentheses hold what may be left out,
brackets what may not, ``|`` separates alternatives. A mark stands for any word of its kind:

====  ====================================  ====  ===========================================
N     a number: 12, 12th                    C     a count: 12, twelve
W     a weekday; WD is an abbreviated one   WP    a weekday with a part of the day
M     a month                               Y     a year of four digits
S     a season                              R     last, this, next: -1, 0, 1
U, P  day, week, month, year; the plural    Q     first to fourth
NUM   14/09/2025                            MY    09/2025
DM    14.09.                                YMD   2025/09/14
ISO   2025-09-14                            DEC   1990s
L     last                                  T, X  this; next
====  ====================================  ====  ===========================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from dateline.language.dates.tokens import Token

UNITS = ("day", "week", "month", "year")
#: What a form says: the name of a reading, and the values of its marks by mark.
Match = tuple[str, dict[str, Any]]
Trie = dict[str, Any]


@dataclass(frozen=True)
class DateWords:
    """The table of one language. Texts list words separated by spaces, in all their inflections.

    ``forms`` maps a reading of `dateline.language.dates.meaning` to forms; ``prefixes`` and ``suffixes`` map
    an operation to what stands before or after a date; ``spans`` are (opening, separator, operation).
    """

    code: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    seasons: tuple[str, ...]
    relatives: tuple[str, str, str]
    units: tuple[str, ...]
    plurals: tuple[str, ...]
    numbers: tuple[str, ...]
    ordinals: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]
    prefixes: Mapping[str, tuple[str, ...]]
    suffixes: Mapping[str, tuple[str, ...]]
    spans: tuple[tuple[str, str, str], ...]
    at: str
    short_weekdays: tuple[str, ...] = ()
    #: A weekday and a part of that day in one word: ``Donnerstagabend``.
    weekday_parts: tuple[str, ...] = ()
    #: Words for the first day of a month.
    first_day: str = ""
    #: What may follow a number (``st``), a year (``р``) and a decade (``s``), as one word with it.
    number_endings: str = ""
    year_endings: str = ""
    decade_endings: str = ""
    #: Counts of days that are idioms: 8 days are a week.
    idioms: Mapping[int, int] = field(default_factory=dict)
    #: Hours east of Greenwich at which it is published, from and to.
    hours_east: tuple[int, int] = (-8, 3)
    twelve_hours: bool = False
    week_from_sunday: bool = False

    def marks(self, token: Token) -> Iterator[tuple[str, Any]]:
        """What a token can be in this language: itself as a word, and values by mark."""
        yield token.text, None
        if token.kind == "word":
            yield from self._lexicon.get(token.text, ())
        elif token.kind == "number":
            digits, ending = token.value
            if len(digits) == 4 and digits[0] in "12":
                if ending in ("", *self.year_endings.split()):
                    yield "Y", int(digits)
                elif ending in self.decade_endings.split() and digits[3] == "0":
                    yield "DEC", int(digits)
            elif len(digits) < 4 and ending in ("", *self.number_endings.split()):
                yield "N", int(digits)
                if not ending:
                    yield "C", int(digits)
        elif token.kind != "mark":
            yield token.kind, token.value

    @cached_property
    def _lexicon(self) -> dict[str, list[tuple[str, Any]]]:
        lexicon: dict[str, list[tuple[str, Any]]] = {}
        for mark, lists, first in (
            ("M", self.months, 1),
            ("W", self.weekdays, 0),
            ("WD", self.short_weekdays, 0),
            ("WP", self.weekday_parts, 0),
            ("S", self.seasons, 21),
            ("R", self.relatives, -1),
            ("L", self.relatives[:1], -1),
            ("T", self.relatives[1:2], 0),
            ("X", self.relatives[2:], 1),
            ("C", self.numbers, 1),
            ("Q", self.ordinals, 1),
            ("N", (self.first_day,), 1),
        ):
            for value, words in enumerate(lists, first):
                _add(lexicon, words, mark, value)
        for unit, one, several in zip(UNITS, self.units, self.plurals, strict=True):
            _add(lexicon, one, "U", unit)
            _add(lexicon, several, "P", unit)
        return lexicon

    def splits(self, word: str) -> bool:
        """Whether a word with hyphens is several words here: ``Monday-Wednesday``, not ``avant-hier``."""
        return word not in self._hyphenated

    @cached_property
    def _hyphenated(self) -> frozenset[str]:
        every = [*self.forms.values(), *self.prefixes.values(), *self.suffixes.values()]
        written = " ".join(form for forms in every for form in forms)
        return frozenset(re.findall(r"\w+(?:-\w+)+", written)) | {
            word for word in self._lexicon if "-" in word
        }

    @cached_property
    def trie(self) -> Trie:
        """All forms, word by word. The empty key holds the reading."""
        root: Trie = {}
        for reading, forms in self.forms.items():
            for shape in shapes(forms):
                node = root
                for word in shape:
                    node = node.setdefault(word, {})
                if node.setdefault("", reading) != reading:
                    raise ValueError(f"{self.code}: {shape} means {reading} and {node['']}")
        return root

    @cached_property
    def before(self) -> list[tuple[tuple[str, ...], str]]:
        """(words, operation) before a date, longest first."""
        return _operations(self.prefixes)

    @cached_property
    def after(self) -> list[tuple[tuple[str, ...], str]]:
        """(words, operation) after a date, longest first."""
        return _operations(self.suffixes)

    @cached_property
    def openings(self) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
        """(words before, words between, operation) of two dates, longest first."""
        spans = [
            (opening, between, operation)
            for before, middle, operation in self.spans
            for opening in shapes([before])
            for between in shapes([middle])
        ]
        return sorted(spans, key=lambda span: -len(span[0]) - len(span[1]))

    def match(self, tokens: tuple[Token, ...]) -> list[Match]:
        """Every form that all of `tokens` make together."""
        marked = [tuple(self.marks(token)) for token in tokens]
        return list(_walk(self.trie, marked, 0, {}))


def _walk(
    node: Trie, marked: list[tuple[tuple[str, Any], ...]], at: int, values: dict[str, Any]
) -> Iterator[Match]:
    if at == len(marked):
        if "" in node:
            yield node[""], values
        return
    for mark, value in marked[at]:
        if mark in node:
            key = "R" if mark in ("L", "T", "X") else mark
            key = key if key not in values else f"{key}2"
            kept = values if value is None else values | {key: value}
            yield from _walk(node[mark], marked, at + 1, kept)


def shapes(forms: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Every row of words and marks that `forms` allow."""
    for form in forms:
        parts = []
        for group in re.findall(r"\([^)]*\)|\[[^\]]*\]|\S+", form):
            choices = [tuple(choice.split()) for choice in group.strip("()[]").split("|")]
            parts.append([(), *choices] if group[0] == "(" else choices)
        for chosen in product(*parts):
            yield tuple(word for words in chosen for word in words)


def _operations(table: Mapping[str, tuple[str, ...]]) -> list[tuple[tuple[str, ...], str]]:
    pairs = [(shape, name) for name, forms in table.items() for shape in shapes(forms)]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _add(lexicon: dict[str, list[tuple[str, Any]]], words: str, mark: str, value: Any) -> None:
    for word in words.split():
        for spelling in {word, _plain(word)}:
            lexicon.setdefault(spelling, []).append((mark, value))


def _plain(word: str) -> str:
    """A word of Latin letters without its accents: ``fevrier``."""
    parts = unicodedata.normalize("NFD", word)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare if bare.replace("'", "").replace("-", "").isascii() else word
