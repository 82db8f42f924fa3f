"""The stems of words: what the inflected forms of a word have in common. Pure.

Snowball's algorithms, and a light one for Ukrainian. A stem carries the code of its language, so that
stems of two languages are never taken for each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache, partial
from threading import Lock
from typing import Any

from dateline.search.light_stems import LIGHT, SOFT
from dateline.search.ukrainian import stems as ukrainian
from dateline.search.words import folded, lowered

#: The Snowball algorithm of each language (ISO 639-1), by script.
_ALGORITHMS = {
    "latin": {
        "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
        "pt": "portuguese", "nl": "dutch", "pl": "polish", "cs": "czech", "ro": "romanian",
        "hu": "hungarian", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish",
        "et": "estonian", "lt": "lithuanian", "tr": "turkish", "ca": "catalan", "eu": "basque",
        "ga": "irish", "id": "indonesian",
    },
    "cyrillic": {"uk": "", "ru": "russian"},
    "arabic": {"ar": "arabic", "fa": "persian"},
    "greek": {"el": "greek"},
    "armenian": {"hy": "armenian"},
    "devanagari": {"hi": "hindi", "ne": "nepali"},
    "tamil": {"ta": "tamil"},
}  # fmt: skip
_SCRIPTS = (
    ("latin", "a", "\u024f"), ("latin", "\u1e00", "\u1eff"), ("greek", "\u0370", "\u03ff"),
    ("cyrillic", "\u0400", "\u052f"), ("armenian", "\u0531", "\u0587"), ("arabic", "\u0600", "\u06ff"),
    ("devanagari", "\u0900", "\u097f"), ("tamil", "\u0b80", "\u0bff"),
)  # fmt: skip
_SAME = {"nb": "no", "nn": "no"}
#: Frequent words, by which the language of a text is guessed.
_FREQUENT: dict[str, list[str]] = {}
for _language, _some in {
    "en": "the and of to was were that with for said from has have been by at is are in",
    "de": "der die das und von den dem mit nicht ist im ein eine wurde wurden nach auch sich in",
    "fr": "le les des du et est une dans que qui pour par sur au aux ont de la",
    "es": "el los las del y una que por con para se su fue han de la en",
    "it": "il gli della delle che per una sono di nel alla con la",
    "pt": "o os da do das dos e uma que para com foi ao pelo de em",
    "nl": "het een van en de dat niet met voor zijn werd op te door in",
    "pl": "w i z na sie nie ze jest do przez oraz dla",
}.items():
    for _word in _some.split():
        _FREQUENT.setdefault(_word, []).append(_language)
_UKRAINIAN, _RUSSIAN = re.compile("[іїєґ]"), re.compile("[ыэъё]")
_PERSIAN = re.compile("[پچژگ]")
#: A stemmer holds the word that it works on: threads take turns.
_TURN = Lock()


@lru_cache(100_000)
def script(word: str) -> str | None:
    """The script of a word, if there are stemmers for it."""
    first = word[0]
    return next((name for name, low, high in _SCRIPTS if low <= first <= high), None)


def languages(
    text: str, found: Iterable[str], hint: str | None = None
) -> dict[str, tuple[str, ...]]:
    """The languages whose stems the words of a text get, by script; `found` are its folded words. `hint` is
    the language (BCP 47) that its source states: a note about a source may be in another."""
    hint = (hint or "").partition("-")[0].lower()
    hint = _SAME.get(hint, hint)
    counted = Counter(one for word in found for one in _FREQUENT.get(word, ()))
    best = (
        max(counted, key=lambda one: (counted[one], one == hint, one == "en")) if counted else None
    )
    latin = [one for one in (hint, best) if one in _ALGORITHMS["latin"]]
    text = text.lower()
    cyrillic = [
        one
        for one, letters in (("uk", _UKRAINIAN), ("ru", _RUSSIAN))
        if one == hint or letters.search(text)
    ]
    return {
        **{name: tuple(some) for name, some in _ALGORITHMS.items()},
        "latin": tuple(dict.fromkeys(latin)) or ("en",),
        "cyrillic": tuple(cyrillic) or ("uk", "ru"),
        "arabic": ("fa",) if hint == "fa" or _PERSIAN.search(text) else ("ar",),
        "devanagari": ("ne",) if hint == "ne" else ("hi",),
    }


ALL = {name: tuple(some) for name, some in _ALGORITHMS.items()}


@lru_cache(200_000)
def stems(word: str, some: tuple[str, ...]) -> tuple[str, ...]:
    """The stems of a word, as it is written, in each of the languages `some`, which are of its script."""
    found: dict[str, None] = {}
    for form in dict.fromkeys((lowered(word), folded(word))):
        for language in some:
            for stem in sorted(_stems(form, language)):
                if stem:
                    found[f"{folded(stem)}0{language}"] = None
    return tuple(found)


def _stems(word: str, language: str) -> Collection[str]:
    if language == "uk":
        return ukrainian(word)
    if language == "ru":
        word = word.replace("ё", "е")
        if re.search("ь[яиюе]", word[-4:]):  # судья is not суд
            soft = word[: word.rindex("ь") + 1]
            if not word.endswith("ью") or word in SOFT:
                return {soft}
            return {soft, _snowball(language, word)}  # целью
    stem = partial(_snowball, language)
    more = LIGHT.get(language)
    return {stem(word)} if more is None else {stem(word), *more(word, stem)}


def _snowball(language: str, word: str) -> str:
    with _TURN:
        stem: str = _stemmer(language).stemWord(word)
    return stem


@lru_cache
def _stemmer(language: str) -> Any:
    import snowballstemmer  # 20 ms

    name = next(some[language] for some in _ALGORITHMS.values() if language in some)
    return snowballstemmer.stemmer(name)
