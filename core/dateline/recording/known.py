"""What a batch is checked against: the archive, and each story with the lines so far."""

from __future__ import annotations

from uuid import UUID

from dateline.documents.document import Document
from dateline.events.editorial import EvidenceAdded
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.payload import FactPayload, Payload, Raw
from dateline.events.state import StoryState


class Archived:
    """The questions that a batch asks of the archive."""

    def story_id(self, slug: str) -> UUID | None:
        raise NotImplementedError

    def state(self, story: UUID) -> StoryFold:
        """The story's current state; at version 0 if the story does not exist."""
        raise NotImplementedError

    def event(self, event_id: UUID) -> Event | None:
        raise NotImplementedError

    def document(self, source: str) -> Document | None:
        raise NotImplementedError

    def protection(self, source: str) -> tuple[bool, set[str]]:
        """(whether the document is archived unprotected, the keys that it is archived under)"""
        raise NotImplementedError

    def holds(self, subject_key: str) -> bool:
        """Whether the archive has content under that key."""
        raise NotImplementedError


class Known:
    """Stories and texts, each looked up once. A state is a copy on which the batch's events are tried."""

    def __init__(self, archived: Archived) -> None:
        self.archived = archived
        self._states: dict[UUID, StoryFold] = {}
        self._texts: dict[str, str | None] = {}

    def state(self, story: UUID) -> StoryFold:
        if story not in self._states:
            self._states[story] = self.archived.state(story).fork()
        return self._states[story]

    def bring(self, document: Document) -> None:
        """Note a document that comes with the batch."""
        self._texts[document.source] = document.text

    def text(self, source: str) -> str | None:
        if source not in self._texts:
            document = self.archived.document(source)
            self._texts[source] = None if document is None else document.text
        return self._texts[source]

    def text_for(self, payload: Payload | Raw, state: StoryState) -> str | None:
        """The text that the payload's evidence quotes."""
        if isinstance(payload, FactPayload):
            return self.text(payload.source)
        if isinstance(payload, EvidenceAdded) and payload.fact in state.facts:
            return self.text(state.facts[payload.fact].source)
        return None
