"""Whom words describe without the name of a person: a body, a group, or somebody in an office. Pure."""

from __future__ import annotations

from dateline_quotes.mentions import LETTERS, Mentions
from dateline_quotes.names import Named
from dateline_quotes.words import Words

#: No label is longer, in characters.
_MOST = 80
#: A label without a large letter has at least so many characters, and one with a day at its start words.
_LEAST = 3


def described(words: str, table: Words, mentions: Mentions) -> Named | None:
    """The entity that words describe, with their own words as its label; None if they describe nobody."""
    first, _, rest = words.partition(" ")
    article = rest and (first.casefold() in table.definite or first.casefold() in table.indefinite)
    label = _medium((rest if article else words).strip(" ,.'’"), table)
    parts = LETTERS.findall(label.casefold())
    if not parts or len(label) > _MOST or not _is_noun_phrase(label, parts, table):
        return None
    return mentions.known(label) or Named(label, _kind(label, parts, table))


def _is_noun_phrase(label: str, parts: list[str], table: Words) -> bool:
    """Whether words can name somebody: 143 of 193 countries, "Thursday morning", "targeted by", "a reason it" cannot."""
    first, last = parts[0], parts[-1]
    if label[0].isdigit() or (label.islower() and len(label) < _LEAST):
        return False
    if table.figures.percent in parts or (first in table.days and len(label.split()) < _LEAST):
        return False
    if first in table.pronouns or (len(parts) == 1 and first in table.not_names):
        return False
    outside = (
        table.not_speakers, table.prepositions, table.adverbs, table.auxiliaries, table.relatives,
        table.boundaries,
    )  # fmt: skip
    if any(first in some for some in outside):
        return False
    if label[0].islower() and len(parts) > 1 and first.endswith(table.participle_endings):
        return parts[1] not in table.prepositions
    return last not in table.prepositions and last not in table.pronouns


def ends_head(word: str, table: Words) -> bool:
    """Whether a word ends the head of a phrase: the governor / of Quay."""
    return word in table.prepositions or word in table.auxiliaries or word in table.relatives


def _medium(label: str, table: Words) -> str:
    """A medium by its name alone: TASS, of the TASS news agency."""
    name = [one for one in label.split() if one not in table.kinds_of_media]
    return " ".join(name) if name and all(one[0].isupper() for one in name) else label


def _kind(label: str, parts: list[str], table: Words) -> str:
    head = next((n for n, one in enumerate(parts) if ends_head(one, table)), len(parts))
    last = parts[head - 1] if head else ""
    if last and (last in table.bodies or last in table.media):
        return "organization"
    if last.endswith(table.plural_ending) and last in label:  # plural
        return "group"
    if any(one in table.roles for one in parts[:head]) or last in table.persons:
        return "person"
    runs = [match[0] for match in table.run.finditer(label)]
    if (len(parts) == 1 and runs) or not (
        table.bodies.isdisjoint(parts) and table.media.isdisjoint(parts)
    ):
        return "organization"
    return "organization" if runs and runs[-1] == label else "group"
