"""Turns a batch of lines into events: completes and checks them; accepts all of them or none.

There are two passes. The first reads every line and learns what the batch brings, so that references
may point forward; the second completes each line and checks it against the story so far.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from dateline.documents.document import Document
from dateline.errors import Finding, Refused
from dateline.events import author, rules
from dateline.events.clock import CLOCK_TOLERANCE_US, now_us
from dateline.events.corrections import as_given, relocated
from dateline.events.editorial import ContentErased, FactCorrected
from dateline.events.edtf import public_from
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Data, Event, NewEvent, RecordedBy
from dateline.events.fold import StoryFold
from dateline.events.parts import ErasedEvent
from dateline.events.payload import Erased, FactPayload, Payload, Raw
from dateline.events.registry import Registry, to_fields
from dateline.events.rules import Ahead, Context
from dateline.events.rules.identity import differing
from dateline.events.source import SourceCaptured
from dateline.events.state import StoryState
from dateline.protect.keys import Key
from dateline.protect.vault import Vault
from dateline.recording.item import Item, Reading
from dateline.recording.keyed import Keyed, Protection
from dateline.recording.known import Archived, Known
from dateline.recording.line import Files, Line, no_files

#: Rules that read more than one payload, in addition to `rules.RULES` and `strict.RULES`.
RULES = (
    "shape", "reserved", "type-unknown", "version-unknown", "story-unknown", "document", "source-bytes",
    "event-id-taken", "event-erased", "perhaps-erased", "line-repeated", "evidence-missing", "evidence-ambiguous", "recorded-at", "reported-at",
    "protection",
)  # fmt: skip


class Plan(msgspec.Struct):
    """An accepted batch: the events to append, each with its story, and the version of each story."""

    events: list[tuple[UUID, NewEvent]]
    expected: dict[UUID, int]
    documents: list[tuple[Document, str | None]]
    slugs: dict[UUID, str]
    facts: list[str]
    already: int = 0
    #: How many lines were recorded before and erased; positions of the erasures of those recorded again.
    erased: int = 0
    anew: list[int] = []
    #: The protection found for each document that is captured.
    protection: dict[str, Protection] = {}
    #: The slug of each story that is appended to.
    named: dict[UUID, str] = {}
    #: The latest time of recording that a line gives, if it is in the future.
    future_us: int | None = None
    #: Keys that are used for the first time in a story: nothing readable there is under them.
    first_used: set[str] = set()


def plan(
    lines: Iterable[Line],
    archived: Archived,
    registry: Registry,
    *,
    story: UUID | None = None,
    files: Files | None = None,
    recorded_by: RecordedBy = RecordedBy(),
    vault: Vault | None = None,
    protect: Key | None = None,
    anew: bool = False,
) -> Plan:
    """Check `lines` and turn them into events, under the key `protect` if one is given.

    With `anew` a line whose event was erased, or may have been, becomes a new event. Raises Refused
    with all findings.
    """
    known = Known(archived)
    reading = Reading(known, registry, files or no_files, story)
    for line in lines:
        reading.take(line)
    batch = _Batch(known, Keyed(archived, vault, protect, anew), recorded_by)
    batch.check(reading.items)
    if findings := reading.findings + batch.findings:
        raise Refused(sorted(findings, key=lambda finding: finding.line or 0))
    batch.plan.slugs = {story: slug for slug, story in reading.opened.items()}
    return batch.plan


class _Batch:
    """The second pass."""

    def __init__(self, known: Known, keyed: Keyed, recorded_by: RecordedBy) -> None:
        self._known, self._archived, self._keyed = known, known.archived, keyed
        self._by = recorded_by
        self._now = now_us()
        self._seen: dict[UUID, Item] = {}
        self._passed: dict[StoryState, int] = {}
        self.findings: list[Finding] = []
        self.plan = Plan([], {}, [], {}, [])
        self.plan.protection, self.plan.first_used = keyed.protection, keyed.first_used

    def check(self, items: Iterable[Item]) -> None:
        by_story: dict[UUID, list[Item]] = {}
        for item in items:
            by_story.setdefault(item.story, []).append(item)
        ahead: dict[UUID, Ahead] = {}
        for story, its in by_story.items():
            ahead[story] = _ahead(item.payload for item in its)
            self._keyed.foresee(self._known.state(story), story, its)
        for item in items:
            findings = self._check(item, ahead[item.story])
            self.findings += [finding.at(item.line.number) for finding in findings]

    def _check(self, item: Item, ahead: Ahead) -> list[Finding]:
        state = self._known.state(item.story)
        text = self._known.text_for(item.payload, state)
        payload = item.payload
        subject, findings = self._keyed.key_of(item)
        item.event_id = self._keyed.event_id(item, state, subject)
        earlier = self._seen.get(item.event_id)
        if earlier is not None:
            return [_repeated(item, earlier)]
        event = self._archived.event(item.event_id)
        known = None if event is None else event.data
        placed = True
        if event is None and item.event_id in state.tombstones.events:
            erasure = state.tombstones.events[item.event_id]
            reason = (
                f"{item.event_id} was erased (position {erasure} states why): leave the line out"
            )
            return [Finding("event-erased", "/event_id", reason)]
        if event is None:
            findings += self._keyed.perhaps_erased(item, state, subject)
        if isinstance(payload, Payload):
            number = ""
            if isinstance(payload, FactPayload) and not payload.fact:
                number = known.fact if isinstance(known, FactPayload) else self._free(state, ahead)
            payload, incomplete = author.complete(payload, text, number)
            payload = _with_shape(payload, state)
            if event is None and isinstance(payload, FactCorrected):
                payload, incomplete = self._relocated(payload, item, state)
                placed = not incomplete
            findings += incomplete
        if event is not None:
            self.plan.already += not isinstance(known, Erased)
            self.plan.erased += isinstance(known, Erased)
            same = event.story == item.story and event.type == item.envelope.type
            derived = item.envelope.event_id is None
            if same and (derived or isinstance(known, Erased) or _equal(known, payload)):
                return []
            reason = (
                f"{item.event_id} already exists with different content; events never change: "
                "record the difference with `dateline correct`"
            )
            return [Finding("event-id-taken", "/event_id", reason)]
        if item.envelope.event_id is None and _already_captured(payload, state, subject):
            self.plan.already += 1
            return findings
        if isinstance(payload, Payload) and placed:
            imported = item.envelope.recorded_at is not None
            look_up = self._known.text, self._archived.story_id
            context = Context(state, *look_up, ahead, imported=imported)
            findings += rules.find(payload, context)
        findings += self._keyed.documents(payload, item, subject)
        findings += self._keyed.imported_erasure(payload, self._seen)
        findings += self._clocks(item, payload, state, ahead)
        if not findings:
            self._accept(item, payload, state, ahead, subject)
        return findings

    def _relocated(
        self, payload: FactCorrected, item: Item, state: StoryState
    ) -> tuple[Payload, list[Finding]]:
        fact = state.facts.get(payload.fact)
        if fact is None:
            return payload, []
        imported = item.envelope.recorded_at is not None
        return relocated(payload, fact, self._known.text, imported=imported)

    def _free(self, state: StoryState, ahead: Ahead) -> str:
        """The next fact id that neither the story nor any line of the batch uses."""
        # Numbers that were skipped stay taken, so none is tried twice.
        number = max(state.tombstones.highest + 1, self._passed.get(state, 0))
        while f"f{number}" in ahead.facts:
            number += 1
        self._passed[state] = number
        return f"f{number}"

    def _clocks(
        self, item: Item, payload: Payload | Raw, state: StoryState, ahead: Ahead
    ) -> list[Finding]:
        findings = []
        recorded, reported = item.envelope.recorded_us, item.envelope.reported_us
        if recorded is not None and recorded < state.recorded_us:
            reason = "this is before the story's last event; leave it out to use the current time"
            findings.append(Finding("recorded-at", "/recorded_at", reason))
        derived = isinstance(payload, SourceCaptured | FactPayload)
        derived = derived and not _source_gone(item, payload, state, ahead)
        if derived and reported not in (
            None,
            self._reported(payload, state, ahead, recorded),
        ):
            reason = "this is not when the source was published; leave it out"
            findings.append(Finding("reported-at", "/reported_at", reason))
        return findings

    def _reported(
        self, payload: Payload | Raw, state: StoryState, ahead: Ahead, recorded: int | None
    ) -> int | None:
        """When the public could know it: when its source was published."""
        source = payload if isinstance(payload, SourceCaptured) else None
        if isinstance(payload, FactPayload):
            source = state.sources.get(payload.source) or ahead.sources.get(payload.source)
        if source is None or source.published is None:
            return None
        try:
            return public_from(source.published, self._now if recorded is None else recorded)
        except ValueError:  # the source has a finding of its own
            return None

    def _accept(
        self,
        item: Item,
        payload: Payload | Raw,
        state: StoryFold,
        ahead: Ahead,
        subject: str | None,
    ) -> None:
        about = item.envelope
        recorded, reported = about.recorded_us, about.reported_us
        derived = isinstance(payload, SourceCaptured | FactPayload)
        if derived and not _source_gone(item, payload, state, ahead):
            reported = self._reported(payload, state, ahead, recorded)
        # Data of an old shape to which nothing was added are kept as written.
        kept = payload == item.payload and about.schema_version != getattr(
            payload, "schema_version", about.schema_version
        )
        new = NewEvent(
            event_id=item.event_id,
            data=Raw(item.fields) if kept else payload,
            type=about.type,
            schema_version=(
                about.schema_version if kept or isinstance(payload, Raw) else payload.schema_version
            ),
            recorded_by=about.recorded_by or self._by,
            causation_id=about.causation_id,
            recorded_us=recorded,
            reported_us=reported,
            subject_key=subject,
        )
        self.plan.expected.setdefault(item.story, state.version)
        event = Event(
            position=len(self.plan.events) + 1,
            event_key=item.event_id.bytes,
            story=item.story,
            slug=state.slug,
            version=state.version + 1,
            type=new.type,
            schema_version=new.schema_version,
            recorded_us=self._now if recorded is None else recorded,
            reported_us=reported,
            subject_key=new.subject_key,
            data=payload,
            recorded_by=new.recorded_by,
            original=item.fields if kept else None,
        )
        if recorded is not None and recorded - self._now > CLOCK_TOLERANCE_US:
            self.plan.future_us = max(recorded, self.plan.future_us or recorded)
        self.plan.named[item.story] = state.slug
        state.apply(event)
        item.payload = payload
        self._seen[item.event_id] = item
        self.plan.events.append((item.story, new))
        if item.renews is not None:
            self.plan.anew.append(item.renews)
        self._keyed.accepted(item, subject)
        if item.document is not None:
            self.plan.documents.append((item.document, subject))
        if isinstance(payload, FactPayload):
            self.plan.facts.append(payload.fact)


def _already_captured(payload: Payload | Raw, state: StoryState, subject: str | None) -> bool:
    """Whether the document is already captured in the story, described the same way."""
    if not isinstance(payload, SourceCaptured) or payload.source not in state.sources:
        return False
    same_key = state.protected.get(payload.source) == subject
    return same_key and not differing(state.sources[payload.source], payload)


def _equal(known: Data | None, payload: Payload | Raw) -> bool:
    if isinstance(known, FactCorrected) and isinstance(payload, FactCorrected):
        known = as_given(known, payload)
    return isinstance(known, Payload | Raw) and to_fields(known) == to_fields(payload)


def _repeated(item: Item, earlier: Item) -> Finding:
    where = f"line {earlier.line.number}" if earlier.line.number is not None else "an earlier event"
    reason = f"the line is the same as {where}; leave it out, or give each an event_id if it happened twice"
    return Finding("line-repeated", "", reason)


def _with_shape(payload: Payload, state: StoryState) -> Payload:
    """A correction with the schema version of the fact that its paths refer to."""
    if isinstance(payload, FactCorrected) and payload.shape is None:
        fact = state.facts.get(payload.fact)
        if fact is not None:
            return msgspec.structs.replace(payload, shape=fact.data.schema_version)
    return payload


def _source_gone(item: Item, payload: Payload | Raw, state: StoryState, ahead: Ahead) -> bool:
    """Whether an imported fact's source was erased, so that its date of publication is unknown."""
    if not isinstance(payload, FactPayload) or item.envelope.recorded_at is None:
        return False
    known = payload.source in state.sources or payload.source in ahead.sources
    return not known and SourceCaptured.type in state.tombstones.types | ahead.erased_types


def _ahead(payloads: Iterable[Payload | Raw]) -> Ahead:
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
