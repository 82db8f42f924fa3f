"""Whom words describe without the name of a person: a body, a group, or somebody in an office. Pure."""

from __future__ import annotations

from dateline_quotes.mentions import LETTERS, Mentions
from dateline_quotes.names import Named
from dateline_quotes.words import Words

#: No label is longer, in characters.
_MOST = 80


def described(words: str, table: Words, mentions: Mentions) -> Named | None:
    """The entity that words describe, with their own words as its label; None if they describe nobody."""
    first, _, rest = words.partition(" ")
    article = rest and (first.casefold() in table.definite or first.casefold() in table.indefinite)
    label = _medium((rest if article else words).strip(" ,.'’"), table)
    parts = LETTERS.findall(label.casefold())
    if not parts or len(label) > _MOST or parts[0] in table.not_speakers:
        return None
    return mentions.known(label) or Named(label, _kind(label, parts, table))


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
    if any(one in table.roles for one in parts[:head]):
        return "person"
    runs = [match[0] for match in table.run.finditer(label)]
    if (len(parts) == 1 and runs) or not (
        table.bodies.isdisjoint(parts) and table.media.isdisjoint(parts)
    ):
        return "organization"
    return "organization" if runs and runs[-1] == label else "group"
