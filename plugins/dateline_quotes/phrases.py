"""Noun phrases of a sentence, from their last word backwards. Pure."""

from __future__ import annotations

import re

from dateline_quotes.sentences import Sentence
from dateline_quotes.words import Words

#: No phrase is longer, in words; and what ends one.
MOST = 24
BREAK = re.compile(r"[;:()“”\"«»„`\x00]|''|\s[-–—]+\s|[—–―]|--")


def gap_after(sentence: Sentence, at: int) -> str:
    """What stands between word number `at` and the next."""
    return sentence.text[sentence.words[at].end : sentence.words[at + 1].start].strip()


def first_of(sentence: Sentence, last: int, words: Words, least: int) -> int:
    """The number of the first word of the phrase that ends with word number `last`."""
    at = last
    while at >= 0 and last - at < MOST:
        word = sentence.words[at]
        if word.start < least:
            break
        if at < last and ("," in (gap := gap_after(sentence, at)) or BREAK.search(f" {gap} ")):
            break
        if word.text.lower() in words.boundaries and not _joins(sentence, at, last, words):
            break
        at -= 1
    return at + 1


def _joins(sentence: Sentence, at: int, last: int, words: Words) -> bool:
    """Whether "and" joins two names: Kyiv and the West."""
    if sentence.words[at].text not in words.joining or not 0 < at < last:
        return False
    follows, ahead = sentence.words[at + 1], sentence.words[at - 1]
    if "," in gap_after(sentence, at - 1) or not ahead.large:
        return False
    beyond = sentence.words[at + 2] if at + 2 <= last else follows
    return follows.large or (follows.text in words.definite and beyond.large)
