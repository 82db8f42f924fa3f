"""Who says it: the words before or after a verb that name its subject. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from dateline_quotes.attribution import Span
from dateline_quotes.sentences import Sentence
from dateline_quotes.words import Words

#: No subject is longer, in words; and what ends one.
_MOST, _PIECES = 24, 6
_BREAK = re.compile(r"[;:()“”\"«»„`\x00]|''|\s[-–—]+\s|[—–―]|--")


def before(sentence: Sentence, at: int, words: Words, least: int) -> Span | None:
    """The subject before word number `at`, which begins at `least` or later. None if there is none."""
    last = at - 1
    while last >= 0 and sentence.words[last].start >= least and _is_small(sentence, last, words):
        if _gap(sentence, last) not in ("", ",") and not _gap(sentence, last).isspace():
            return None
        last -= 1
    if last < 0 or sentence.words[last].start < least:
        return None
    gap = sentence.text[sentence.words[last].end : sentence.words[last + 1].start]
    if _BREAK.search(gap):
        return None
    if "," in gap and not _is_interposed(sentence, last, words):
        return _named_before(sentence, last, words, least)
    first = _first(sentence, last, words, least)
    while first <= last and (
        _is_day(sentence, first, words) or sentence.words[first].text.lower() in words.leading
    ):  # On Thursday Roe said; even Roe said
        first += 1
    head = sentence.words[min(first, last)].text
    verb = words.verbs.get(head)
    if (
        first > last
        or head.lower() in words.prepositions
        or head in words.auxiliaries
        or (verb is not None and verb.form in ("ing", "past"))
    ):
        return None
    return Span(sentence.words[first].start, sentence.words[last].end)


def _is_interposed(sentence: Sentence, last: int, words: Words) -> bool:
    """Whether one word between commas follows word number `last`: the owners, however, say."""
    between = sentence.words[last + 1].text
    return between in words.interposed and _gap(sentence, last + 1) == ","


def _is_small(sentence: Sentence, at: int, words: Words) -> bool:
    text = sentence.words[at].text.lower()
    return (
        text in words.auxiliaries
        or text in words.adverbs
        or text in words.interposed
        or (text.endswith(words.adverb_ending) and text == sentence.words[at].text)
    )


def _gap(sentence: Sentence, at: int) -> str:
    return sentence.text[sentence.words[at].end : sentence.words[at + 1].start].strip()


def _first(sentence: Sentence, last: int, words: Words, least: int) -> int:
    """The first word of the subject that ends with word number `last`."""
    at = last
    while at >= 0 and last - at < _MOST:
        word = sentence.words[at]
        if word.start < least:
            break
        if at < last and ("," in (gap := _gap(sentence, at)) or _BREAK.search(f" {gap} ")):
            break
        if word.text.lower() in words.boundaries and not _joins(sentence, at, last, words):
            break
        at -= 1
    return at + 1


def _is_day(sentence: Sentence, at: int, words: Words) -> bool:
    text = sentence.words[at].text.lower()
    following = sentence.words[at + 1].text.lower() if at + 1 < len(sentence.words) else ""
    return text in words.days or (text in words.prepositions and following in words.days)


def _joins(sentence: Sentence, at: int, last: int, words: Words) -> bool:
    """Whether "and" joins two names: Kyiv and the West."""
    if sentence.words[at].text not in words.joining or not 0 < at < last:
        return False
    follows, ahead = sentence.words[at + 1], sentence.words[at - 1]
    if "," in _gap(sentence, at - 1) or not ahead.large:
        return False
    beyond = sentence.words[at + 2] if at + 2 <= last else follows
    return follows.large or (follows.text in words.definite and beyond.large)


def _named_before(sentence: Sentence, last: int, words: Words, least: int) -> Span | None:
    """Whom words between commas explain: Jane Roe, a lawyer from Quay, said. It is the nearest piece that is
    the name of a person, and else the nearest that has a name."""
    pieces = [*_pieces(sentence, last, words, least)]
    for n, (first, end) in enumerate(pieces):
        if names_person(sentence, first, end, words):
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
        first = _first(sentence, end, words, least)
        if first <= end:
            yield first, end
        end = min(first, end) - 1
        if end < 0 or sentence.words[end].start < least or _BREAK.search(_gap(sentence, end)):
            return
        while end >= 0 and sentence.words[end].text.lower() in words.boundaries | words.relatives:
            end -= 1
        if end < 0 or sentence.words[end].start < least:
            return


def names_person(sentence: Sentence, first: int, end: int, words: Words) -> bool:
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
        or names_person(sentence, first, end, words)
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


def after(sentence: Sentence, at: int, words: Words, *, loose: bool = False) -> Span | None:
    """The subject after the verb that is word number `at`: said Jane Roe, a lawyer. None if there is none.
    A `loose` one may be any words: according to early results."""
    first = last = at + 1
    if first >= len(sentence.words) or _gap(sentence, at):
        return None
    head = sentence.words[first]
    if not (loose or head.large or head.text in words.determiners or head.text in words.pronouns):
        return None
    while last + 1 < len(sentence.words) and last - first < _MOST:
        word, gap = sentence.words[last + 1], _gap(sentence, last)
        if gap not in ("", ".", "&", "$", "’", "'"):
            break
        if word.text in words.after_subject and not _joins_after(sentence, last, words):
            break
        last += 1
    if any(word.text in words.auxiliaries for word in sentence.words[first : last + 1]):
        return None  # said the bridge was open
    return Span(head.start, sentence.words[last].end)


def _joins_after(sentence: Sentence, last: int, words: Words) -> bool:
    """Whether "and" and another name follow word number `last`."""
    if sentence.words[last + 1].text not in words.joining or not sentence.words[last].large:
        return False
    following = sentence.words[last + 2 : last + 4]
    return bool(following) and (
        following[0].large or (following[0].text in words.article and following[-1].large)
    )


def last_phrase(sentence: Sentence, span: Span, words: Words) -> Span:
    """The words of a span after its last preposition: a move, of "its own in a move"."""
    inside = [word for word in sentence.words if span.start <= word.start < span.end]
    start = max(
        (n + 1 for n, word in enumerate(inside[:-1]) if word.text in words.prepositions), default=0
    )
    return Span(inside[start].start, span.end)


def of_sentence(sentence: Sentence, at: int, words: Words, least: int) -> Span | None:
    """The subject of the sentence, for a participle in it: Roe welcomed the vote, adding that ..."""
    rest = [word for word in sentence.words[:at] if word.start >= least]
    start = 0
    if (
        rest and rest[0].text.lower() in words.prepositions
    ):  # In Kyiv on Monday, he welcomed the vote, adding
        comma = sentence.text.find(",", rest[0].start, rest[-1].end)
        start = (
            next((n for n, word in enumerate(rest) if word.start > comma), 0) if comma >= 0 else 0
        )
    while start < len(rest) and rest[start].text.lower() in words.boundaries | words.adverbs:
        start += 1
    end = start
    while end < len(rest) and end - start < _MOST:
        word = rest[end]
        gap = sentence.text[rest[end - 1].end : word.start].strip(" .") if end > start else ""
        lower = word.text.lower()
        ends = gap or lower in words.auxiliaries or lower in words.relatives or lower in words.verbs
        if end > start and (
            ends
            or (
                word.text.islower()
                and (lower in words.irregular or lower.endswith(words.verb_endings))
                and not lower.endswith(words.not_verb_endings)
                and rest[end - 1].large
            )
        ):
            break
        if end > start and rest[start].text.lower() in words.pronouns:
            break
        end += 1
    if end == start:
        return None
    return Span(rest[start].start, rest[end - 1].end)
