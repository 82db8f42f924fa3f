"""The attributions of a whole text: quotations that stand alone are given to whom they belong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from dateline_quotes.attributions import Attribution, attributions
from dateline_quotes import subjects
from dateline_quotes.marks import Paragraph, paragraphs
from dateline_quotes.sentences import Sentence, sentences
from dateline_quotes.subjects import Span
from dateline_quotes.words import Words

_COLON = re.compile(r":\s*\Z")


def statements(text: str, words: Words) -> list[Attribution]:
    """What the text attributes, in order. Places are those in the text."""
    found: list[Attribution] = []
    speaker: Attribution | None = None  # of the paragraph before
    for paragraph in paragraphs(text):
        mine: list[Attribution] = []
        for sentence in sentences(text, paragraph, words):
            some = attributions(sentence, words)
            alone = not some and sentence.quoted and not _said(sentence)
            if alone:
                span = Span(sentence.quoted[0].start, sentence.quoted[-1].end)
                if mine and mine[-1].direct and mine[-1].content[-1].end <= span.start:
                    mine[-1] = msgspec.structs.replace(mine[-1], content=(*mine[-1].content, span))
                elif mine:
                    mine.append(Attribution(mine[-1].source, None, (span,), direct=True))
                elif speaker is not None and text[paragraph.start + span.start] not in "'‘":
                    before = speaker.moved(-paragraph.start)
                    mine.append(Attribution(before.source, None, (span,), direct=True))
            mine += some
        mine = [one.moved(paragraph.start) for one in mine]
        found += mine
        speaker = mine[-1] if mine else announced(text, paragraph, words)
    return found


def announced(text: str, paragraph: Paragraph, words: Words) -> Attribution | None:
    """Who is to speak in the next paragraph: one that ends with "Roe said:"."""
    if not _COLON.search(text, max(paragraph.start, paragraph.end - 4), paragraph.end):
        return None
    for sentence in [*sentences(text, paragraph, words)][-1:]:
        for at, word in reversed([*enumerate(sentence.words)]):
            verb = words.verbs.get(word.text)
            source = verb and subjects.before(sentence, at, words, sentence.start)
            if verb and source:
                cue = Span(word.start, word.end)
                return Attribution(source, cue, (), verb.base).moved(paragraph.start)
    return None


def _said(sentence: Sentence) -> list[str]:
    """The words of a sentence outside its quotations."""
    return [word.text for word in sentence.words]
