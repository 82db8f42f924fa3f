"""Places with coordinates: a map and a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.plugin import EntityIntroduced, number_words
from dateline_html.brief import Brief
from dateline_html.figures import table
from dateline_html.maps import AROUND, Spot, drawn, has_land
from dateline_html.markup import Html, el, end, join, start, text
from dateline_html.part import Part

_HEAD = ("Place", "Coordinates", "Good to", "Part of", "Facts")
_PRECISION = {"admin2": "district", "admin1": "region", None: "not said"}
_ORIGIN = (
    "Outlines: Natural Earth, public domain. Borders are there for orientation and say nothing about "
    "whose land it is."
)

Facts = Mapping[str, Sequence[str]]


def places(brief: Brief) -> Part | None:
    known = [
        entity
        for entity in brief.story.entities.values()
        if entity.lat is not None and entity.lon is not None
    ]
    return Part("places", "Places", len(known), _body(brief, known)) if known else None


def _body(brief: Brief, known: Sequence[EntityIntroduced]) -> Iterator[Html]:
    facts: dict[str, list[str]] = {}
    for fact in brief.story.shown():
        for name in dict.fromkeys(ref.place for ref in fact.data.places):
            facts.setdefault(name, []).append(fact.id)
    yield from _map(brief, known, facts)
    yield from table(
        "Places with coordinates: degrees of latitude and longitude, WGS 84.",
        _HEAD,
        (_cells(brief, place, number, facts) for number, place in enumerate(known, 1)),
        name="places",
    )


def _map(brief: Brief, known: Sequence[EntityIntroduced], facts: Facts) -> Iterator[Html]:
    spots = [_spot(brief, place, number, facts) for number, place in enumerate(known, 1)]
    # Where names have no room, those of places with the most facts stay.
    spots.sort(key=lambda spot: -spot.facts)
    many = f"{len(spots)} place{'' if len(spots) == 1 else 's'}"
    about = f"A map of {many} with coordinates. The table below has all of them."
    notes = [] if has_land(spots) else ["There is no land in this part of the world."]
    if any(spot.around for spot in spots):
        notes.append(
            "A circle shows how exactly a place is known: its settlement, district or region."
        )
    yield start("figure", class_="plot")
    yield from drawn(spots, brief.anchors.part("map"), "Map of places", about, brief.language)
    yield join(
        [el("figcaption", el("p", " ".join([*notes, _ORIGIN]), class_="meta")), end("figure")]
    )


def _spot(brief: Brief, place: EntityIntroduced, number: int, facts: Facts) -> Spot:
    found = len(facts.get(place.entity, ()))
    href = brief.page(place.entity) or brief.links.part(_name(number))
    return Spot(
        (place.lon or 0.0, place.lat or 0.0),
        AROUND.get(place.precision or "", 0.0),
        place.label,
        f"{place.label}: {found} fact{'' if found == 1 else 's'}",
        href,
        found,
    )


def _name(number: int) -> str:
    return f"place.{number}"


def _cells(brief: Brief, place: EntityIntroduced, number: int, facts: Facts) -> list[Html]:
    part_of = place.part_of
    precision = _PRECISION.get(place.precision, place.precision or "")
    links = (el("a", fact, href=brief.links.fact(fact)) for fact in facts.get(place.entity, ()))
    return [
        el("span", brief.label(place.entity), id=brief.anchors.part(_name(number))),
        text(f"{_degrees(place.lat, 'NS')}, {_degrees(place.lon, 'EW')}"),
        text(precision),
        brief.label(part_of) if part_of else text("–"),
        join(links, ", ") or text("–"),
    ]


def _degrees(value: float | None, signs: str) -> str:
    return f"{number_words(abs(value or 0))}°\u00a0{signs[(value or 0) < 0]}"
