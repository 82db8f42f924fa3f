"""What a word that looks like a reporting verb is: a verb, a noun, active or passive. Pure."""

from __future__ import annotations

from dateline_quotes.attribution import Span
from dateline_quotes.sentences import Sentence
from dateline_quotes.words import QUOTING, Verb, Words

#: So many words before a verb may help it: has not yet publicly said.
_HELPERS = 5


def is_noun(sentence: Sentence, at: int, verb: Verb, words: Words) -> bool:
    """Whether it is a noun, an adjective or an infinitive: Roe's claims, 18 states, the alleged thief, to say."""
    previous = sentence.words[at - 1].text if at else ""
    if not previous:
        return False
    if previous.lower() in words.determiners:
        return verb.takes != QUOTING
    if verb.form == "past" and previous.endswith(words.owners):
        owner = previous[:-2].lower()  # Roe's reported income; he's said
        return owner not in words.pronouns and owner not in words.relatives
    if verb.form not in ("base", "present"):
        return False
    if previous in words.prepositions or previous in words.infinitive:
        return True
    plural = (
        previous.islower() and previous.endswith(words.plural_ending) and verb.form == "present"
    )
    return plural or previous[0].isdigit() or previous.endswith(words.owners)


def helped_by(sentence: Sentence, at: int, words: Words) -> str:
    """The kind of word that helps a verb: ``be``, ``modal``, or empty."""
    for word in reversed(sentence.words[max(0, at - _HELPERS + 1) : at]):
        text = word.text.lower()
        if text in words.be:
            return "be"
        if text in words.modals:
            return "modal"
        if not (
            text in words.adverbs or text in words.auxiliaries or text.endswith(words.adverb_ending)
        ):
            return ""
    return ""


def is_plural(sentence: Sentence, source: Span, words: Words) -> bool:
    """Whether a subject takes the base form: officials say, Roe and Doe say."""
    parts = sentence.text[source.start : source.end].lower().split()
    end = next((n for n, one in enumerate(parts) if n and _ends_head(one, words)), 0)
    head = parts[end - 1] if end else ""
    if head in words.plurals:
        return True
    if head.endswith(words.plural_ending) and not head.endswith(words.owners):
        return True
    return (
        parts[-1].endswith(words.plural_ending)
        or parts[-1] in words.plurals
        or not words.joining.isdisjoint(parts)
    )


def _ends_head(word: str, words: Words) -> bool:
    """Whether a word ends the noun that a phrase is about: friends of Roe, officials who, activists trying."""
    return (
        word in words.prepositions
        or word in words.relatives
        or word.endswith(words.participle_endings)
    )


def agent_after(sentence: Sentence, at: int, words: Words) -> int | None:
    """The number of the word "by" after a verb, perhaps with a date between them; None if it is not there."""
    start = sentence.words[at].end
    match = words.adjunct.match(sentence.text, start, sentence.end)
    for end in (start, match.end() if match is not None else start):
        for number in range(at + 1, min(at + _HELPERS, len(sentence.words))):
            word = sentence.words[number]
            if word.start >= end:
                if word.text in words.agent and not sentence.text[end : word.start].strip():
                    return number
                break
    return None
