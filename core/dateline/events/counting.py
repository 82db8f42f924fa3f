"""Counts documents and publishers as a person counts them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dateline.events.grouping import Grouping
from dateline.events.source import SourceCaptured
from dateline.events.state import StoryState


class Counts(NamedTuple):
    """``7 facts from 5 documents of 1 publisher``: the shown facts, the documents that they are drawn from
    and the publishers of these; ``unused`` counts the other documents that were captured."""

    facts: int
    documents: int
    publishers: int
    unused: int

    def __str__(self) -> str:
        each = (self.facts, "fact"), (self.documents, "document"), (self.publishers, "publisher")
        facts, documents, publishers = (_many(*count) for count in each)
        return f"{facts} from {documents} of {publishers}" if self.documents else facts


def counts(story: StoryState) -> Counts:
    """The count of a story as it is."""
    document_of = documents(story.sources, story.entity_id)
    shown = list(story.shown())
    used = {document_of.get(fact.source, fact.source) for fact in shown}
    sources = (fact.document for fact in shown)
    publishers = {story.entity_id(one.publisher) for one in sources if one is not None}
    return Counts(len(shown), len(used), len(publishers), len({*document_of.values()} - used))


def documents(
    sources: Mapping[str, SourceCaptured], kept: Callable[[str], str] | None = None
) -> dict[str, str]:
    """The document of each source, as `Grouping` finds it: the id of the first of its sources.

    `sources` are in the order of capture. `kept` returns the id under which an entity is shown.
    """
    order = {name: number for number, name in enumerate(sources)}
    groups = Grouping.of(sources.items(), order, kept)
    return {name: groups.group(name).head for name in sources}


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
