"""Turns a story into the features of a map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.plugin import StoryState


def features(story: StoryState) -> Iterator[dict[str, Any]]:
    """The places with coordinates, ordered by id, each with its current facts."""
    facts: dict[str, list[dict[str, Any]]] = {}
    for fact in story.shown():
        item = {"fact": fact.id, "status": fact.status, "text": fact.data.text}
        for name in dict.fromkeys(ref.place for ref in fact.data.places):
            facts.setdefault(name, []).append(item)
    for name, place in sorted(story.entities.items()):
        if place.lat is None or place.lon is None:
            continue
        yield {
            "type": "Feature",
            "id": f"{story.slug}/{name}",
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": {
                "label": place.label,
                "precision": place.precision,
                "story": story.slug,
                "facts": facts.get(name, []),
            },
        }
