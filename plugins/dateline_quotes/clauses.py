"""The sentence around a place, without the marks of a quotation. Pure."""

from __future__ import annotations

import re

from dateline_quotes.attribution import Span
from dateline_quotes.words import Words

#: Marks of a quotation.
MARKS = "\"“”„‟«»`'‘’"
_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘(]?[^\W\d_a-z])|\n")
_AROUND = f" \n\t{MARKS}"
#: So far from a place its sentence is looked for; and so far before a full stop an abbreviation begins.
_FAR, _ABBREVIATED = 400, 8


def around(text: str, place: Span, limits: Span, words: Words) -> Span:
    """The sentence that has a place, between the limits."""
    start = max(limits.start, place.start - _FAR)
    for match in _END.finditer(text, start, place.start + 1):
        start = match.end() if match.end() <= place.start and _ends(match, words) else start
    end = min(limits.end, place.end + _FAR)
    ends = (one.start() + 1 for one in _END.finditer(text, place.end, end) if _ends(one, words))
    return stripped(text, Span(start, next(ends, end)))


def stripped(text: str, span: Span) -> Span:
    """A span without the marks and white space around it."""
    inside = text[slice(*span)]
    start = span.start + len(inside) - len(inside.lstrip(_AROUND))
    return Span(start, span.end - len(inside) + len(inside.rstrip(_AROUND)))


def bare(text: str, span: Span) -> Span:
    """A quotation without its marks and the comma before the last one."""
    words = text[slice(*span)]
    start = span.start + len(words) - len(words.lstrip(MARKS))
    end = span.end - len(words) + len(words.rstrip(MARKS + " "))
    return Span(start, end - text[start:end].endswith(",")) if start < end else span


def _ends(match: re.Match[str], words: Words) -> bool:
    """Whether a sentence ends, and not an abbreviation."""
    at = match.start()
    before = max(0, at - _ABBREVIATED)
    return words.abbreviations.search(match.string, before, at + 1) is None
