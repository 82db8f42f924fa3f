"""Counts documents and publishers as a person counts them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
    document_of = documents(story.sources)
    shown = list(story.shown())
    used = {document_of.get(fact.source, fact.source) for fact in shown}
    sources = (fact.document for fact in shown)
    publishers = {story.entity_id(one.publisher) for one in sources if one is not None}
    return Counts(len(shown), len(used), len(publishers), len({*document_of.values()} - used))


def documents(sources: Mapping[str, SourceCaptured]) -> dict[str, str]:
    """The document of each source: the id of one of its sources, the same for all of them.

    An original and the text that was extracted from it are one document. Captures of one address by one
    publisher are versions of one document, and so are those of the same text without an address. The
    same text at two addresses or of two publishers is two documents.
    """
    parents: dict[str, str] = {}

    def find(name: str) -> str:
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = parents[parent]
            name = parents[name]
        return name

    versions: dict[tuple[str, str], str] = {}
    for name, source in sources.items():
        if source.derived_from is not None:
            parents[find(name)] = find(source.derived_from)
            if source.url is None:
                continue  # two pages may have one text: their originals say what is one
        where = (source.publisher, source.url or name.partition(".")[0])
        parents[find(name)] = find(versions.setdefault(where, name))
    return {name: find(name) for name in sources}


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
