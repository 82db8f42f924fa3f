"""The figures that a text states: numbers with the words that make bounds, shares or estimates of them. Pure.

Like `numbers`, it errs on the side of silence: where the words around a number may deny it, or make a
part or a change of it, the figure is not sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from dateline.events.words import number_words
from dateline.language.hedges import BEFORE, MEANINGS
from dateline.language.number import Number
from dateline.language.number_words import LANGUAGES
from dateline.language.numbers import numbers, scale

#: Words between a number and the whole that it is a part of, and between the ends of a range.
_OF = {
    "en": r"(?:out )?of(?: the| its| their| all)?(?: [\w-]+['’]s)?", "de": r"von(?: den| insgesamt)?|der", "fr": r"sur(?: les)?|des",
    "es": r"de(?: los| las)?", "uk": r"із|зі|з", "ru": r"из",
}  # fmt: skip
_TO = {"en": "to", "de": "bis", "fr": "à", "es": "a", "uk": "до", "ru": "до"}
_BETWEEN = {
    "en": ("between", "and"), "de": ("zwischen", "und"), "fr": ("entre", "et"), "es": ("entre", "y"),
    "uk": ("між", "та|і"), "ru": ("между", "и"),
}  # fmt: skip
#: Words before ``of the 40`` that say that it is none of them.
_NONE = {
    "en": r"none|not (?:one|a single one)|no one|nobody|neither|zero", "de": r"kein\w*|niemand", "fr": r"aucune?|nul(?:le)?",
    "es": r"ning[uú]n[oa]?|nadie", "uk": r"жод\w+|ніхто", "ru": r"ни (?:один|одна|одно|одного|одной)|никто",
}  # fmt: skip
#: Words before a number that make a part, a change or a name of it, and words that may deny it.
_PART = {
    "en": r"of|of (?:the|its|their|his|her|our|those|these)|by|from|every|per|than|as|aged?|number|no\."
          r"|barely|hardly|scarcely|another|additional|further|extra|other|first|last|next|beyond|above|below|exceed\w*",
    "de": r"von|von den|der|um|seit|vor|pro|als|nummer|kaum|weitere\w*|andere\w*|erste\w*|letzte\w*",
    "fr": r"sur|sur les|de|des|d['’]|depuis|par|numéro|à peine|encore|autres|premi\w+|derni\w+",
    "es": r"de|de los|de las|desde|por|cada|número|apenas|otr[oa]s|primer\w+|últim\w+",
    "uk": r"із|зі|з|на|від|номер|ще|ледве|інших|перш\w+|останн\w+",
    "ru": r"из|с|на|от|номер|еще|ещё|едва|других|перв\w+|последн\w+",
}  # fmt: skip
#: Words before a number of something else than what is measured, unless that follows: in three days.
_WITHIN = {
    "en": "for|in|at|within|after", "de": "in|nach|für|bei", "fr": "en|dans|après|pour", "es": "en|tras|para|a",
    "uk": "за|через|після|у|в", "ru": "за|через|после|в",
}  # fmt: skip
#: Words after a number that say how many there are besides others.
_MORE_OF = re.compile(
    r"\s+(?:more|fewer|less|other|others|further|additional|weitere\w*|mehr|weniger|autres?|de plus|más|menos|otr[oa]s|"
    r"більше|менше|інших|больше|меньше|других)\b",
    re.IGNORECASE,
)
#: A word that is written large is a name before digits: Flight 17.
_NAME = re.compile(r"(?<!\w)(?!(?:The|Die|Das|Der|Les|Los|Las|Mr|A)\b)[^\W\d_a-zа-яіїєґ]\w*\s+\Z")
_NOT = {
    "en": r"not|no|none|never|nobody|nothing|neither|nor|without|den(?:y|ies|ied)|\w+n['’]t|false|untrue|unless|if",
    "de": r"nicht|kein\w*|niemand|nie|weder|ohne|falls|wenn", "fr": r"ne|n['’]\w+|pas|aucune?|sans|jamais|ni|si",
    "es": r"no|ning[uú]n\w*|nadie|nunca|sin|ni|si", "uk": r"не|ні|жод\w+|немає|без|ніхто|якщо", "ru": r"не|нет|ни|без|никто|если",
}  # fmt: skip


#: An article between those words and the number: ``plus d'une centaine``.
_ARTICLE = r"(?:(?:une?|eine[nrs]?|una?)\s+)?"
#: How words for what is measured, and not counted, begin.
_UNITS = re.compile(
    r"(?:[-‑]|\s*)(?:second|minut|hour|day|night|week|month|year|km\b|kilom|met(?:re|er)s?\b|mile|dollar|euro|pound|"
    r"degree|times\b|[ap]\.?m\b|o['’]clock|sekunde|stunde|tage?n?\b|nächte|woche|monat|jahr|meter|grad\b|uhr\b|heure|"
    r"jours?\b|nuits?\b|semaine|mois\b|ans?\b|année|mètre|degré|hora|días?\b|noche|mes(?:es)?\b|años?\b|metros?\b|"
    r"grado|секунд|хвилин|годин|дн[іія]|день|діб|доб[иу]?\b|тиж|місяц|рік|рок|кілом|км\b|метр|грив|євро|долар|"
    r"градус|минут|час|сут|недел|месяц|год|лет\b|килом|рубл|евро|доллар)",
    re.IGNORECASE,
)


#: How the names of one unit begin, in six languages.
_SAME_UNIT = (
    ("km", "kilom", "quilóm", "кілом", "килом", "км"), ("m", "metre", "meter", "mètre", "metro", "метр", "м"),
    ("crown", "krone", "couronne", "corona", "крон"), ("dollar", "dólar", "долар", "доллар"), ("euro", "євро", "евро"),
    ("tonne", "tonela", "тонн"), ("litre", "liter", "litro", "літр", "литр"), ("hour", "stunde", "heure", "hora", "годин"),
    ("day", "tag", "jour", "día", "дні", "день", "дней"), ("hectare", "hektar", "hectárea", "гектар"),
)  # fmt: skip


def same_unit(one: str, other: str) -> bool:
    """Whether two words name one unit: ``km`` and ``kilometres``, ``crown`` and ``крон``."""
    one, other = one.casefold().strip(), other.casefold().strip()
    if not one or not other:
        return False
    return one == other.removesuffix("s") or any(
        all(any(_begins(word, stem) for stem in stems) for word in (one, other))
        for stems in _SAME_UNIT
    )


def _begins(word: str, stem: str) -> bool:
    return word == stem if len(stem) < 3 else word.startswith(stem)


class Figure(msgspec.Struct, frozen=True):
    """A figure from the first of its numbers at ``start`` to the ``end`` of its last; the words before
    that belong to it begin at ``opens``. ``readings`` are the fields of a quantity that it may state;
    the figure is ``sure`` if there is one, and nothing around it may make something else of it."""

    opens: int
    start: int
    end: int
    readings: tuple[dict[str, Any], ...]
    sure: bool

    def words(self, text: str) -> str:
        """Its words in the text, with those before its number that make a bound or an estimate of it."""
        plain = all(one.keys() <= {"value", "of"} for one in self.readings)
        return text[self.start if plain else self.opens : self.end]


def figures(
    text: str,
    languages: Iterable[str] = (),
    *,
    measure: str = "",
    unit: str = "",
    typed: bool = False,
) -> tuple[Figure, ...]:
    """The figures of a text in order, read in `languages` as `numbers` reads them. A number of hours or
    metres is sure only if `measure`, what is counted, has that word, or `unit` is the same.

    What a person `typed` as a quantity is meant as one: only its own words are looked at.
    """
    codes = [code.lower()[:2] for code in languages]
    known = tuple(code for code in LANGUAGES if code in codes) or LANGUAGES
    found = [
        one
        for one in numbers(text, languages)
        if one.kind not in ("date", "article", "ordinal")
        or (
            typed
            and one.kind == "article"
            and not text[: _before(text, one.start, known)[1]].strip()
        )
    ]
    return tuple(_figures(text, found, known, None if typed else (measure, unit)))


def _figures(
    text: str, found: list[Number], known: tuple[str, ...], measure: tuple[str, str] | None
) -> Iterator[Figure]:
    """`measure` has the unit with it. It is None for what a person typed."""
    at, typed = 0, measure is None
    while at < len(found):
        first, last, after = found[at], found[at], at + 1
        meaning, opens = _before(text, first.start, known)
        whole: Number | None = None
        upper: Number | None = None
        if after < len(found) and _before(text, found[after].start, known)[1] <= first.start:
            at = after  # Spanish "unas" is a word for some, and for about
            continue
        if after < len(found) and _range(text, first, found[after], known):
            upper = last = found[after]
            after += 1
            opens = _between(text, opens, known)
        if after < len(found) and _linked(_OF, text[last.end : found[after].start], known):
            whole = last = found[after]
            after += 1
        none = _none(text, first.start, known)
        if none is not None and upper is whole is None:
            nothing = tuple({"value": 0, "of": value} for value in first.values)
            yield Figure(none, none, first.end, nothing, typed and len(nothing) == 1)
            at = after
            continue
        readings = tuple(_readings(meaning, first, upper, whole, typed=typed))
        if whole is not None and upper is None:
            readings += tuple(_in_scale_of(readings, scale(text[whole.start : whole.end])))
        if not typed and _denied(text[:opens], known):
            readings = ()
        sure = len(readings) == 1 and (
            measure is None or not _doubtful(text, (opens, first.start, last.end), known, measure)
        )
        yield Figure(opens, first.start, last.end, readings, sure)
        at = after


def _none(text: str, end: int, known: tuple[str, ...]) -> int | None:
    """Where ``none of the`` starts before a number; None if it is not there."""
    for code in known:
        pattern = rf"(?<!\w)(?:{_NONE[code]})\s+(?:{_OF[code]})\s+\Z"
        found = re.search(pattern, text[:end], re.IGNORECASE)
        if found is not None:
            return found.start()
    return None


def _denied(before: str, known: tuple[str, ...]) -> bool:
    """Whether a number is denied by the word before it: not 40 ships."""
    return any(re.search(rf"(?<!\w)(?:{_NOT[code]})\s+\Z", before, re.IGNORECASE) for code in known)


def _readings(
    meaning: str, first: Number, upper: Number | None, whole: Number | None, *, typed: bool
) -> Iterator[dict[str, Any]]:
    """The fields that numbers state after words of a meaning."""
    given = [first, *([upper] if upper else []), *([whole] if whole else [])]
    if not all(one.values and one.kind in ("cardinal", "article") for one in given):
        return
    sure = meaning.rstrip("?")
    for value in first.values if upper is None else _in_scale(first.values, upper.values):
        if meaning and value < 0:  # French "au moins" is read as a minus too
            continue
        for of in whole.values if whole else (None,):
            part = {"of": of} if of is not None else {}
            if upper is not None:
                if sure not in ("", "about"):
                    return
                more = {"approximate": True} if sure else {}
                yield from (
                    {"lower": value, "upper": high, **more, **part}
                    for high in upper.values
                    if value < high
                )
                continue
            for one in {sure: None} if typed or sure == meaning else {sure: None, "": None}:
                field, more = MEANINGS[one]
                yield {field: value, **more, **part}


def _in_scale(low: tuple[float, ...], high: tuple[float, ...]) -> tuple[float, ...]:
    """What the first number of a range means: in "3 to 4 million", three million."""
    if len(low) == 2 and low[0] > 0 and len(high) == 1:
        scale = low[1] / low[0]
        if scale > 1 and low[0] < high[0] / scale:
            return low[1:]
    return low


def _in_scale_of(readings: Iterable[dict[str, Any]], scale: float) -> Iterator[dict[str, Any]]:
    """The other readings of a part: in "2 of the 4 million" it may be two million."""
    for one in readings if scale > 1 else ():
        name = next(name for name in ("value", "lower", "upper") if name in one)
        if one[name] < one["of"] / scale:
            yield {**one, name: one[name] * scale}


def _before(text: str, end: int, known: tuple[str, ...]) -> tuple[str, int]:
    """The meaning of the words that end before a number, and where they start; of several, the most
    words."""
    best = ("", end)
    for code in known:
        for meaning, pattern in _patterns(code):
            found = pattern.search(text, max(0, end - 40), end)
            if found is not None and found.start(1) < best[1]:
                best = (meaning, found.start(1))
    return best


@cache
def _patterns(code: str) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (meaning, re.compile(rf"(?<!\w)({_listed(phrases)})\s*{_ARTICLE}\Z", re.IGNORECASE))
        for meaning, phrases in BEFORE[code].items()
    ]


def _listed(phrases: str) -> str:
    longest = sorted(phrases.split("|"), key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in longest)


def _range(text: str, first: Number, second: Number, known: tuple[str, ...]) -> bool:
    gap, before = text[first.end : second.start], text[: first.start]
    if re.fullmatch(r"\s*[-–—‑]\s*", gap) or _linked(_TO, gap, known):
        return True
    return any(
        re.search(rf"(?<!\w){_BETWEEN[code][0]}\s+\Z", before, re.IGNORECASE)
        and re.fullmatch(rf"\s+(?:{_BETWEEN[code][1]})\s+", gap, re.IGNORECASE)
        for code in known
    )


def _between(text: str, opens: int, known: tuple[str, ...]) -> int:
    for code in known:
        found = re.search(rf"(?<!\w){_BETWEEN[code][0]}\s+\Z", text[:opens], re.IGNORECASE)
        if found is not None:
            return found.start()
    return opens


def _linked(words: dict[str, str], gap: str, known: tuple[str, ...]) -> bool:
    return any(re.fullmatch(rf"\s+(?:{words[code]})\s+", gap, re.IGNORECASE) for code in known)


def _doubtful(
    text: str, places: tuple[int, int, int], known: tuple[str, ...], counted: tuple[str, str]
) -> bool:
    """Whether the words around a figure may make something else of it, or a word of the text denies it."""
    opens, start, end = places
    measure, unit = counted
    before, around = text[:opens], f"{text[:opens]} {text[start:]}"
    found, noun = _UNITS.match(text, end), re.match(r"\s*(\w+)", text[end:])
    same = noun is not None and same_unit(unit, noun[1])
    other = found is not None and found[0].strip(" -‑").casefold()[:3] not in measure.casefold()
    if other and not same:
        return True
    measured = same or (noun is not None and measure.casefold().startswith(noun[1].casefold()))
    if re.match(r"[-‑]\w", text[end:]) or _MORE_OF.match(text, end):  # a 16-bed ward
        return True
    if opens == start and _NAME.search(before) and (text[start].isdigit() or text[start].isupper()):
        return True
    return any(
        re.search(rf"(?<!\w)(?:{_PART[code]})\s+\Z", before, re.IGNORECASE)
        or (not measured and re.search(rf"(?<!\w)(?:{_WITHIN[code]})\s+\Z", before, re.IGNORECASE))
        or any(pattern.search(before) for meaning, pattern in _patterns(code) if meaning)
        or re.search(rf"(?<!\w)(?:{_NOT[code]})(?!\w)", around, re.IGNORECASE)
        for code in known
    )


def none_said(text: str) -> str:
    """The first word of a text that says that there was none: ``Nobody``. Empty if there is none."""
    listed = "|".join(("no", *_NONE.values()))
    found = re.search(rf"(?<!\w)(?:{listed})(?!\w)", text, re.IGNORECASE)
    return found[0] if found else ""


def in_words(fields: dict[str, Any]) -> str:
    """The numbers of a quantity as they are typed: ``at least 14 of 19``, ``20-30``."""
    of = f" of {number_words(fields['of'])}" if "of" in fields else ""
    about = "about " if fields.get("approximate") else ""
    if "lower" in fields and "upper" in fields:
        return f"{about}{number_words(fields['lower'])}-{number_words(fields['upper'])}{of}"
    for name, (field, more) in MEANINGS.items():
        if field in fields and more == {key: fields[key] for key in fields if key in _MORE}:
            return f"{name} {number_words(fields[field])}{of}".strip()
    return ""


#: Words that are left out of a name for what is counted.
_LINKING = """was were is are be been being had has have will would could did war waren ist sind wurde wurden worden wird
werden hat haben était étaient est sont ont été a avait avaient fue fueron es son ha han sido estaba estaban був
була було були є был была было были"""
_MOST_WORDS = 5


def counted(text: str) -> str:
    """The words after the first figure of a text, as a name for what it counts: ``passengers ashore`` of
    "143 passengers were ashore". Empty if there are none."""
    found = figures(text)
    following = re.split(r"[.,;:!?()«»“”\"]", text[found[0].end :])[0] if found else ""
    words = [word for word in following.split() if word.casefold() not in _LINKING.split()]
    return " ".join(words[:_MOST_WORDS])


_MORE = ("approximate", "lower_inclusive", "upper_inclusive")
