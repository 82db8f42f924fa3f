"""A name as it is written: its label, without titles and offices, and what those say of its bearer. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from dateline.plugin import entity_id
from dateline_quotes.words import Words

#: Ends a name that owns something: Russia's.
OWNER = re.compile(r"['’]s?\Z")
_SPACED = re.compile(r"\S+")
#: The name of a person has at most so many words.
_MOST_PARTS = 4
_CACHED = 8192


class Named(msgspec.Struct, frozen=True, gc=False):
    """Somebody or something: ``label``, the ``kind`` of entity, and the ``id`` in the story, if it has one."""

    label: str
    kind: str
    id: str | None = None

    def entity(self, taken: Mapping[str, object]) -> str | None:
        """As a fact names it: an id, or ``ID=Label`` for one that is new. None if no id can be made."""
        if self.id is not None:
            return self.id
        start = _id(self.label, self.kind)
        free, number = start, 2
        while free is not None and free in taken:
            free, number = f"{start}-{number}", number + 1
        return free and f"{free}={self.label}"


class Style(msgspec.Struct, frozen=True, gc=False):
    """What the words of a name say. The ``label`` has no titles or offices, and is empty if none is left or it
    is that of a body; ``titled`` says that one was before it, ``gender`` which one a title gives, and
    ``fits`` that the label is written as the names of persons are."""

    name: str
    label: str
    titled: bool
    gender: str
    fits: bool


_id = lru_cache(_CACHED)(entity_id)


@lru_cache(_CACHED)
def within(run: str, words: Words) -> tuple[int, int] | None:
    """Where the name is in a run of large words: without the first word of a sentence and an owner before it.
    None if it has no name."""
    if " " not in run:
        return None if run.lower() in words.not_names else (0, len(run))
    found = [one.span() for one in _SPACED.finditer(run)]
    while found and _leads(plain(run[slice(*found[0])]), words):
        found = found[1:]
    owners = [n for n, (start, end) in enumerate(found[:-1]) if OWNER.search(run[start:end])]
    found = found[owners[-1] + 1 if owners else 0 :]
    texts = [run[start:end] for start, end in found]
    place = next((n for n, one in enumerate(texts) if one in words.prepositions), len(found))
    if 1 < place < len(found) and not any(_is_thing(plain(one), words) for one in texts[:place]):
        found = found[:place]  # Jane Roe of Quay
    return (found[0][0], found[-1][1]) if found else None


def _leads(folded: str, words: Words) -> bool:
    """Whether a word is large only as the first of a sentence: Despite."""
    return folded in words.not_names or folded in words.prepositions or folded in words.boundaries


def _is_thing(folded: str, words: Words) -> bool:
    """Whether a word of a name says that it is one of an office or a body: Secretary of State."""
    return folded in words.bodies or folded in words.media or folded in words.roles


@lru_cache(_CACHED)
def styled(run: str, words: Words) -> Style:
    """What a run of several large words says."""
    name = OWNER.sub("", run.rstrip("."))
    parts = name.split()
    folded = [*map(plain, parts)]
    gender = next((words.titles[one] for one in folded if one in words.titles), "")
    before = [n for n, one in enumerate(folded) if is_office(one, words)]
    first = before[-1] + 1 if before else 0
    if folded[first : first + 1] and folded[first] in words.prepositions:  # Democrat of Oregon
        first = len(folded)
    parts, folded = parts[first:], folded[first:]
    if not (words.bodies.isdisjoint(folded) and words.media.isdisjoint(folded)):
        parts = []
    fits = len(parts) <= _MOST_PARTS and all(
        any(c.islower() for c in one) or "." in one for one in parts
    )
    _, hyphen, last = parts[-1].rpartition("-") if parts else ("", "", "")
    fits = fits and not (hyphen and last.endswith(words.participle_endings))  # Quay-based
    return Style(name, " ".join(parts).rstrip(",.'’"), first > 0, gender, fits)


def is_office(folded: str, words: Words) -> bool:
    return folded in words.roles or folded in words.offices or folded in words.titles


def plain(word: str) -> str:
    return word.strip(".,").casefold()


def key(name: str) -> str:
    """By what a name is looked up."""
    return name.casefold().replace("’", "'")


def surname(label: str) -> str:
    return key(label.split()[-1])


def is_same(name: str, full: str) -> bool:
    """Whether two names with one surname are those of one person: Joe Biden, Joe R. Biden; De Blasio, Bill de Blasio."""
    return name.split()[0] == full.split()[0] or key(full).endswith(f" {key(name)}")
