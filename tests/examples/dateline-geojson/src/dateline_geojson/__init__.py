"""The format `geojson`: the places of stories, for a map (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from dateline.plugin import Exporter, Material, hookimpl
from dateline_geojson.features import features


class GeoJson(Exporter):
    """A feature a place that has coordinates, with the facts recorded there.

    Places without coordinates are left out: a point that nobody recorded is none. ``precision``
    says how far each may be trusted.
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
