"""Who says it: the words before or after a verb that name its subject. Pure."""

from __future__ import annotations

from dateline_quotes.appositions import named_before
from dateline_quotes.attribution import Span
from dateline_quotes.phrases import BREAK, MOST, first_of, gap_after
from dateline_quotes.sentences import Sentence
from dateline_quotes.words import Words


def before(sentence: Sentence, at: int, words: Words, least: int) -> Span | None:
    """The subject before word number `at`, which begins at `least` or later. None if there is none."""
    last = at - 1
    while last >= 0 and sentence.words[last].start >= least and _is_small(sentence, last, words):
        if gap_after(sentence, last) not in ("", ",") and not gap_after(sentence, last).isspace():
            return None
        last -= 1
    if last < 0 or sentence.words[last].start < least:
        return None
    gap = sentence.text[sentence.words[last].end : sentence.words[last + 1].start]
    if BREAK.search(gap):
        return None
    if "," in gap and not _is_interposed(sentence, last, words):
        return named_before(sentence, last, words, least)
    first = first_of(sentence, last, words, least)
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
    return between in words.interposed and gap_after(sentence, last + 1) == ","


def _is_small(sentence: Sentence, at: int, words: Words) -> bool:
    text = sentence.words[at].text.lower()
    return (
        text in words.auxiliaries
        or text in words.adverbs
        or text in words.interposed
        or (text.endswith(words.adverb_ending) and text == sentence.words[at].text)
    )


def _is_day(sentence: Sentence, at: int, words: Words) -> bool:
    text = sentence.words[at].text.lower()
    following = sentence.words[at + 1].text.lower() if at + 1 < len(sentence.words) else ""
    return text in words.days or (text in words.prepositions and following in words.days)


def after(sentence: Sentence, at: int, words: Words, *, loose: bool = False) -> Span | None:
    """The subject after the verb that is word number `at`: said Jane Roe, a lawyer. None if there is none.
    A `loose` one may be any words: according to early results."""
    first = last = at + 1
    if first >= len(sentence.words) or gap_after(sentence, at):
        return None
    head = sentence.words[first]
    if not (loose or head.large or head.text in words.determiners or head.text in words.pronouns):
        return None
    while last + 1 < len(sentence.words) and last - first < MOST:
        word, gap = sentence.words[last + 1], gap_after(sentence, last)
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
    while end < len(rest) and end - start < MOST:
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
