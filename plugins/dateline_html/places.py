"""Places with coordinates, as a table: a map would have to be loaded from another site."""

from __future__ import annotations

from dateline.plugin import EntityIntroduced, number_words
from dateline_html.brief import Brief
from dateline_html.figures import table
from dateline_html.markup import Html, el, join, text
from dateline_html.part import Part

_HEAD = ("Place", "Coordinates", "Good to", "Part of", "Facts")
_PRECISION = {"admin2": "district", "admin1": "region", None: "not said"}


def places(brief: Brief) -> Part | None:
    known = [
        entity
        for entity in brief.story.entities.values()
        if entity.lat is not None and entity.lon is not None
    ]
    facts: dict[str, list[str]] = {}
    for fact in brief.story.shown():
        for name in dict.fromkeys(ref.place for ref in fact.data.places):
            facts.setdefault(name, []).append(fact.id)
    body = table(
        "Places with coordinates: degrees of latitude and longitude, WGS 84.",
        _HEAD,
        (_cells(brief, place, facts.get(place.entity, [])) for place in known),
        name="places",
    )
    return Part("places", "Places", len(known), body) if known else None


def _cells(brief: Brief, place: EntityIntroduced, facts: list[str]) -> list[Html]:
    part_of = place.part_of
    precision = _PRECISION.get(place.precision, place.precision or "")
    return [
        brief.label(place.entity),
        text(f"{_degrees(place.lat, 'NS')}, {_degrees(place.lon, 'EW')}"),
        text(precision),
        brief.label(part_of) if part_of else text("–"),
        join((el("a", fact, href=brief.links.fact(fact)) for fact in facts), ", ") or text("–"),
    ]


def _degrees(value: float | None, signs: str) -> str:
    return f"{number_words(abs(value or 0))}°\u00a0{signs[(value or 0) < 0]}"
