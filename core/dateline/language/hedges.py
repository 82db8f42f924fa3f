"""The words before a number that make a bound or an estimate of it: at least, about. Pure."""

from __future__ import annotations

from functools import cache
from typing import Any

#: What words before a number make of it: the field of the number, and further fields.
MEANINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "": ("value", {}),
    "about": ("value", {"approximate": True}),
    "at least": ("lower", {}),
    "up to": ("upper", {}),
    "more than": ("lower", {"lower_inclusive": False}),
    "less than": ("upper", {"upper_inclusive": False}),
}
#: The words before a number, by language and meaning. Those under ``more than?`` and its like may be
#: about something else: over three days.
BEFORE = {
    "en": {
        "about": "about|around|some|roughly|approximately|circa|nearly|almost|an estimated|~",
        "at least": "at least|no fewer than|no less than|not fewer than|not less than",
        "up to": "at most|up to|no more than|not more than",
        "more than": "more than", "less than": "fewer than|less than",
        "more than?": "over", "less than?": "under",
        "": "exactly|only|just|all|all of the|total of|toll of|crew of|group of|convoy of|fleet of|spoke of|speaks of|to",
    },
    "de": {
        "about": "etwa|rund|ungefähr|circa|ca.|zirka|knapp|fast", "at least": "mindestens|wenigstens|nicht weniger als",
        "up to": "höchstens|bis zu|nicht mehr als", "more than": "mehr als", "less than": "weniger als",
        "more than?": "über", "less than?": "unter", "": "genau|nur|alle|insgesamt",
    },
    "fr": {
        "about": "environ|quelque|près de|à peu près|presque", "at least": "au moins|pas moins de",
        "up to": "au plus|jusqu'à|jusqu’à|pas plus de", "more than": "plus de|plus d'|plus d’",
        "less than": "moins de|moins d'|moins d’", "": "exactement|seulement|les|un total de",
    },
    "es": {
        "about": "unos|unas|cerca de|alrededor de|aproximadamente|casi",
        "at least": "al menos|por lo menos|como mínimo|no menos de",
        "up to": "como máximo|a lo sumo|no más de", "more than": "más de", "less than": "menos de",
        "up to?": "hasta", "": "exactamente|solo|los|las|un total de",
    },
    "uk": {
        "about": "близько|приблизно|майже", "at least": "щонайменше|принаймні|не менше|не менше ніж|не менш ніж|не менш як",
        "up to": "щонайбільше|не більше|не більше ніж|не більш ніж|не більш як",
        "more than": "понад|більше|більше ніж|більш ніж|більш як", "less than": "менше|менше ніж|менш ніж|менш як",
        "up to?": "до", "": "рівно|лише|усі|всі|загалом",
    },
    "ru": {
        "about": "около|примерно|приблизительно|почти",
        "at least": "по меньшей мере|по крайней мере|как минимум|не менее|не меньше",
        "up to": "не более|не больше", "more than": "более|больше|свыше|более чем|больше чем",
        "less than": "менее|меньше|менее чем|меньше чем", "up to?": "до", "": "ровно|только|все|всего",
    },
}  # fmt: skip


@cache
def hedges() -> frozenset[str]:
    """The last words of those that make a bound or an estimate: ``least``, ``about``."""
    return frozenset(
        phrase.split()[-1]
        for meanings in BEFORE.values()
        for meaning, phrases in meanings.items()
        if meaning
        for phrase in phrases.split("|")
    )
