"""Names that words between commas explain: Jane Roe, a lawyer from Quay, said. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from dateline_quotes.attribution import Span
from dateline_quotes.phrases import BREAK, first_of, gap_after
from dateline_quotes.sentences import Sentence
from dateline_quotes.words import Words

#: So many pieces between commas are looked at.
_PIECES = 6


def named_before(sentence: Sentence, last: int, words: Words, least: int) -> Span | None:
    """Whom words between commas explain: Jane Roe, a lawyer from Quay, said. It is the nearest piece that is
    the name of a person, and else the nearest that has a name."""
    pieces = [*_pieces(sentence, last, words, least)]
    for n, (first, end) in enumerate(pieces):
        if _names_person(sentence, first, end, words):
            before = pieces[n + 1] if n + 1 < len(pieces) else None
            if before is None or not _leads_to_place(sentence, *before, words):
                return Span(sentence.words[first].start, sentence.words[end].end)
    for first, end in pieces:
        if _is_name(sentence, first, end, words):
            return Span(sentence.words[first].start, sentence.words[end].end)
    return None


def _pieces(sentence: Sentence, last: int, words: Words, least: int) -> Iterator[tuple[int, int]]:
    """The first and last word of each piece between commas, from word number `last` backwards."""
    end = last
    for _ in range(_PIECES):
        first = first_of(sentence, end, words, least)
        if first <= end:
            yield first, end
        end = min(first, end) - 1
        if end < 0 or sentence.words[end].start < least or BREAK.search(gap_after(sentence, end)):
            return
        while end >= 0 and sentence.words[end].text.lower() in words.boundaries | words.relatives:
            end -= 1
        if end < 0 or sentence.words[end].start < least:
            return


def _names_person(sentence: Sentence, first: int, end: int, words: Words) -> bool:
    """Whether words are a name of two words or more, perhaps with an office before or a place after it:
    former Mayor Jane Roe; Jane Roe of Quay."""
    some = sentence.words[first : end + 1]
    if not some or some[0].text.lower() in words.prepositions | words.relatives:
        return False
    run = list(takewhile(lambda word: word.large, some))
    rest = some[len(run) :]
    if not rest or rest[0].text not in words.prepositions:
        if any(word.text in words.prepositions for word in some):
            return False
        run = list(takewhile(lambda word: word.large, reversed(some)))[::-1]
    return len(run) > 1 and not all(
        word.text.lower().rstrip(".") in words.roles | words.offices | words.days for word in run
    )


def _leads_to_place(sentence: Sentence, first: int, end: int, words: Words) -> bool:
    """Whether a piece ends with a place whose country or state is the next piece: Jane Roe of Quay, Kent."""
    if end <= first or not sentence.words[end].large:
        return False
    at = end
    while at > first and sentence.words[at].large:
        at -= 1
    if sentence.words[at].text not in words.prepositions:
        return False
    head = sentence.words[first].text.lower()
    return (
        at == first
        or head in words.prepositions
        or head in words.relatives
        or _names_person(sentence, first, end, words)
    )


def _is_name(sentence: Sentence, first: int, end: int, words: Words) -> bool:
    head = sentence.words[first]
    if head.text.lower() in words.pronouns:
        return True
    if not head.large and (
        head.text in words.prepositions
        or head.text in words.relatives
        or head.text in words.indefinite
    ):
        return False
    if head.text[0].isdigit() or (
        head.text.islower() and head.text.endswith(words.participle_endings)
    ):
        return False
    return (
        any(
            word.large and word.text.lower() not in words.not_names
            for word in sentence.words[first : end + 1]
        )
        and sentence.words[first].text.lower() not in words.prepositions
    )
