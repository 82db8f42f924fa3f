"""The sentences of a paragraph, with what is quoted masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from dateline_quotes.marks import Paragraph, Quoted
from dateline_quotes.words import Words

#: Stands for every character of a quotation but its marks and its last punctuation.
MASK = "\x00"
_END = re.compile(r"[.!?…][\"”’')\]»]*\s+(?=[\"“‘'«(\[„`]*(?:[^\W\d_a-z]|\d|\x00))")
_WORD = re.compile(r"[^\W\d_]++(?:[’'.-][^\W\d_]++)*+|\d[\d.,]*+")
#: What has more words or quotations without an end is no sentence: a table, or a text without punctuation.
_MOST_WORDS, _MOST_QUOTED = 300, 60
_LAST = re.compile(r"[.,!?…;:—–\"”’'»“«-]+\s*\Z")
#: Remarks such as (R-Utah), which are no part of a sentence.
_ASIDE = re.compile(r"\([^()\"“”\n]{1,60}\)")
_ASKED = re.compile(r"[!?…][\"”’'»]+\s+\Z")
_FRAME = re.compile(r"(?:[^\W\d_][\w.’'-]*[ ]?){0,5}")


class Word(msgspec.Struct, frozen=True, gc=False):
    start: int
    end: int
    text: str

    @property
    def large(self) -> bool:
        return self.text[0].isupper()


class Sentence(msgspec.Struct, frozen=True):
    """A sentence at [`start`, `end`) of ``text``, the source with what it quotes masked. The words are those
    between the quotations, in order."""

    text: str
    start: int
    end: int
    words: list[Word]
    quoted: list[Quoted]


def sentences(masked: str, paragraph: Paragraph, words: Words) -> Iterator[Sentence]:
    """The sentences of a paragraph of a `masked_text`."""
    place = words.place.match(masked, paragraph.start, paragraph.end)
    start = paragraph.start if place is None else place.end()
    at, quoted = 0, paragraph.quoted
    for end in [*_ends(masked, paragraph, words), paragraph.end]:
        if end <= start:
            continue
        some = list[Quoted]()
        while at < len(quoted) and quoted[at].start < end:
            some.append(quoted[at])
            at += 1
        found = [
            Word(match.start(), match.end(), match[0])
            for match in _WORD.finditer(masked, start, end)
        ]
        if (found or some) and len(found) <= _MOST_WORDS and len(some) <= _MOST_QUOTED:
            yield Sentence(masked, start, end, found, some)
        start = end


def masked_text(text: str, paragraphs: Iterable[Paragraph]) -> str:
    """The text with what it quotes, and remarks in brackets, masked: every place stays the same."""
    parts, at = list[str](), 0
    for one in chain.from_iterable(paragraph.quoted for paragraph in paragraphs):
        match = _LAST.search(text, max(one.start + 1, one.end - 5), one.end)
        last = match.start() if match is not None else one.end
        parts += [text[at : one.start + 1], MASK * (last - one.start - 1), text[last : one.end]]
        at = one.end
    whole = "".join([*parts, text[at:]])
    return _ASIDE.sub(lambda match: " " * len(match[0]), whole)


def _ends(masked: str, paragraph: Paragraph, words: Words) -> Iterator[int]:
    for match in _END.finditer(masked, paragraph.start, paragraph.end):
        if masked[match.start()] == "." and words.abbreviations.search(
            masked, max(0, match.start() - 8), match.start() + 1
        ):
            continue
        asked = _ASKED.match(masked, match.start(), match.end())
        frame = _FRAME.match(masked, match.end()) if asked else None
        if frame is not None and not words.verbs.keys().isdisjoint(
            one.rstrip(".") for one in frame[0].split()
        ):
            continue
        yield match.end()
