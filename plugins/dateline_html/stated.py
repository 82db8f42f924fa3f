"""Reads back the cut that a page states, whatever layout it has: the inverse of `page`'s foot and of a
story's head."""

from __future__ import annotations

import html
import re
from uuid import UUID

from dateline.plugin import Cut, StatedCut
from dateline_html.page import LAYOUT, MADE

_CUT = re.compile(
    r"<dt>Archive</dt>\s*<dd><code>([0-9a-f-]{36})</code></dd>\s*"
    r"<dt>Position</dt>\s*<dd>([\d,]+)</dd>\s*"
    r"<dt>Root</dt>\s*<dd><code>([0-9a-f]{64})</code></dd>\s*"
    r"<dt>As of</dt>\s*<dd>(.*?)</dd>"
)
_LAYOUT = re.compile(rf'<meta name="generator" content="{MADE}, layout (\d+)">')
_STORY = re.compile(r'<p class="kicker">([a-z0-9-]+)<')
_VIEW = re.compile(r'<section class="part" id="(?:[^"]*\.)?rows"><h\d>View: ([^<]*)</h\d>')


def stated(page: str) -> StatedCut | None:
    """The cut that a page states, and its view if it shows only one; None if it states no cut."""
    found = _CUT.search(page)
    if found is None:
        return None
    archive, position, root, said = found.groups()
    as_of = None if said.startswith("all that is recorded") else html.unescape(said)
    slugs = tuple(_STORY.findall(page))
    cut = Cut(UUID(archive), int(position.replace(",", "")), root, as_of, slugs)
    view = _VIEW.search(page)
    layout = _LAYOUT.search(page)
    return StatedCut(
        cut,
        None if view is None else html.unescape(view[1]),
        # The first layout did not state its number.
        outdated=layout is None or int(layout[1]) != LAYOUT,
    )
