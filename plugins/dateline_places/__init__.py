"""Places: where things happened, with coordinates where they are known."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Fact, FactRow, FactView, View, hookimpl, last


class Places(FactView):
    """One row per fact and place, ordered by place, then by date.

    ``lat`` and ``lon`` are degrees (WGS 84), no more exact than ``precision`` states; they are empty
    where no coordinates were recorded.
    """

    name, version = "places", 2
    order = ("label", "place", "undated", "earliest", last("latest"), "position", "item")
    summary = ("label", "role", "when", "fact", "status", "text")

    class Row(FactRow, frozen=True):
        place: str
        label: str
        role: str
        part_of: str | None
        part_of_id: str | None
        lat: float | None
        lon: float | None
        precision: str | None
        kind: str
        when: str
        edtf: str | None
        earliest: str | None
        latest: str | None
        undated: bool
        text: str
        chain: str
        agent_ids: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        for place in fact.data.places:
            when = fact.when
            entity = fact.story.entities.get(place.place)
            inside = None if entity is None else entity.part_of
            yield self.Row(
                place=place.place,
                label=fact.label(place.place),
                role=place.role,
                part_of=fact.label(inside) or None,
                part_of_id=fact.story.id_of(inside),
                lat=None if entity is None else entity.lat,
                lon=None if entity is None else entity.lon,
                precision=None if entity is None else entity.precision,
                kind=fact.kind,
                when="undated" if when is None else when.words,
                edtf=None if when is None else when.text,
                earliest=None if when is None else when.earliest,
                latest=None if when is None else when.latest,
                undated=when is None,
                text=fact.data.text,
                chain=fact.chain,
                agent_ids=fact.agent_ids,
            )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Places()]
