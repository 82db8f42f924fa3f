"""Where what was said begins and ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dateline_quotes import subjects
from dateline_quotes.attribution import Span, trimmed
from dateline_quotes.sentences import MASK, Sentence
from dateline_quotes.words import SPEECH, Verb, Words

QUOTE = r"[\"“”„«»`'’‘]"
#: What precedes the subject or verb that follows what was said: a comma, or a quotation with its own end.
_BEFORE_VERB = re.compile(rf"(?:,{QUOTE}*|[!?…—–-]{QUOTE}+|{QUOTE}+,)\s*\Z")
_CLOSED = re.compile(rf"[,!?…—–-]*{QUOTE}*,?")
_OPENS = re.compile(QUOTE)
_TO_QUOTATION = re.compile(rf"[\s,.;:—–-]*(?={QUOTE})")
_NOTHING = " \n\t.,;!?…\"”“'’‘`»"
_ADJUNCTS, _NEAR = 4, 40
Cues = Sequence[tuple[int, Verb]]


def ends_before(text: str, least: int, at: int) -> int | None:
    """Where what was said ends, if a comma or a quotation's end stands before `at`; None if not."""
    match = _BEFORE_VERB.search(text, max(least, at - 8), at)
    return None if match is None else match.start()


def closed_at(text: str, end: int) -> int:
    """The end of the marks that close what was said at `end`."""
    match = _CLOSED.match(text, end)
    return end if match is None else match.end()


def is_quotation(sentence: Sentence, span: Span) -> bool:
    """Whether all of a span is quoted, and not: “open” at last."""
    text = sentence.text
    if _OPENS.match(text, span.start) is None or MASK not in text[span.start : span.end]:
        return False
    inside = [one for one in sentence.quoted if span.start <= one.start < span.end]
    at = span.start
    for one in inside:
        if text[at : one.start].strip(_NOTHING):
            return False
        at = max(at, one.end)
    return not text[at : span.end].strip(_NOTHING)


def is_clause(sentence: Sentence, at: int, content: Span, words: Words) -> bool:
    """Whether what was said after verb number `at` is a clause, or has a quotation, and is not only a thing."""
    led = sentence.text[sentence.words[at].end : content.start].split()[-1:]
    inner = sentence.text[content.start : content.end]
    first, *rest = inner.split()
    if MASK in inner or first in words.infinitive or (led and led[0] in words.that):
        return True
    verbs = words.auxiliaries - words.infinitive
    return any(one in verbs or one in words.pronouns for one in [first, *rest])


def follows_quotation(text: str, at: int) -> bool:
    """Whether a quotation ends before a place, and nothing else than a comma is between them."""
    return text[max(0, at - 8) : at].rstrip().rstrip(",")[-1:] in ('"', "”", "“", "»", "'", "’")


def start_after(sentence: Sentence, at: int, verb: Verb, words: Words) -> tuple[int, Span | None]:
    """Where what was said may begin after verb number `at`: after when, where and to whom; and the last."""
    start, hearer = sentence.words[at].end, None
    if verb.base in words.with_hearer:
        match = words.hearer.match(sentence.text, start, sentence.end)
        if match is not None:
            hearer, start = trimmed(sentence.text, Span(*match.span())), match.end()
    for _ in range(_ADJUNCTS):
        match = words.adjunct.match(sentence.text, start, sentence.end)
        if match is None or match.end() == start:
            break
        start = match.end()
    return start, hearer


def is_over(sentence: Sentence, cues: Cues, at: int, start: int, words: Words) -> bool:
    """Whether nothing that was said follows: the sentence ends, or goes on with a participle."""
    if not sentence.text[start : sentence.end].strip(_NOTHING):
        return True
    following = next(((n, verb) for n, verb in cues if n > at), None)
    if following is None or following[1].form != "ing":
        return False
    return (
        words.comma.fullmatch(sentence.text, start, sentence.words[following[0]].start) is not None
    )


def content_after(
    sentence: Sentence, cues: Cues, at: int, verb: Verb, words: Words
) -> tuple[Span | None, int, Span | None]:
    """What was said after verb number `at`, the end of it, and to whom it was said."""
    start, hearer = start_after(sentence, at, verb, words)
    leads = words.leads.match(sentence.text, start, sentence.end)
    start = leads.end() if leads is not None else start
    end = _cut(sentence, cues, at, start, words)
    return trimmed(sentence.text, Span(start, end)), end, hearer


def _cut(sentence: Sentence, cues: Cues, at: int, start: int, words: Words) -> int:
    """Where what was said ends: before another verb of the same subject, or another attribution."""
    now = words.verbs[sentence.words[at].text]
    for n, verb in cues:
        word = sentence.words[n]
        if n <= at or word.start <= start:
            continue
        first = max(start, word.start - _NEAR)
        if verb.form == "ing":
            match = words.adds.search(sentence.text, first, word.start)
        elif verb.takes != SPEECH or verb.form == "base":
            continue
        else:
            match = (
                words.joins.search(sentence.text, first, word.start)
                if verb.form == now.form
                else None
            )
            if match is None:
                source = subjects.before(sentence, n, words, start)
                if source is not None:
                    match = words.clause.search(
                        sentence.text, max(start, source.start - _NEAR), source.start
                    )
        if match is not None:
            return match.start()
    according = words.according.search(sentence.text, start, sentence.end)
    return according.start() if according is not None else sentence.end


def quotation_after(sentence: Sentence, cues: Cues, after: int) -> Span | None:
    """The quotation that goes on after the words between: "...," Roe said, "..."."""
    following = [one for one in sentence.quoted if one.start >= after - 1]
    if not following:
        return None
    match = _TO_QUOTATION.match(sentence.text, after, sentence.end)
    near = match is not None and following[0].start <= match.end() + 1
    if not near:
        between = sentence.text[after : following[0].start]
        others = any(after <= sentence.words[n].start < following[0].start for n, _ in cues)
        near = between.rstrip().endswith(",") and not others
    return Span(following[0].start, following[-1].end) if near else None
