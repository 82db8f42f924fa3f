"""A light stemmer for Ukrainian, which Snowball lacks. Pure.

It removes the endings of nouns, adjectives and verbs, and levels the sounds that change with them, as in
міст and мосту, рука and руці, хлопець and хлопця. An ending may be read in several ways, so a word may have several
stems; two forms of a word share one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_VOWELS = "аеиіоуєїюя"
_ADJECTIVE = ["ий", "ого", "ому", "им", "их", "ими", "ій", "ої", "ою", "а", "у", "е", "і", "о"]
_CASES = frozenset(
    [
        "ого",
        "ому",
        "ий",
        "ій",
        "ої",
        "ою",
        "ими",
        "им",
        "их",
        "ім",
        "іх",
        "ами",
        "ями",
        "ьми",
        "ам",
        "ям",
        "ах",
        "ях",
        "ом",
        "ем",
        "єм",
        "ів",
        "їв",
        "ев",
        "єв",
        "ей",
        "ею",
        "єю",
        "істю",
        "ості",
        "остей",
        "остям",
        "остями",
        "остях",
        "ість",
        "ія",
        "ії",
        "ію",
        "ією",
        "ій",
        "іям",
        "іями",
        "іях",
        "а",
        "у",
        "и",
        "і",
        "о",
        "е",
        "ю",
        "я",
        "ї",
        "є",
        "й",
        "ь",
    ]
)
_DATIVE = _CASES | {"ові", "еві", "єві"}
_VERBS = frozenset(
    [
        *(
            one + end
            for one in [
                "ован",
                "йован",
                "юван",
                "уван",
                "ен",
                "лен",
                "єн",
                "ан",
                "ян",
                "ут",
                "нут",
                "ят",
            ]
            for end in _ADJECTIVE
        ),
        *(
            one + end
            for one in ("ува", "юва", "йова", "ова", "а", "я", "ля", "и", "і", "ї", "у", "ну", "")
            for end in ["в", "ла", "ло", "ли", "ти", "ть"]
        ),
        *(
            [
                "ення",
                "енню",
                "енням",
                "лення",
                "ленню",
                "ленням",
                "ання",
                "анню",
                "анням",
                "яння",
                "янню",
                "янням",
                "іння",
                "інню",
                "інням",
                "ування",
                "уванню",
                "уванням",
                "ую",
                "уєш",
                "ує",
                "уємо",
                "уєте",
                "ують",
                "юю",
                "ює",
                "юють",
                "уть",
                "ють",
                "ать",
                "ять",
                "ить",
                "їть",
                "еш",
                "єш",
                "иш",
                "їш",
                "емо",
                "ємо",
                "имо",
                "їмо",
                "ете",
                "єте",
                "ите",
                "їте",
                "аю",
                "ає",
                "ають",
                "аєш",
                "аємо",
                "яє",
                "яють",
                "ляє",
                "ляють",
                "лю",
                "лять",
                "лено",
            ]
        ),
    ]
)
_LONGEST = 7
_REFLEXIVE = re.compile("(?<=[тьвлоиіє])(?:ся|сь)$")
_FLEETING = re.compile(f"(?<=[^{_VOWELS}])(?:о(?=к$)|е(?=[цнл]ь$))")
_CLOSED = re.compile(f"[ії](?=[^{_VOWELS}]+$)")
_SOFTENED = str.maketrans("цчзж", "ккгг")


def stems(word: str) -> set[str]:
    """The stems of a word in lower case. Those of verbs differ from those of nouns."""
    word = _REFLEXIVE.sub("", word)
    forms = {word, _FLEETING.sub("", word)}
    found = {_cut(form, endings) for form in forms for endings in (_CASES, _DATIVE)}
    verb = _cut(word, _VERBS)
    if _CLOSED.search(word):  # a vowel that changes where an ending follows: міст, ніч, Київ
        found |= {_CLOSED.sub(vowel, word) for vowel in "оеє"}
    return {*map(_leveled, found), *([f"{verb}0"] if verb != word else [])}


def _cut(word: str, endings: Collection[str]) -> str:
    """The word without its longest ending that leaves a stem."""
    for length in range(min(_LONGEST, len(word) - 2), 0, -1):
        rest = word[:-length]
        if word[-length:] in endings:
            vowels = not set(_VOWELS).isdisjoint(rest)
            if (len(rest) > 2 and vowels) or (len(rest) == 2 and (length == 1 or not vowels)):
                return rest
    return word


def _leveled(stem: str) -> str:
    stem = stem.rstrip("ьй")
    if stem[-1:] == stem[-2:-1]:
        stem = stem[:-1]
    stem = stem.replace("ждн", "жн")
    return stem[:-1] + stem[-1:].translate(_SOFTENED)
