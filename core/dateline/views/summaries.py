"""The projection of Dateline's own that lists the stories: a few rows for each, so that a list of them reads no
facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from dateline.events.counting import documents
from dateline.events.editorial import EventRevoked, FactsLinked
from dateline.events.entity import EntityIntroduced
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FACT, FactNotice, FactPayload
from dateline.events.state import Fact, StoryState
from dateline.events.story import StoryClosed, StoryRetitled
from dateline.views.parts import Part, PartView
from dateline.views.row_type import Values, ViewRow

#: The parts of a story besides its facts.
STORY, SOURCES = "story", "sources"
#: Events that change nothing but facts.
_OF_FACTS = (FactPayload, FactNotice, FactsLinked, EntityIntroduced)


class Summary(ViewRow, frozen=True):
    """What is known of one part of a story; `combined` makes one of all parts. ``facts`` counts the facts of default
    reads, ``sources`` the captured documents as a person counts them (`dateline.events.counting.documents`),
    ``publishers`` those of all sources. ``earliest`` and ``latest`` are the first and the last of the dates of
    its facts."""

    part: str
    title: str = ""
    closed: bool = False
    facts: int = 0
    sources: int = 0
    publishers: int = 0
    earliest: str | None = None
    latest: str | None = None


class Summaries(PartView):
    """The parts of each story."""

    name = "dateline_stories"
    version = 1
    kernel = True
    Row = Summary

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        names, data = {*super().touched(event)}, event.data
        if isinstance(data, EventRevoked) and all(map(FACT.fullmatch, data.about)) and data.about:
            return sorted(names)
        if not isinstance(data, _OF_FACTS):
            names |= {STORY} if isinstance(data, StoryRetitled | StoryClosed) else {STORY, SOURCES}
        return sorted(names)

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: object
    ) -> Collection[str] | None:
        """The facts of those parts; None for all of a story."""
        return None if SOURCES in names else super().reads(event, names, nearby)

    def parts(self, story: StoryState) -> dict[str, list[Fact]]:
        return {STORY: [], SOURCES: [], **super().parts(story)}

    def rows_of(self, thing: Part) -> Iterable[Summary]:
        story = thing.story
        if thing.id == STORY:
            yield Summary(STORY, story.title, story.closed)
        elif thing.id == SOURCES:
            yield Summary(
                SOURCES,
                sources=len({*documents(story.sources, story.entity_id).values()}),
                publishers=len({story.entity_id(one.publisher) for one in story.sources.values()}),
            )
        elif thing.facts:
            shown = [fact for fact in thing.facts if not fact.hidden]
            dates = [fact.when for fact in shown if fact.when is not None]
            yield Summary(
                thing.id,
                facts=len(shown),
                earliest=min((one.earliest for one in dates if one.earliest), default=None),
                latest=max((one.latest for one in dates if one.latest), default=None),
            )


def summary(story: StoryState) -> Summary:
    """A story as it is."""
    rows = [row for _, found in SUMMARIES.all_rows(story) for row in found]
    return combined(map(msgspec.structs.astuple, rows))


def combined(parts: Iterable[Values]) -> Summary:
    """The summary of a story from those of its parts, as tuples."""
    _, titles, closed, facts, sources, publishers, first, last = zip(*parts, strict=True)
    return Summary(
        "",
        "".join(titles),
        any(closed),
        sum(facts),
        sum(sources),
        sum(publishers),
        min(filter(None, first), default=None),
        max(filter(None, last), default=None),
    )


SUMMARIES = Summaries()
