"""An accepted batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import msgspec

from dateline.documents.document import Document
from dateline.events.adjusted import Adjusted
from dateline.events.editorial import FactCorrected, FactsLinked
from dateline.events.envelope import NewEvent
from dateline.events.payload import FactPayload
from dateline.events.state import Fact, StoryState
from dateline.recording.key_policy import KeyPolicy


class Accepted(msgspec.Struct):
    """The events to append, each with its story, and the version that each story must be at."""

    keys: KeyPolicy
    #: The stories that lines open, by slug.
    opened: dict[str, UUID]
    events: list[tuple[UUID, NewEvent]] = []
    expected: dict[UUID, int] = {}
    #: Each document with the id of the key that it is stored under.
    documents: list[tuple[Document, str | None]] = []
    facts: list[str] = []
    adjusted: list[Adjusted] = []
    already: int = 0
    #: How many lines were recorded before and erased; positions of the erasures of those recorded again.
    erased: int = 0
    anew: list[int] = []
    #: The slug of each story that is appended to.
    named: dict[UUID, str] = {}
    #: The latest time of recording that a line gives, if it is in the future.
    future_us: int | None = None

    def changed(self, state_of: Callable[[UUID], StoryState]) -> Iterator[tuple[Fact, int]]:
        """The facts that the batch records, corrects or links, as they will be, each with the version of its
        story before. `state_of` has the stories as they will be."""
        names: dict[tuple[UUID, str], None] = {}
        for story, event in self.events:
            data = event.data
            if isinstance(data, FactPayload | FactCorrected):
                names[story, data.fact] = None
            elif isinstance(data, FactsLinked):
                names[story, data.from_] = None
        for story, name in names:
            fact = state_of(story).facts.get(name)
            if fact is not None:
                yield fact, self.expected[story]
