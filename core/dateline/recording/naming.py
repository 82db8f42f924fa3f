"""Finds an entity of a story by its id, its label or another of its names. Pure.

Case, white space, hyphens and other marks between letters do not matter: ``ida-brandt`` finds Ida Brandt.
Accents matter only where two names differ in nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from dateline.events.entity import EntityIntroduced
from dateline.events.state import StoryState

#: The kind of entity that each prefix of an id stands for.
KINDS = {"person": "person", "org": "organization", "place": "place", "group": "group"}
_PREFIXES = {kind: prefix for prefix, kind in KINDS.items()}
_IN_IDS, _APOSTROPHE = re.compile("[a-z0-9]+"), re.compile("['’ʼ`]")
_ID = re.compile(r"(?:person|org|place|group):\S+")
#: Letters that Unicode does not decompose into a letter and an accent.
_PLAIN = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss",
})  # fmt: skip
_CYRILLIC = dict(zip(
    "абвгґдеєёжзиіїйклмнопрстуфхцчшщыэюя",
    ["a", "b", "v", "h", "g", "d", "e", "ie", "io", "zh", "z", "y", "i", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "y", "e", "iu", "ia"],
    strict=True,
)) | dict.fromkeys("ьъ", "")  # fmt: skip
_NEAR = 3
#: What stands before a name and is not a part of it: forms of address and offices, in six languages.
_TITLES = """
dr prof professor mr mrs ms miss sir dame lord lady rev father sister judge justice
mayor president chancellor premier minister secretary governor senator congressman congresswoman councillor councilor ambassador
chairman chairwoman chair director commissioner general colonel major captain lieutenant sergeant admiral officer inspector
spokesman spokeswoman spokesperson chief king queen prince princess bishop archbishop pope
herr frau burgermeister burgermeisterin oberburgermeister oberburgermeisterin prasident prasidentin kanzler kanzlerin
ministerin sprecher sprecherin direktor direktorin senatorin landrat landratin oberst hauptmann professorin
mme mlle maire president presidente ministre gouverneur gouverneure senateur senatrice directeur directrice general capitaine
sr sra senor senora alcalde alcaldesa presidenta ministro ministra gobernador gobernadora senadora portavoz capitan
пан пані мер мерка президент президентка міністр міністерка губернатор полковник капітан речник речниця директорка директор
господин госпожа мэр министр генерал пресс-секретарь
"""
#: Words inside a name that stay small.
_SMALL = frozenset(
    [
        "of",
        "the",
        "de",
        "del",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "zu",
        "di",
        "da",
        "du",
        "e",
        "y",
        "and",
    ]
)


def is_id(name: str) -> bool:
    """Whether `name` has the form of an entity's id, such as ``person:ida-brandt``."""
    return _ID.fullmatch(name) is not None


def letters(name: str, *, accents: bool = False) -> str:
    """The letters and digits of a name in lower case, to compare names by."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    if accents:
        return "".join(c for c in unicodedata.normalize("NFC", plain) if _kept(c))
    return "".join(c for c in plain if _kept(c) and not _is_accent(c)).translate(_PLAIN)


@cache
def _titles() -> frozenset[str]:
    return frozenset(map(letters, _TITLES.split()))


def latin(name: str) -> str:
    """A name in lower case with Cyrillic letters spelled in Latin ones."""
    return "".join(_CYRILLIC.get(letter, letter) for letter in name)


def _kept(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def _is_accent(mark: str) -> bool:
    """Whether it is an accent above or below a letter, or a Hebrew or Arabic vowel point. Other marks,
    such as Devanagari's vowels, make another word."""
    return unicodedata.combining(mark) >= 200 or 10 <= unicodedata.combining(mark) <= 35


def matching(
    state: StoryState,
    name: str,
    kinds: Collection[str] = (),
    *,
    surnames: bool = False,
    roles: Iterable[str] = (),
) -> list[EntityIntroduced]:
    """The entities that `name` may mean, in the order of recording.

    If it fits several, those whose accents are equal are meant, and of those the ones of `kinds`, such
    as ``person``, if there are any. With `surnames`, a name that fits nothing else is taken for the
    surname of persons; a title before it does not matter, nor one of `roles`.
    """
    if name in state.entities:
        return [state.entities[state.entity_id(name)]]
    found = _called(state, name, accents=False) or _with_id(state, name)
    if surnames and not found:
        plain = without_title(name, roles)
        found = (_called(state, plain, accents=False) if plain != name else []) or _surnamed(
            state, plain
        )
    if len(found) > 1:
        found = _called(state, name, accents=True) or found
    if len(found) > 1:
        found = [one for one in found if one.kind in kinds] or found
    return found


def _with_id(state: StoryState, name: str) -> list[EntityIntroduced]:
    """The entities whose ids end with `name`: ``org:gazette`` for ``gazette``."""
    found = (one for one in state.entities if one.partition(":")[2] == name.strip().lower())
    return [state.entities[one] for one in dict.fromkeys(map(state.entity_id, found))]


def _surnamed(state: StoryState, name: str) -> list[EntityIntroduced]:
    """The persons one of whose names ends with the words of `name`: Ane de Rask for ``de Rask``."""
    wanted = letters(name)
    found = {
        state.entity_id(entity.entity): None
        for entity in state.entities.values()
        if entity.kind == "person" and len(wanted) > 1
        for one in (entity.label, *entity.names)
        if wanted in map(letters, _ends(one))
    }
    return [state.entities[one] for one in found]


def without_title(name: str, roles: Iterable[str] = ()) -> str:
    """``Lena Maas`` for ``Dr. Lena Maas``, and for each of `roles` before the name: ``harbour master``. Words
    in small letters before a name in capitals are an office too."""
    name = name.strip()
    for role in roles:
        if role and name.casefold().startswith(f"{role} ".casefold()):
            return without_title(name[len(role) :])
    first, _, rest = name.partition(" ")
    office = first.islower() and first not in _SMALL and not rest.islower()
    return without_title(rest) if rest and (office or letters(first) in _titles()) else name


def as_written(name: str, text: str) -> str | None:
    """`name` as `text` has it, with its capital letters: where it has it in several ways, the one with the
    most. None if it is not there."""
    words = r"\s+".join(map(re.escape, name.split()))
    found = re.findall(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) if words else []
    best = max(
        found, key=lambda one: sum(map(str.isupper, one)) if not one.isupper() else 1, default=None
    )
    return None if best is None else " ".join(best.split())


def capitalized(name: str) -> str:
    """A name that was typed in small letters, as names are written: ``Port Sule``."""
    if not name.islower():
        return name
    return " ".join(w if w in _SMALL else w[:1].upper() + w[1:] for w in name.split())


def _ends(name: str) -> Iterator[str]:
    """The words of a name without the first, without the first two, and so on."""
    words = name.split()
    return (" ".join(words[start:]) for start in range(1, len(words)))


def _called(state: StoryState, name: str, *, accents: bool) -> list[EntityIntroduced]:
    wanted = letters(name, accents=accents)
    if not wanted:
        return []
    found = {
        state.entity_id(entity.entity): None
        for entity in state.entities.values()
        if any(letters(one, accents=accents) == wanted for one in (entity.label, *entity.names))
    }
    return [state.entities[one] for one in found]


def similar(state: StoryState, name: str) -> list[EntityIntroduced]:
    """Up to three entities with a similar name or id, the most similar first: those with a word of
    `name` in their names come before those that are only spelled alike."""
    import difflib  # slow to import, and this is rare

    found: dict[str, float] = {}
    words = set(_words(name.partition(":")[2] if is_id(name) else name))
    for entity in state.entities.values():
        for one in (entity.label, *entity.names, entity.entity):
            ratio = difflib.SequenceMatcher(None, letters(name), letters(one)).ratio()
            ratio += bool(words & set(_words(one)))
            if ratio >= 0.6:
                kept = state.entity_id(entity.entity)
                found[kept] = max(ratio, found.get(kept, 0))
    best = sorted(found, key=lambda one: -found[one])
    return [state.entities[one] for one in best[:_NEAR]]


def _words(name: str) -> Iterator[str]:
    """The words of a name that are long enough to tell names apart."""
    return (word for word in map(letters, re.split(r"[\s:.-]+", name)) if len(word) > 2)


def proposed_id(state: StoryState, name: str, kind: str) -> str | None:
    """An id for a new entity that is called `name`, which no entity of the story has. None if none of its
    letters can be written in an id."""
    start = entity_id(name, kind)
    free, number = start, 2
    while free is not None and free in state.entities:
        free, number = f"{start}-{number}", number + 1
    return free


def entity_id(name: str, kind: str) -> str | None:
    """The id of an entity that is called `name`: ``person:ida-brandt``. `kind` is person, organization,
    place or group. None if none of its letters can be written in an id."""
    plain = name.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", latin(plain))
        plain = "".join(c for c in decomposed if not _is_accent(c))
    words = _IN_IDS.findall(_APOSTROPHE.sub("", plain.translate(_PLAIN)))
    if not words:
        return None
    return f"{_PREFIXES[kind]}:{'-'.join(words)[:80].rstrip('-')}"
