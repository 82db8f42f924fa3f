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
        "има",
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
                "єн",
                "ан",
                "ян",
                "ут",
                "нут",
                "ят",
                "ит",
            ]
            for end in _ADJECTIVE
        ),
        *(
            one + end
            for one in (
                *(
                    "ува",
                    "юва",
                    "йова",
                    "ова",
                    "ива",
                    "ава",
                    "а",
                    "я",
                    "и",
                    "і",
                    "ї",
                    "у",
                    "ну",
                    "",
                ),
            )
            for end in ["в", "ла", "ло", "ли", "ти", "ть"]
        ),
        *(
            one + end
            for one in ("ува", "юва", "ива")
            for end in ("ю", "єш", "є", "ємо", "єте", "ють")
        ),
        *(
            [
                "ення",
                "енню",
                "енням",
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
                "е",
                "є",
                *("аєте", "яю", "яєш", "яємо", "яєте", "юєш", "юємо", "юєте"),
                *("ієш", "іє", "іємо", "іють", "істи"),
            ]
        ),
    ]
)
_LONGEST = 7
_REFLEXIVE = re.compile("(?<=[тьвлоиіїєаюй])(?:ся|сь)$")
_THIRD = re.compile("(?<=[еє])ть$")  # намагається: without -ся it has no -ть
_FLEETING = re.compile(f"(?<=[^{_VOWELS}])(?:[оеє](?=[вгклмнрт]ь?$)|е(?=ць$))")
_CLOSED = re.compile(f"[ії](?=[^{_VOWELS}]+$)")
_PERSON = re.compile("(?<=[ая]н)ин(?=(?:а|у|е|і|ом|ові)?$)")  # громадянин and громадяни
_GO = re.compile(
    "(?:й|(?<=^п)і)(?:шов|шл[аои]|ти|д(?:у|еш|е|емо|ете|уть|ен(?:о|ий|а|і|их|ого|ої|у|им)))$"
)
_LEAD = re.compile("в(?:ів|ел[аои]|ести|ед(?:у|еш|е|емо|ете|уть|ен(?:о|ий|а|і|их|ого|ої|у|им)))$")
_WILL = re.compile(
    "(?<=бу)(?:в|л[аои]|ти|д(?:е|уть))$|(?<=ти)м(?:у|е|еш|емо|ете|уть)$"
)  # відбудеться; триватиме
_LABIAL = re.compile("(?<=[бпвмф])л(?=[юяе])")  # роблять and робити
_PASSIVE = re.compile("(?<=[иу])т(?:о|ий|а|і|их|ого|ому|ої|у|им|ими)$")  # убито and убив
_FIRST = re.compile("(?<=[жчш])у$|(?<=[рл])ю$|(?<=[бпвмф])лю$")  # кажу, говорю, роблю
_BARE = re.compile("(?<=..)[гкзср]$")  # помер and померла, допоміг and допомогла
#: боєць and бійця, війна and воєн; рух and русі; ім'я and імені.
_CHANGED = [
    (re.compile("оє(?=[цн]ь?$)"), "ій"),
    (re.compile("сі$"), "х"),
    (re.compile("мя$"), "мен"),
]
_PRESENT = re.compile("е(?:ш|мо|те|ть)?$|у(?:ть)?$")
_HISSED = {"ж": "гз", "ч": "к", "ш": "с"}
_SOFTENED = str.maketrans("цчзж", "ккгг")


def stems(word: str) -> set[str]:
    """The stems of a word in lower case. Those of verbs differ from those of nouns."""
    plain = _REFLEXIVE.sub("", word)
    if plain != word:
        plain = _THIRD.sub("", plain)
    word = plain
    forms = {word, _FLEETING.sub("", word), _PERSON.sub("", word)}
    for form, other in _CHANGED:
        forms.add(form.sub(other, word))
    found = {_cut(form, endings) for form in forms for endings in (_CASES, _DATIVE)}
    found.add(_short(word))
    closed = set()
    bare = word[:-2] if re.search(f"([^{_VOWELS}])\\1ю$", word) else word  # ніччю
    if _CLOSED.search(bare):  # a vowel that changes where an ending follows: міст, ніч, Київ
        closed = {_CLOSED.sub(vowel, bare) for vowel in "оеє"}
        closed.add(re.sub("(?<=л)і", "ьо", bare))  # політ and польоту
    verbs = {form for verb in _verbs(word, closed) for form in _hissed(verb, word)}
    return {*map(_leveled, found | closed), *(f"{verb}0" for verb in verbs)}


def _verbs(word: str, closed: set[str]) -> set[str]:
    """The stems of a word that may be a verb."""
    whole, word = word, _LABIAL.sub("", word)
    cut = _WILL.sub("", word)
    found = {
        cut if cut.endswith("бу") else _cut(cut, _VERBS),
        _GO.sub("йт", word),
        _LEAD.sub("вед", word),
        _FIRST.sub("", whole),
        _PASSIVE.sub("", word),
    } - {word, whole}
    return found | {form for form in {word, *closed} if not found and _BARE.search(form)}


def _short(word: str) -> str:
    """The word without one letter of an ending: its stem may look like an ending, as in програма, режим, герой."""
    return word[:-1] if word[-1] in _VOWELS + "йь" and len(word) > 3 else word


def _cut(word: str, endings: Collection[str]) -> str:
    """The word without its longest ending that leaves a stem."""
    for length in range(min(_LONGEST, len(word) - 2), 0, -1):
        rest, end = word[:-length], word[-length:]
        if end in endings:
            vowels = not set(_VOWELS).isdisjoint(rest)
            if len(rest) > 2 and vowels:
                return rest
            if len(rest) == 2 and (
                length == 1 or not vowels or re.match("[оаі][їєюя]", rest[1] + end)
            ):
                return rest
    return word


def _leveled(stem: str) -> str:
    stem = stem.rstrip("ьй")
    if stem[-1:] == stem[-2:-1]:
        stem = stem[:-1]
    stem = stem.replace("ждн", "жн")
    return stem[:-1] + stem[-1:].translate(_SOFTENED)


def _hissed(stem: str, word: str) -> set[str]:
    """The stem of a verb, and what it is in the past: каже and казав, пише and писав."""
    if stem == word or not _PRESENT.match(word, len(stem)):
        return {stem}
    return {stem, *(stem[:-1] + other for other in _HISSED.get(stem[-1:], ""))}
