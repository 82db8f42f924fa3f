"""Whether a text is what a query asks for, how well, and which of its words are. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dateline.search.query import Query, Term
from dateline.search.stemming import languages, script, stems
from dateline.search.tokens import joined_numbers, token
from dateline.search.words import words

_SPACE = re.compile(r"\s+")
#: A stem counts less than the word itself, and a phrase more.
_STEM, _WORD, _PHRASE = 0.6, 1.0, 1.5
#: The length, in tokens, at which a text counts half as much as a very short one.
_LENGTH = 200.0


class Part(NamedTuple):
    """A piece of a text, and whether it is one of the words that were found."""

    text: str
    marked: bool


def score(query: Query, tokens: str) -> float:
    """How well a row of an index, with its tokens divided by spaces, answers a query that it answers; more
    is better. Rare words do not count more: all words of a query must occur."""
    text = f" {tokens} "
    found = sum(max(_term_score(term, text) for term in group) for group in query.wanted)
    return found / (1 + text.count(" ") / _LENGTH)


def _term_score(term: Term, text: str) -> float:
    if term.phrase:
        return _PHRASE
    count = text.count(f" {term.anyof[0]} ")
    if count:
        return _WORD + 0.3 * count / (count + 1)
    return _STEM if any(f" {one} " in text for one in term.anyof[1:]) else 0.0


def matches(query: Query, texts: Sequence[tuple[str, str | None]]) -> bool:
    """Whether some texts together, each with its language, are what a query asks for."""
    read = [_Read(text, language) for text, language in texts]

    def has(term: Term) -> bool:
        return any(next(iter(one.spans(term)), None) is not None for one in read)

    wanted = all(any(map(has, group)) for group in query.wanted)
    return wanted and not any(map(has, query.without))


def covered(query: Query, text: str, language: str | None = None) -> set[int]:
    """Which of the groups of a query a text has."""
    read = _Read(text, language)
    groups = enumerate(query.wanted)
    return {at for at, group in groups if any(read.spans(term) for term in group)}


def marked(query: Query, text: str, language: str | None = None) -> list[Part]:
    """A text in pieces, with the words marked that a query asks for."""
    terms = [term for group in query.wanted for term in group]
    # Most forms of a word have its first letter; stemming all words of a long text takes long.
    letters = frozenset(one[:1] for term in terms for one in (*term.anyof, *term.phrase))
    read = _Read(text, language, letters)
    if terms and not any(read.spans(term) for term in terms):
        read = _Read(text, language)
    spans = sorted({span for term in terms for span in read.spans(term)})
    parts, at = [], 0
    for start, end in spans:
        if end <= at:
            continue
        start = max(start, at)
        if start > at:
            parts.append(Part(text[at:start], False))
        parts.append(Part(text[start:end], True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:], False))
    return parts


class _Read:
    """A text, read once for all terms. With `letters`, only words that start with one of them have stems."""

    def __init__(
        self, text: str, language: str | None, letters: frozenset[str] | None = None
    ) -> None:
        self._words = list(words(text))
        self._tokens = [token(word.folded) for word in self._words]
        spoken = languages(text, [word.folded for word in self._words], language)
        self._stems = [
            frozenset(map(token, stems(text[word.start : word.end], spoken[kind])))
            if (letters is None or word.folded[:1] in letters)
            and (kind := script(word.folded)) is not None
            else frozenset[str]()
            for word in self._words
        ]
        if joined_numbers(text) != text:
            self._join_numbers()

    def _join_numbers(self) -> None:
        """``16 700`` is also found as 16700."""
        for at in range(len(self._words) - 1):
            number, end = self._tokens[at], at + 1
            while (
                end < len(self._words)
                and len(self._tokens[end]) == 3
                and self._tokens[end].isdigit()
            ):
                number += self._tokens[end]
                end += 1
                self._stems[at] |= {number}

    def spans(self, term: Term) -> list[tuple[int, int]]:
        """Where a term is in the text, in code points."""
        if term.anyof:
            wanted = frozenset(term.anyof)
            return [
                (word.start, word.end)
                for word, one, more in zip(self._words, self._tokens, self._stems, strict=True)
                if one in wanted or not wanted.isdisjoint(more)
            ]
        *first, last = term.phrase
        found = []
        for at in range(len(self._tokens) - len(first)):
            if self._tokens[at : at + len(first)] != first:
                continue
            one = self._tokens[at + len(first)]
            if one == last or (term.prefix and one.startswith(last)):
                found.append((self._words[at].start, self._words[at + len(first)].end))
        return found


def one_line(parts: Sequence[Part]) -> list[Part]:
    """The same with each white space, line ends too, as one space."""
    return [Part(_SPACE.sub(" ", part.text), part.marked) for part in parts]


def context(parts: Sequence[Part], length: int = 200) -> list[Part]:
    """The surroundings of the first marked words, of about `length` characters, cut between words."""
    whole = "".join(part.text for part in parts)
    if len(whole) <= length:
        return list(parts)
    first = 0
    for part in parts:
        if part.marked:
            break
        first += len(part.text)
    start = max(0, min(first - length // 4, len(whole) - length))
    end = min(len(whole), start + length)
    if start:
        start = max(whole.rfind(" ", 0, start), whole.rfind("\n", 0, start)) + 1
    if end < len(whole):
        gaps = [at for at in (whole.find(" ", end), whole.find("\n", end)) if at >= 0]
        end = min([*gaps, end + 40])
    cut, at = [Part("… ", False)] if start else [], 0
    for part in parts:
        low, high = max(start - at, 0), min(end - at, len(part.text))
        if low < high:
            cut.append(Part(part.text[low:high], part.marked))
        at += len(part.text)
    return [*cut, *([Part(" …", False)] if end < len(whole) else [])]
