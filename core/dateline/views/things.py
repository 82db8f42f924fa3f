"""The things of a story that views are made of, besides facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from dateline.events.entity import EntityIntroduced
from dateline.events.source import SourceCaptured
from dateline.events.state import Fact, StoryState

#: The id of a whole story among its things.
WHOLE = ""


class Thing(Protocol):
    @property
    def id(self) -> str: ...


class Entity(msgspec.Struct, frozen=True, eq=False):
    """An entity of a story, and the facts that name it. ``data`` is None if it is not introduced (yet)."""

    id: str
    data: EntityIntroduced | None
    facts: Sequence[Fact]
    story: StoryState

    @property
    def label(self) -> str:
        """Its name, or its id if it is not introduced (yet)."""
        return self.id if self.data is None else self.data.label


class Source(msgspec.Struct, frozen=True, eq=False):
    """A source of a story, and the facts that are drawn from it. ``version`` is the story's version at
    which it was first captured; ``withdrawn`` is the reason if it was withdrawn."""

    id: str
    data: SourceCaptured
    facts: Sequence[Fact]
    version: int
    withdrawn: str | None
    story: StoryState


class CapturedDocument(msgspec.Struct, frozen=True, eq=False):
    """A document as a person counts them. ``sources`` are its captures and the texts extracted from them, in
    the order of capture; ``id`` is the id of the first."""

    id: str
    sources: Sequence[Source]
    story: StoryState

    @property
    def versions(self) -> Sequence[Source]:
        """Its captures, oldest first. A text counts as a capture if its original is not in the story."""
        if len(self.sources) == 1:
            return self.sources
        known = self.story.sources
        found: dict[str, Source] = {}
        for source in self.sources:
            original = source.data.derived_from
            if original is None or original not in known:
                found[original or source.id] = source
        return list(found.values())

    @property
    def texts(self) -> Sequence[Source]:
        """The sources that facts quote, oldest first: not an original whose text was extracted."""
        if len(self.sources) == 1:
            return self.sources
        originals = {source.data.derived_from for source in self.sources}
        return [source for source in self.sources if source.id not in originals]

    @property
    def to_quote(self) -> Source:
        """The source to quote: the newest text of its newest version, which may have been read again."""
        newest, texts = self.versions[-1].id, self.texts
        own = (one for one in reversed(texts) if newest in (one.id, one.data.derived_from))
        return next(own, texts[-1])


class Whole(msgspec.Struct, frozen=True, eq=False):
    """A whole story."""

    story: StoryState

    @property
    def id(self) -> str:
        return WHOLE
