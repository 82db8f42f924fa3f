"""Quotations with a name alone: after a dash, or before a colon. Pure."""

from __future__ import annotations

import re

from dateline_quotes.attribution import Attribution, Span
from dateline_quotes.sentences import Sentence

#: A name beside a quotation has at most so many words.
_MOST = 8
_DASH, _COLON = re.compile(r"\s*(?:[—–―]|--?)\s*"), re.compile(r"\s*:\s*")


def signed(sentence: Sentence) -> Attribution | None:
    """A quotation in a sentence without a verb, with a name after a dash or with a name and a colon before it."""
    words, quoted = sentence.words, sentence.quoted
    if not quoted or not words or len(words) > _MOST or not words[0].large:
        return None
    first, last = quoted[0], quoted[-1]
    if words[0].start > last.start:
        between = _DASH.fullmatch(sentence.text, last.end, words[0].start)
    else:
        between = _COLON.fullmatch(sentence.text, words[-1].end, first.start)
    if between is None:
        return None
    source = Span(words[0].start, words[-1].end)
    return Attribution(source, None, (Span(first.start, last.end),), direct=True)
