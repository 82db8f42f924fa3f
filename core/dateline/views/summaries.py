"""The projection of Dateline's own that lists the stories: one row for each, so that a list of them reads no
facts."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.events.counting import documents
from dateline.events.state import StoryState
from dateline.views.forms import StoryView
from dateline.views.row_type import ViewRow


class Summary(ViewRow, frozen=True):
    """What `dateline.recording.overview.Overview` says of a story."""

    title: str
    closed: bool
    facts: int
    sources: int
    publishers: int
    earliest: str | None
    latest: str | None


class Summaries(StoryView):
    """One row for each story."""

    name = "dateline_stories"
    version = 1
    kernel = True
    Row = Summary

    def rows(self, story: StoryState) -> Iterable[Summary]:
        yield summary(story)


def summary(story: StoryState) -> Summary:
    """A story as it is."""
    shown = list(story.shown())
    dates = [fact.when for fact in shown if fact.when is not None]
    return Summary(
        story.title,
        story.closed,
        len(shown),
        len({*documents(story.sources, story.entity_id).values()}),
        len({story.entity_id(one.publisher) for one in story.sources.values()}),
        min((one.earliest for one in dates if one.earliest is not None), default=None),
        max((one.latest for one in dates if one.latest is not None), default=None),
    )


SUMMARIES = Summaries()
