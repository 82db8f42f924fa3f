"""The format `geojson`: the places of stories, for a map (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from dateline.plugin import Exporter, Material, hookimpl
from dateline_geojson.features import features


class GeoJson(Exporter):
    """One feature per place with coordinates, with the facts about it.

    Places without coordinates are left out: no point is invented. ``precision`` states how exact
    each point is.
    """

    name, suffix, media_type = "geojson", ".geojson", "application/geo+json"

    def export(self, material: Material) -> Iterator[str]:
        yield '{"type": "FeatureCollection", "features": ['
        between = "\n"
        for story in material.stories():
            for feature in features(story):
                yield between + json.dumps(feature, ensure_ascii=False)
                between = ",\n"
        yield "\n]}\n"


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [GeoJson()]
