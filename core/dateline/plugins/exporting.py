"""The text of an export, as the exporter of a plugin writes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dateline.plugins.blaming import Blamed
from dateline.plugins.formats import Exporter, Material
from dateline.plugins.loaded import Plugins


def chunks(plugins: Plugins, format: str, material: Material) -> Iterator[str]:
    """The export in a format, in chunks. Raises UnknownName, DatelineError, ViewFailed."""
    exporter = plugins.exporter(format)
    return Blamed(plugins, "exporters", format).each(partial(_text, exporter, material))


def _text(exporter: Exporter, material: Material) -> Iterator[str]:
    for piece in exporter.export(material):
        if not isinstance(piece, str):
            raise TypeError(f"it yields {type(piece).__name__}, not text")
        yield piece
