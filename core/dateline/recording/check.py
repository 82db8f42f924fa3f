"""Completes each item, and checks it against the story so far. An accepted item becomes an event."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from dateline.errors import Finding
from dateline.events import completion, identity, rules
from dateline.events.adjusted import Adjusted, adjusted, with_own_words
from dateline.events.clock import CLOCK_TOLERANCE_US, now_us
from dateline.events.corrections import as_given, relocated
from dateline.events.editorial import FactCorrected
from dateline.events.envelope import Data, Event, NewEvent, RecordedBy
from dateline.events.fold import StoryFold
from dateline.events.payload import Erased, FactPayload, Payload, Raw
from dateline.events.registry import to_fields
from dateline.events.rules import Ahead, Context
from dateline.events.rules.ids import differing
from dateline.events.source import SourceCaptured, capture_id, document_of
from dateline.events.state import StoryState
from dateline.recording import times
from dateline.recording.accepted import Accepted
from dateline.recording.item import Item
from dateline.recording.known import Known


class Check:
    """Checks the items of one batch in order. What it accepts is in ``accepted``."""

    def __init__(
        self,
        known: Known,
        accepted: Accepted,
        ahead: Mapping[UUID, Ahead],
        recorded_by: RecordedBy,
        anew: bool,
    ) -> None:
        """`ahead` is what the lines of each story bring."""
        self._known, self.accepted, self._keys = known, accepted, accepted.keys
        self._by, self._anew, self._now = recorded_by, anew, now_us()
        self._ahead = ahead
        self._seen: dict[int, Item] = {}
        self._passed: dict[StoryState, int] = {}
        self._contexts: dict[tuple[int, bool], Context] = {}
        self._states: dict[int, StoryFold] = {}
        self._last: StoryFold | None = None

    def take(self, item: Item) -> list[Finding]:
        """Accept an item, or return the reasons why not."""
        context = self._context(item.story, item.envelope.recorded_at is not None)
        known, state = self._known, context.state
        findings = self._keys.identify(item, state)  # sets its event id and key
        self._renew(item, state)
        if (earlier := self._seen.get(item.event_id.int)) is not None:
            return [_repeated(item, earlier)]
        if (event := known.event(item.event_id)) is not None:
            return self._already_recorded(item, event, context)
        if (erased := state.tombstones.events) and item.event_id in erased:
            return [_erased(item, state)]
        findings += self._keys.check_new(item, state)
        payload, incomplete = self._completed(item, context)
        fact = state.facts.get(payload.fact) if isinstance(payload, FactCorrected) else None
        if isinstance(payload, FactCorrected) and fact is not None:
            payload, incomplete = relocated(payload, fact, known.text, imported=context.imported)
        found = [] if payload is item.payload else list(adjusted(item.payload, payload))
        if found and not incomplete and item.given:
            return self._take_own_words(item, found)
        findings += incomplete
        if isinstance(payload, SourceCaptured) and item.envelope.event_id is None:
            if _captured(payload, state, item.subject_key):
                self.accepted.already += 1
                return findings
            if "source" not in item.given and payload.source in state.sources:
                # The author named the document alone: this is another capture of it.
                number = capture_id(payload.source, state.captures)
                payload = msgspec.structs.replace(payload, source=number)
        placed = not (incomplete and isinstance(payload, FactCorrected))
        if isinstance(payload, Payload) and placed:
            findings += rules.find(payload, context)
        findings += self._keys.check(item, payload, self._seen)
        public = times.reported_us(item, payload, context, self._now)
        findings += times.check(item, public, context)
        if not findings:
            self._accept(item, payload, context, public)
            self._note(item, found)
        return findings

    def _take_own_words(self, item: Item, found: list[Adjusted]) -> list[Finding]:
        """Take a line with the source's own words in place of copies of them, so that both are the same
        event."""
        there = len(self.accepted.events)
        item.given = with_own_words(item.given, found)
        fields = with_own_words(to_fields(item.payload), found)
        item.payload, item.renews = msgspec.convert(fields, type(item.payload)), None
        findings = self.take(item)
        if len(self.accepted.events) > there:
            self._note(item, found)
        return findings

    def _note(self, item: Item, found: list[Adjusted]) -> None:
        for one in found:
            self.accepted.adjusted.append(
                msgspec.structs.replace(one, line=item.line.number) if item.line.number else one
            )

    def _context(self, story: UUID, imported: bool) -> Context:
        found = self._contexts.get((story.int, imported))
        if found is None:
            known, ahead = self._known, self._ahead[story]
            state = self._states[story.int] = known.state(story)
            found = self._contexts[story.int, imported] = Context(
                state, known.text, known.story_id, self._elsewhere, ahead, imported=imported
            )
        return found

    def _elsewhere(self, slug: str, fact: str) -> bool:
        """Whether another story has that fact, in the archive or in the batch."""
        story = self.accepted.opened.get(slug) or self._known.story_id(slug)
        if story is None:
            return False
        return fact in self._ahead.get(story, Ahead()).facts or self._known.has(story, fact)

    def _renew(self, item: Item, state: StoryState) -> None:
        """Give a line whose event was erased or taken back the id of a new event."""
        if not self._anew or item.envelope.event_id is not None:
            return
        while True:
            if item.event_id in state.tombstones.events:
                item.renews = state.tombstones.events[item.event_id]
            elif item.event_id.bytes not in state.revoked:
                return
            item.event_id = identity.renewed(item.event_id)

    def _already_recorded(self, item: Item, event: Event, context: Context) -> list[Finding]:
        """Count an item whose id is in the log; a finding if that is another event."""
        known = event.data
        self.accepted.already += not isinstance(known, Erased)
        self.accepted.erased += isinstance(known, Erased)
        if event.story == item.story and event.type == item.envelope.type:
            if item.envelope.event_id is None or isinstance(known, Erased):
                return []
            number = known.fact if isinstance(known, FactPayload) else None
            if _equal(known, self._completed(item, context, number)[0]):
                return []
        reason = (
            f"{item.event_id} already exists with different content; events never change: "
            "record the difference with `dateline correct`"
        )
        return [Finding("event-id-taken", "/event_id", reason)]

    def _completed(
        self, item: Item, context: Context, number: str | None = None
    ) -> tuple[Payload | Raw, list[Finding]]:
        """The payload with what the author left out; a fact without an id gets `number`, or a free one."""
        payload = item.payload
        if not isinstance(payload, Payload):
            return payload, []
        if isinstance(payload, FactPayload) and not payload.fact:
            number = number or self._free(context)
        text = self._known.text_for(payload, context.state)
        payload, findings = completion.complete(payload, text, number or "")
        return _with_shape(payload, context.state), findings

    def _free(self, context: Context) -> str:
        """The next fact id that neither the story nor any line of the batch uses."""
        # Numbers that were skipped stay taken, so none is tried twice.
        number = max(context.state.tombstones.highest + 1, self._passed.get(context.state, 0))
        while f"f{number}" in context.ahead.facts:
            number += 1
        self._passed[context.state] = number
        return f"f{number}"

    def _accept(
        self, item: Item, payload: Payload | Raw, context: Context, public: int | None
    ) -> None:
        about, accepted, state = item.envelope, self.accepted, self._states[item.story.int]
        recorded = about.recorded_us
        # Data of an old version to which nothing was added keep it, if it is stated or has another shape:
        # then they are kept as written.
        version = getattr(payload, "schema_version", about.schema_version)
        old = about.schema_version != version and payload == item.payload
        shape = self._known.registry.shape(about.type, about.schema_version) if old else None
        written = item.fields if shape is msgspec.Raw else None
        kept = old and (written is not None or about.stated_version is not None)
        new = NewEvent(
            event_id=item.event_id,
            data=payload if written is None else Raw(written),
            type=about.type,
            schema_version=about.schema_version if kept else version,
            recorded_by=about.recorded_by or self._by,
            causation_id=about.causation_id,
            recorded_us=recorded,
            reported_us=public,
            subject_key=item.subject_key,
        )
        # For the rules of later lines. The append gives it its real position. Its fields are given by
        # position, since keywords take twice as long.
        event = Event(
            len(accepted.events) + 1, item.event_id.bytes, item.story, state.slug, state.version + 1,
            new.type, new.schema_version, self._now if recorded is None else recorded, public,
            new.subject_key, payload, new.recorded_by, None, written,
        )  # fmt: skip
        if recorded is not None and recorded - self._now > CLOCK_TOLERANCE_US:
            accepted.future_us = max(recorded, accepted.future_us or recorded)
        before = state.version
        accepted.events.append((item.story, new))
        if item.renews is not None:
            accepted.anew.append(item.renews)
        if item.document is not None:
            accepted.documents.append((item.document, item.subject_key))
        if isinstance(payload, FactPayload):
            accepted.facts.append(payload.fact)
        self._keys.note(item)
        state.take(event)
        if state is not self._last:  # most lines are of the story of the line above
            self._last = state
            accepted.expected.setdefault(item.story, before)
            accepted.named[item.story] = state.slug
        item.payload = payload
        self._seen[item.event_id.int] = item


def _captured(payload: SourceCaptured, state: StoryState, subject_key: str | None) -> bool:
    """Whether the document is already captured in the story, described the same way."""
    known = state.sources.get(payload.source)
    named = [] if known is None else [known]
    if known is not None and "." not in payload.source:
        document = payload.source
        named = [one for name, one in state.sources.items() if document_of(name) == document]
    return any(
        state.protected.get(one.source) == subject_key
        and not differing(msgspec.structs.replace(one, source=payload.source), payload)
        for one in named
    )


def _equal(known: Data | None, payload: Payload | Raw) -> bool:
    if isinstance(known, FactCorrected) and isinstance(payload, FactCorrected):
        known = as_given(known, payload)
    return isinstance(known, Payload | Raw) and to_fields(known) == to_fields(payload)


def _repeated(item: Item, earlier: Item) -> Finding:
    where = f"line {earlier.line.number}" if earlier.line.number is not None else "an earlier event"
    reason = f"the line is the same as {where}; leave it out, or give each an event_id if it happened twice"
    return Finding("line-repeated", "", reason)


def _erased(item: Item, state: StoryState) -> Finding:
    erasure = state.tombstones.events[item.event_id]
    reason = f"{item.event_id} was erased (position {erasure} states why): leave the line out"
    return Finding("event-erased", "/event_id", reason)


def _with_shape(payload: Payload, state: StoryState) -> Payload:
    """A correction with the schema version of the fact that its paths refer to."""
    if isinstance(payload, FactCorrected) and payload.shape is None:
        fact = state.facts.get(payload.fact)
        if fact is not None:
            return msgspec.structs.replace(payload, shape=fact.data.schema_version)
    return payload
