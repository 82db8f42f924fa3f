"""A statement as one sentence of English, or of the text's own language: who said it, and what. Pure."""

from __future__ import annotations

import re

from dateline_quotes.attribution import Attribution
from dateline_quotes.names import Named
from dateline_quotes.words import Words

#: What stands between a verb and what was said in a plain clause: said on Sunday that. No other mark is in it.
_PLAIN = re.compile(r"(?:[\s\w’'$%]|(?<=\w)[.-](?=\w)|(?<=\b[A-Z])\.|(?<=\b[A-Z][a-z])\.)*")
_COMMA_INSIDE = re.compile(r",(?=[\"”’']+\Z)")
_ENDS = " ,;:—–-"
#: A longer word with a small letter is no part of a name, as "van" is.
_PARTICLE = 3


def sentence(one: Attribution, who: Named, quotes: list[str], text: str, words: Words) -> str:
    """The statement in one sentence; `quotes` are the parts of what was said. The words of the source follow
    the verb as they stand if they make a plain clause with it, and a colon if not."""
    joint = " " if one.trailing and not one.direct else " ... "  # The quay, Roe said, is open
    said = joint.join(_COMMA_INSIDE.sub("", _flat(quote)) for quote in quotes)
    subject, verb = _subject(one, who, text, words), _verb(one, text, words)
    if one.direct:
        return f'{subject} {_alone(verb, one, text, words)}: "{said}"'
    if _is_passive(one):
        parts = [_lowered(_flat(quotes[0]), words), *map(_flat, quotes[1:])]
        return " ".join([subject, *_adverbs(one, text, words), verb, *parts])
    between = _between(one, text)
    if between is None:
        return f"{subject} {_alone(verb, one, text, words)}: {said}"
    return " ".join(filter(None, (subject, verb, between, said)))


def _alone(verb: str, one: Attribution, text: str, words: Words) -> str:
    """The verb before a colon, with whom was spoken to if it needs somebody: told reporters."""
    if one.verb not in words.with_hearer:
        return verb
    hearer = one.hearer or one.relay
    after = hearer is not None and one.cue is not None and hearer.start >= one.cue.end
    return f"{verb} {_flat(text[slice(*hearer)])}" if hearer and after else words.say


def _is_passive(one: Attribution) -> bool:
    """Whether the plan was criticized by somebody, and not: the plan was bad, somebody said."""
    return (
        one.cue is not None
        and one.source is not None
        and not one.trailing
        and one.content[0].end <= one.cue.start
        and one.cue.end <= one.source.start
    )


def _adverbs(one: Attribution, text: str, words: Words) -> list[str]:
    before = text[one.content[0].end : one.cue.start].split() if one.cue is not None else []
    return [one for one in before if one.endswith(words.adverb_ending)]


def _lowered(said: str, words: Words) -> str:
    """What was said, if it stood at the start of a sentence, with a small letter: the plan."""
    first = said.partition(" ")[0]
    small = first[:1].lower() + first[1:]
    return small + said[len(first) :] if small in words.determiners else said


def _subject(one: Attribution, who: Named, text: str, words: Words) -> str:
    """The name of the speaker; or what the text calls one who has none, with its article: The mayor of Quay."""
    source = _flat(text[slice(*one.source)]) if one.source is not None else ""
    small = any(word.islower() and len(word) > _PARTICLE for word in who.label.split())
    named = who.id is not None or (who.kind == "person" and not small)
    pronoun = source.casefold() in words.pronouns or source.casefold() in words.relatives
    subject = who.label if named or pronoun or not source else source.strip(_ENDS)
    return subject[:1].upper() + subject[1:]


def _verb(one: Attribution, text: str, words: Words) -> str:
    """The verb with the small words before it: did not say. A participle becomes the past."""
    if one.cue is None:
        return words.past[one.verb]
    cue = text[slice(*one.cue)]
    verb = words.verbs.get(cue)
    if verb is None or verb.form == "ing":
        return words.past[one.verb]
    before = text[one.source.end : one.cue.start] if one.source is not None else ""
    bare = (word.strip(",") for word in before.split())
    small = [word for word in bare if word and word not in words.interposed]  # however
    if all(_is_small(word, words) for word in small):
        return " ".join([*small, cue])
    return cue if verb.form != "base" else words.past[one.verb]


def is_denied(one: Attribution, text: str, words: Words) -> bool:
    """Whether the text says that something was not said: Roe did not say whether it was open."""
    if one.source is None or one.cue is None or one.source.end > one.cue.start:
        return False
    between = text[one.source.end : one.cue.start].split()
    return any(word.endswith(words.negations) for word in between)


def _is_small(word: str, words: Words) -> bool:
    return word in words.auxiliaries or word in words.adverbs or word.endswith(words.adverb_ending)


def _between(one: Attribution, text: str) -> str | None:
    """The words from the verb to what was said; None if these make no plain clause."""
    if one.cue is None or one.trailing or len(one.content) > 1:
        return None
    if one.cue.end > one.content[0].start or (one.source and one.source.start > one.cue.start):
        return None
    between = text[one.cue.end : one.content[0].start]
    return _flat(between) if _PLAIN.fullmatch(between) else None


def _flat(text: str) -> str:
    return " ".join(text.split())
