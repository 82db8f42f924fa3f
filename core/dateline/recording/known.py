"""What a batch is checked against: the archive, and each story with the lines so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.documents import storage as documents
from dateline.documents.document import Document
from dateline.errors import SealedContent
from dateline.events import acts
from dateline.events.editorial import ContentErased, EventRevoked, EvidenceAdded
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.index import named
from dateline.events.parts import ErasedEvent
from dateline.events.payload import FactPayload, Payload, Raw
from dateline.events.rules import Ahead
from dateline.events.source import SourceCaptured, document_of
from dateline.events.state import StoryState
from dateline.log import read
from dateline.log.read import Reader, story_by_id, story_by_slug
from dateline.views import present as present_facts
from dateline.views.present import fold, present

#: The length of the id of a document's first capture: ``sha256:`` and 64 digits.
_SIMPLE = 71


class Known:
    """The archive as one read transaction sees it, with the batch's lines so far.

    Stories and texts are looked up once. The batch's events are tried on a state that nobody else has.
    """

    def __init__(self, connection: Connection, reader: Reader, whole: int = 0) -> None:
        """Stories below version `whole` are folded whole, so that all their facts are there."""
        self.connection, self._reader, self.registry = connection, reader, reader.registry
        self._named: dict[UUID, set[str]] = {}
        self._versions: dict[UUID, int] = {}
        self._states: dict[UUID, StoryFold] = {}
        self._texts: dict[str, str | None] = {}
        self._slugs: dict[str, UUID | None] = {}
        self._absent: set[int] = set()
        self._whole = whole

    def story_id(self, slug: str) -> UUID | None:
        if slug not in self._slugs:
            row = story_by_slug(self.connection, slug)
            self._slugs[slug] = None if row is None else row.id
        return self._slugs[slug]

    def version(self, story: UUID) -> int:
        """The story's version; 0 if the story does not exist."""
        if story not in self._versions:
            row = story_by_id(self.connection, story)
            self._versions[story] = 0 if row is None else row.version
        return self._versions[story]

    def name(self, story: UUID, payloads: Iterable[Payload | Raw]) -> None:
        """Note what lines of a story name: the state will have it. Call it before `state`."""
        if self.version(story) < max(present_facts.SHORT, self._whole):
            return  # it is folded whole
        names = self._named.setdefault(story, set())
        for payload in payloads:
            names |= named(msgspec.json.encode(payload))

    def act(self, revocation: EventRevoked, batch: Mapping[UUID, Payload | Raw]) -> EventRevoked:
        """`revocation` with the type of the act that it takes back, and what that is about. The act is in
        the log or among `batch`; if it is in neither, nothing is filled in."""
        data: object = batch.get(revocation.event)
        if data is None and (event := self.event(revocation.event)) is not None:
            data = event.data
        if revocation.act or not isinstance(data, Payload):
            return revocation
        return msgspec.structs.replace(revocation, act=data.type, about=acts.about(data))

    def state(self, story: UUID) -> StoryFold:
        """The story's current state, with what was noted with `name`; at version 0 if the story does not
        exist."""
        if story not in self._states:
            names = self._named.get(story, ())
            found = self._folded(story) if self.version(story) < self._whole else None
            self._states[story] = found or present(self.connection, self._reader, story, names)
        return self._states[story]

    def has(self, story: UUID, fact: str) -> bool:
        """Whether a story has a fact now, with what was accepted of the batch so far."""
        tried = self._states.get(story)
        if tried is not None and tried.knows(fact):
            return True
        return present(self.connection, self._reader, story, [fact]).knows(fact)

    def _folded(self, story: UUID) -> StoryFold | None:
        """The whole story, if all of it can be read."""
        try:
            return fold(self.connection, self._reader, story)
        except SealedContent:
            return None

    def expect(self, ids: Iterable[UUID]) -> None:
        """Look up many event ids at once: `event` need not ask for those that are not in the log."""
        wanted = list(ids)
        there = {event_id.int for event_id in read.present(self.connection, wanted)}
        self._absent.update(event_id.int for event_id in wanted)
        self._absent -= there

    def event(self, event_id: UUID) -> Event | None:
        if event_id.int in self._absent:
            return None
        return self._reader.by_id(self.connection, event_id)

    def document(self, source: str) -> Document | None:
        return documents.get(self.connection, source, self._reader.vault)

    def bring(self, document: Document) -> None:
        """Note a document that comes with the batch."""
        self._texts[document.source] = document.text

    def text(self, source: str) -> str | None:
        name = source if len(source) == _SIMPLE else document_of(source)
        if name not in self._texts:
            document = self.document(name)
            self._texts[name] = None if document is None else document.text
        return self._texts[name]

    def text_for(self, payload: Payload | Raw, state: StoryState) -> str | None:
        """The text that the payload's evidence quotes."""
        if isinstance(payload, FactPayload):
            return self.text(payload.source)
        if isinstance(payload, EvidenceAdded) and payload.fact in state.facts:
            return self.text(state.facts[payload.fact].source)
        return None


def ahead_of(payloads: Iterable[Payload | Raw]) -> Ahead:
    """What the lines of one story bring: references may point forward."""
    entities, facts, sources = set(), set(), {}
    erased: list[ErasedEvent] = []
    for payload in payloads:
        if isinstance(payload, EntityIntroduced):
            entities.add(payload.entity)
        elif isinstance(payload, SourceCaptured):
            sources[payload.source] = payload
        elif isinstance(payload, FactPayload):
            facts.update({payload.fact} - {""})
        elif isinstance(payload, Raw) and payload.fact is not None:
            facts.add(payload.fact)
        elif isinstance(payload, ContentErased):
            erased += payload.events
    return Ahead(
        frozenset(entities),
        frozenset(facts),
        sources,
        frozenset(item.fact for item in erased if item.fact is not None),
        frozenset(item.type for item in erased),
    )
