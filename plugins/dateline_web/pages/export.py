"""A story as a file: in the format of any exporter that is installed."""

from __future__ import annotations

import re

from dateline_web.answers import Answer
from dateline_web.asked import Asked
from dateline_web.page import Page
from dateline_web.problems import Problem

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+")


def _file(asked: Asked) -> Answer:
    archive, name = asked.site.archive, asked.places["format"]
    exporter = archive.plugins.exporter(name)
    try:
        content = archive.export_bytes(asked.slug, format=name, as_of=asked.as_of)
    except UnicodeEncodeError:
        raise Problem(503, f"the exporter {name} failed", "plugin-failed") from None
    # What a plugin states about itself reaches a header only in the form that headers have.
    media_type = str(exporter.media_type)
    known = _MEDIA_TYPE.fullmatch(media_type)
    stated = media_type if known else "text/plain"
    return Answer(
        stated if exporter.binary else f"{stated}; charset=utf-8",
        content,
        headers=(("content-disposition", f'attachment; filename="{asked.slug}{exporter.suffix}"'),),
    )


EXPORT = Page(
    "/stories/{slug}/export/{format}",
    "The story as a file in the format of an exporter.",
    forms={None: _file},
)
