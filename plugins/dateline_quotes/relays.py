"""Through whom something is reported: agencies, papers and stations that quote a speaker. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from dateline_quotes import subjects
from dateline_quotes.attribution import Attribution, Span, trimmed
from dateline_quotes.sentences import Sentence
from dateline_quotes.words import Words

_WORD = re.compile(r"[\w-]+")


def is_medium(text: str, span: Span | None, words: Words) -> bool:
    """Whether words name a medium: the TASS news agency."""
    if span is None:
        return False
    return not words.media.isdisjoint(_WORD.findall(text[span.start : span.end].lower()))


def with_relay(one: Attribution, sentence: Sentence, words: Words) -> Attribution:
    """The attribution with the medium that quotes, is quoted or was spoken to, if its sentence names one."""
    if one.source is None or one.cue is None:
        return one
    if one.source.end < one.cue.start:
        between = words.quoted_by.search(sentence.text, one.source.end, one.cue.start)
        if between is not None:
            return msgspec.structs.replace(one, relay=Span(*between.span(1)))
    if is_medium(sentence.text, one.hearer, words):
        return msgspec.structs.replace(one, relay=one.hearer, hearer=None)
    return _cited(one, sentence, words) if is_medium(sentence.text, one.source, words) else one


def _cited(one: Attribution, sentence: Sentence, words: Words) -> Attribution:
    """Whom the medium cites is the source: TASS reported, citing Roe, that."""
    assert one.source is not None
    assert one.cue is not None
    cited = words.citing.search(sentence.text, min(one.source.end, one.cue.end), sentence.end)
    if cited is None:
        return one
    at = next((n for n, word in enumerate(sentence.words) if word.start >= cited.end()), 0)
    source = subjects.after(sentence, at - 1, words) if at else None
    if source is None:
        return one
    parts = (trimmed(sentence.text, part) for part in _without(one.content, cited, source, words))
    content = tuple(part for part in parts if part is not None)
    return msgspec.structs.replace(
        one, source=source, relay=one.source, content=content or one.content
    )


def _without(
    content: Iterable[Span], cited: re.Match[str], source: Span, words: Words
) -> Iterator[Span]:
    """The content without the words that name who is cited."""
    for one in content:
        if one.start <= cited.start() < one.end:
            yield Span(one.start, cited.start())
            leads = words.leads.match(cited.string, source.end, max(source.end, one.end))
            yield Span(leads.end() if leads is not None else source.end, max(source.end, one.end))
        elif one.start < source.end < one.end:
            leads = words.leads.match(cited.string, source.end, one.end)
            yield Span(leads.end() if leads is not None else source.end, one.end)
        else:
            yield one
