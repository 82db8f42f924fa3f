"""The attributions of a whole text: quotations that stand alone are given to whom they belong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from dateline_quotes import subjects
from dateline_quotes.attribution import Attribution, Span
from dateline_quotes.marks import Paragraph
from dateline_quotes.reader import attributions
from dateline_quotes.sentences import Sentence, sentences
from dateline_quotes.words import Words

_COLON = re.compile(r":\s*\Z")


def statements(masked: str, paragraphs: Iterable[Paragraph], words: Words) -> list[Attribution]:
    """What a `masked_text` attributes, in order."""
    found: list[Attribution] = []
    speaker: Attribution | None = None  # of the paragraph before
    for paragraph in paragraphs:
        mine: list[Attribution] = []
        for sentence in sentences(masked, paragraph, words):
            if sentence.quoted and not sentence.words:
                _add_quotation(mine, sentence, speaker)
            else:
                mine += attributions(sentence, words)
        found += mine
        speaker = mine[-1] if mine else announced(masked, paragraph, words)
    return found


def _add_quotation(
    mine: list[Attribution], sentence: Sentence, speaker: Attribution | None
) -> None:
    """A quotation that stands alone goes on with the one before it, or is of who spoke last."""
    span = Span(sentence.quoted[0].start, sentence.quoted[-1].end)
    if mine and mine[-1].direct:
        mine[-1] = msgspec.structs.replace(mine[-1], content=(*mine[-1].content, span))
    elif mine:
        mine.append(Attribution(mine[-1].source, None, (span,), direct=True))
    elif speaker is not None and sentence.text[span.start] not in "'‘":  # a heading
        mine.append(Attribution(speaker.source, None, (span,), direct=True))


def announced(masked: str, paragraph: Paragraph, words: Words) -> Attribution | None:
    """Who is to speak in the next paragraph: one that ends with "Roe said:"."""
    if not _COLON.search(masked, max(paragraph.start, paragraph.end - 4), paragraph.end):
        return None
    for sentence in [*sentences(masked, paragraph, words)][-1:]:
        for at, word in reversed([*enumerate(sentence.words)]):
            verb = words.verbs.get(word.text)
            source = verb and subjects.before(sentence, at, words, sentence.start)
            if verb and source:
                cue = Span(word.start, word.end)
                return Attribution(source, cue, (), verb.base)
    return None
