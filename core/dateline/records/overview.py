"""One story as a row: what ``stories`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dateline.events.clock import to_iso

if TYPE_CHECKING:
    from dateline.recording.overview import Overview

STORY_COLUMNS = (
    "story", "title", "state", "facts", "sources", "publishers", "earliest", "latest", "events",
    "last_change", "id",
)  # fmt: skip


def story_row(found: Overview) -> dict[str, Any]:
    """The row of a story by column. What is sealed is None."""
    story, changed = found.story, to_iso(found.story.recorded_us)
    if found.sealed:
        known = [None, "[sealed]", *[None] * 5, story.version, changed[:19] + "Z"]
    else:
        state = "closed" if found.closed else "open"
        counts = [found.facts, found.sources, found.publishers, found.earliest, found.latest]
        known = [found.title, state, *counts, story.version, changed]
    return dict(zip(STORY_COLUMNS, [story.slug, *known, str(story.id)], strict=True))
