"""What a search asks for: words, "a phrase", prefix*, -without, OR. Pure.

All words must occur, in any of their inflected forms and in any order. OR joins its two neighbours:
``dam OR bridge flood`` is (dam or bridge) and flood. Anything else is text: no query is a syntax error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dateline.search.stemming import ALL, script, stems
from dateline.search.tokens import joined_numbers, token
from dateline.search.words import paired, words

_PART = re.compile(r'(?P<without>(?<!\S)-(?=["\w]))?(?:"(?P<phrase>[^"]*)"|(?P<text>[^\s"]+))')


#: Curly quotation marks are as good as straight ones.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟", '"'))


class Term(NamedTuple):
    """Something to find: one of `anyof` for a word and its stems; or the words of `phrase` in this order, the last one being a prefix if `prefix`."""

    anyof: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    prefix: bool = False


class Query(NamedTuple):
    """All of `wanted` and none of `without`: of each group of terms, one."""

    wanted: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...]


def parse(text: str) -> Query:
    """Read a query. `wanted` is empty if it has no word to find."""
    wanted: list[tuple[Term, ...]] = []
    without: list[Term] = []
    joined = False
    text = joined_numbers(text)
    for part in _PART.finditer(text.translate(_QUOTES)):
        if part["text"] == "OR" or part["text"] == "|":
            joined = bool(wanted)
            continue
        if part["text"] == "AND":
            continue
        found = _phrase(part["phrase"]) if part["phrase"] is not None else _terms(part["text"])
        if part["without"]:
            without += found
        elif found and joined:
            wanted[-1] = (*wanted[-1], *found)
            joined = False
        else:
            wanted += [(term,) for term in found]
            joined = False
    return Query(tuple(wanted), tuple(without))


def _phrase(text: str, prefix: bool = False) -> list[Term]:
    found = list(words(text))
    if not found:
        return []
    last, before = found[-1], found[-2:-1]
    if paired(last.folded) and len(last.folded) == 1:
        if before and paired(before[0].folded) and before[0].start + 1 == last.start:
            found.pop()  # a text may go on after these characters
        else:
            prefix = True
    return [Term(phrase=tuple(token(word.folded) for word in found), prefix=prefix)]


def _terms(text: str) -> list[Term]:
    """The terms of a part without white space: one word mostly."""
    found = list(words(text))
    if text.endswith("*") and len(text) > 1:
        return _phrase(text, prefix=True)
    if any(paired(word.folded) for word in found) or (
        len(found) > 1 and any(word.folded.isdigit() for word in found)
    ):
        return _phrase(text)
    if len(found) > 1 and found[0].end == found[1].start:  # l'eau
        found = found[1:]
    return [_word(word.folded, text[word.start : word.end]) for word in found]


def _word(folded: str, written: str) -> Term:
    kind = script(folded)
    more = () if kind is None else map(token, stems(written, ALL[kind]))
    return Term(anyof=(token(folded), *more))


#: Groups of tags: a row must have one of each.
Tags = Sequence[Sequence[str]]


def fts5(query: Query, tags: Tags = ()) -> str:
    """The query in the language of SQLite's FTS5."""
    groups = [*(" OR ".join(map(_fts5, group)) for group in query.wanted), *map(" OR ".join, tags)]
    wanted = " AND ".join(f"({group})" for group in groups)
    return f"{wanted} NOT ({' OR '.join(map(_fts5, query.without))})" if query.without else wanted


def _fts5(term: Term) -> str:
    if term.anyof:
        return " OR ".join(f'"{one}"' for one in term.anyof)
    return f'"{" ".join(term.phrase)}"{" *" if term.prefix else ""}'


def tsquery(query: Query, tags: Tags = ()) -> str:
    """The query in the language of PostgreSQL's tsquery."""
    groups = [*(" | ".join(map(_tsquery, group)) for group in query.wanted), *map(" | ".join, tags)]
    wanted = " & ".join(f"({group})" for group in groups)
    return f"{wanted} & !({' | '.join(map(_tsquery, query.without))})" if query.without else wanted


def _tsquery(term: Term) -> str:
    if term.anyof:
        return " | ".join(f"'{one}'" for one in term.anyof)
    *first, last = (f"'{one}'" for one in term.phrase)
    return f"({' <-> '.join([*first, last + (':*' if term.prefix else '')])})"
