"""A batch of lines made into events: completed, checked, refused whole or accepted whole.

Two passes. The first reads every line and learns what the batch brings, so that references may
point forward; the second completes and checks each line against the story as it then stands.
"""

from __future__ import annotations

import difflib
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from dateline.errors import Finding, Refused
from dateline.events import author, identity, rules, strict
from dateline.events.clock import now_us
from dateline.events.editorial import ContentErased, EvidenceAdded, FactCorrected
from dateline.events.edtf import earliest_instant
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Data, Event, NewEvent, RecordedBy
from dateline.events.parts import ErasedEvent
from dateline.events.payload import Erased, FactPayload, Payload, Raw
from dateline.events.present import StoryState, brings
from dateline.events.registry import Registry, to_fields
from dateline.events.rules import Ahead, Context
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryOpened
from dateline.log.document import Document
from dateline.protect.keys import Key
from dateline.protect.vault import Vault
from dateline.recording.line import (
    CUT,
    ERASED,
    Envelope,
    Files,
    Line,
    data,
    document,
    envelope,
    no_files,
    shape_finding,
)
from dateline.recording.protection import companion, foreseen, subject_key

#: Rules that look at more than one payload, beside those of `rules.RULES` and `strict.RULES`.
RULES = (
    "shape", "reserved", "type-unknown", "version-unknown", "story-unknown", "document", "source-bytes",
    "event-id-taken", "event-erased", "perhaps-erased", "line-repeated", "evidence-missing", "evidence-ambiguous", "recorded-at", "reported-at",
    "protection",
)  # fmt: skip

_PERHAPS = (
    "what was protected in this story and erased cannot be recognised any more, and this may be it: "
    "give --protect NAME if it is, or --anew if it is not"
)


class Archived:
    """What a batch asks of the archive it is checked against."""

    def story_id(self, slug: str) -> UUID | None:
        raise NotImplementedError

    def state(self, story: UUID) -> StoryState:
        """The story's present state, at version 0 when it is not there."""
        raise NotImplementedError

    def event(self, event_id: UUID) -> Event | None:
        raise NotImplementedError

    def document(self, source: str) -> Document | None:
        raise NotImplementedError

    def protection(self, source: str) -> tuple[bool, set[str]]:
        """(whether the document is there unprotected, the keys it is there under)"""
        raise NotImplementedError

    def holds(self, subject_key: str) -> bool:
        """Whether content is there under that key."""
        raise NotImplementedError


class Item(msgspec.Struct):
    """One line on its way to an event."""

    line: Line
    envelope: Envelope
    story: UUID
    payload: Payload | Raw
    event_id: UUID = UUID(int=0)  # told once it is known under which key the line goes
    document: Document | None = None
    fields: dict[str, Any] = {}
    given: str | None = None  # the key it is put in under, unless what it speaks of says another
    renews: int | None = None  # the position that says that it was erased before


class Plan(msgspec.Struct):
    """An accepted batch: what to append to which story, at which version."""

    events: list[tuple[UUID, NewEvent]]
    expected: dict[UUID, int]
    documents: list[tuple[Document, str | None]]
    slugs: dict[UUID, str]
    facts: list[str]
    already: int = 0
    #: Lines that were recorded, and erased since; and where it says so of those that are taken anew.
    erased: int = 0
    anew: list[int] = []
    #: What was found of the protection of each document that is captured.
    protection: dict[str, tuple[bool, set[str]]] = {}
    #: Keys that go into use in a story: nothing that stands there is under them.
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
    """Check `lines` and number them into events, under the key `protect` if one is given.

    With `anew` a line whose event was erased, or may have been, becomes a new event. Raises Refused
    with every finding.
    """
    batch = _Batch(archived, registry, files or no_files, recorded_by, vault, protect, anew)
    for line in lines:
        batch.take(line, story)
        if line.fields.get("type") == "story.opened":
            story = batch.story
    batch.check()
    findings = [finding for finding in batch.findings if finding.rule not in rules.disabled]
    if findings:
        raise Refused(sorted(findings, key=lambda finding: finding.line or 0))
    return batch.plan


class _Batch:
    def __init__(
        self,
        archived: Archived,
        registry: Registry,
        files: Files,
        recorded_by: RecordedBy,
        vault: Vault | None,
        protect: Key | None,
        anew: bool,
    ) -> None:
        self._vault, self._protect, self._anew = vault, protect, anew
        self._archived, self._registry, self._files = archived, registry, files
        self._by = recorded_by
        self._now = now_us()
        self._items: list[Item] = []
        self._opened: dict[str, UUID] = {}
        self._states: dict[UUID, StoryState] = {}
        self._texts: dict[str, str | None] = {}
        self._seen: dict[UUID, Item] = {}
        #: Under which keys documents are captured by lines that were accepted; None: in the clear.
        self._captured: dict[str, set[str | None]] = {}
        self._protected: dict[UUID, Mapping[str, str]] = {}
        self._standing: dict[UUID, set[str]] = {}
        self._at_hand: dict[str, bool] = {}
        self.story: UUID | None = None
        self.findings: list[Finding] = []
        self.plan = Plan([], {}, [], {}, [])

    # -- first pass ------------------------------------------------------------------------

    def take(self, line: Line, story: UUID | None) -> None:
        if line.findings:
            self.findings += [finding.at(line.number) for finding in line.findings]
            return
        if line.fields.get("type") in (CUT, ERASED):
            return
        unclean = strict.check(dict(line.fields))
        if unclean:
            self.findings += [finding.at(line.number) for finding in unclean]
            return
        try:
            self._items.append(self._item(line, story))
        except Refused as refusal:
            self.findings += [finding.at(line.number) for finding in refusal.findings]

    def _item(self, line: Line, story: UUID | None) -> Item:
        about = envelope(line)
        if about.type == "story.opened":
            story = self.story = self._story_of(line, about)
        elif about.story is not None:
            story = about.story
        if story is None:
            reason = "no story.opened above it, and no --story given"
            raise Refused([Finding("story-unknown", "", reason)])
        if self._state(story).version == 0 and story not in self._opened.values():
            raise Refused([Finding("story-unknown", "/story", f"there is no story {story}")])
        brought = document(line, self._files) if about.type == "source.captured" else None
        fields = data(line)
        if brought is not None:
            chars = {} if brought.binary else {"chars": len(brought.text)}
            fields = {"source": brought.source, **chars, **fields}
            if fields["source"] != brought.source:
                reason = f"is {fields['source']}, but the document's SHA-256 is {brought.source}"
                raise Refused([Finding("source-bytes", "/source", reason)])
            there = self._archived.document(brought.source)
            if there is not None and there.charset != brought.charset:
                reason = f"is archived as {there.charset} already: its text would change"
                raise Refused([Finding("document", "/charset", reason)])
            self._texts[brought.source] = brought.text
        if about.type == ContentErased.type and about.event_id and about.recorded_at:
            # Told by another archive: positions there are none here, and nothing here is erased.
            fields = {**fields, "positions": []}
            fields |= {} if about.subject_key is None else {"subject_key": about.subject_key}
        elif about.subject_key is not None or about.type == ContentErased.type:
            reason = "is for the archive to set: erase through Dateline, not through an import"
            raise Refused([Finding("reserved", "/subject_key", reason)])
        payload = self._payload(about, fields)
        return Item(line, about, story, payload, document=brought, fields=fields)

    def _story_of(self, line: Line, about: Envelope) -> UUID:
        slug = line.fields.get("slug")
        if not isinstance(slug, str):
            raise Refused([Finding("shape", "/slug", "is missing, or no text")])
        known = self._opened.get(slug) or self._archived.story_id(slug)
        found = known or about.story or identity.uuid7()
        self._opened[slug] = found
        self.plan.slugs[found] = slug
        return found

    def _payload(self, about: Envelope, fields: dict[str, Any]) -> Payload | Raw:
        event_type = self._registry.get(about.type)
        foreign = event_type is None or about.schema_version > event_type.version
        # What a plugin or a later Dateline wrote is kept; what a person mistyped is refused.
        # A fact needs a number, which only who knows its type can give.
        unheard = about.type.count(".") < 2 or {"text", "source", "evidence"} <= fields.keys()
        if foreign and about.event_id is None and unheard:
            if event_type is not None:
                reason = f"{about.type} goes up to schema version {event_type.version} here"
                raise Refused([Finding("version-unknown", "/schema_version", reason)])
            near = difflib.get_close_matches(about.type, [t.name for t in self._registry], 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            if about.type.count(".") > 1:
                hint = " here; install the plugin it belongs to"
            raise Refused(
                [Finding("type-unknown", "/type", f"{about.type!r} is no event type{hint}")]
            )
        try:
            return self._registry.convert(about.type, about.schema_version, fields)
        except msgspec.ValidationError as error:
            raise Refused([shape_finding(error)]) from None

    # -- second pass -----------------------------------------------------------------------

    def check(self) -> None:
        ahead: dict[UUID, Ahead] = {}
        for story in {item.story for item in self._items}:
            items = [item for item in self._items if item.story == story]
            ahead[story] = _ahead(item.payload for item in items)
            state = self._state(story)
            self._standing[story] = set(state.protected.values())
            there = {*state.entities, *state.sources, *state.facts, *state.unread}
            for item in items:
                item.given = self._given(item)
            # What gets its number on the way is known to the state alone.
            ahead_of = foreseen(_given(items), state.protected, there)
            met = [item for item in items if item.line.on_the_way and not item.line.shared]
            for item in met:
                if item.given is None:
                    item.given = companion(brings(item.payload), _given(items), ahead_of)
            if met:
                ahead_of = foreseen(_given(items), state.protected, there)
            self._protected[story] = ChainMap(state.protected, ahead_of)
        for item in self._items:
            findings = self._check(item, ahead[item.story])
            self.findings += [finding.at(item.line.number) for finding in findings]

    def _check(self, item: Item, ahead: Ahead) -> list[Finding]:
        state = self._state(item.story)
        text = self._text_for(item.payload, state)
        payload = item.payload
        protected = self._protected[item.story]
        subject, findings = subject_key(payload, protected, item.given, self._whose)
        item.event_id = item.envelope.event_id or self._derived(item, state, subject)
        earlier = self._seen.get(item.event_id)
        if earlier is not None:
            return [_repeated(item, earlier)]
        event = self._archived.event(item.event_id)
        known = None if event is None else event.data
        if event is None and item.event_id in state.gone:
            told = state.gone[item.event_id]
            reason = f"{item.event_id} was erased (position {told} says why): leave it out"
            return [Finding("event-erased", "/event_id", reason)]
        if event is None and self._perhaps_erased(item, state, subject):
            findings.append(Finding("perhaps-erased", "", _PERHAPS))
        if isinstance(payload, Payload):
            number = known.fact if isinstance(known, FactPayload) else _free(state, ahead)
            payload, incomplete = author.complete(payload, text, number)
            payload = _with_shape(payload, state)
            findings += incomplete
        if event is not None:
            self.plan.already += not isinstance(known, Erased)
            self.plan.erased += isinstance(known, Erased)
            same = event.story == item.story and event.type == item.envelope.type
            derived = item.envelope.event_id is None
            if same and (derived or isinstance(known, Erased) or _equal(known, payload)):
                return []
            reason = (
                f"{item.event_id} is there already with other content; events never change: "
                "record the difference with `dateline correct`"
            )
            return [Finding("event-id-taken", "/event_id", reason)]
        if isinstance(payload, Payload):
            bygone = item.envelope.recorded_at is not None
            context = Context(state, self._text, self._archived.story_id, ahead, bygone=bygone)
            findings += rules.find(payload, context)
        findings += self._documents(payload, item, subject) + self._live(payload)
        findings += self._clocks(item, payload, state, ahead)
        if not findings:
            self._accept(item, payload, state, ahead, subject)
        return findings

    def _given(self, item: Item) -> str | None:
        return None if self._protect is None or item.line.shared else self._protect.id

    def _whose(self, key: str) -> str | None:
        found = self._protect
        if found is None or found.id != key:
            found = None if self._vault is None else self._vault.keys.get(key)
        return None if found is None else found.subject

    def _derived(self, item: Item, state: StoryState, subject: str | None) -> UUID:
        line = _identified(item.line, item.document)
        event_id = identity.import_id(item.story, line, self._digest(subject))
        if subject is None and state.keys and self._archived.event(event_id) is None:
            # Put in under a key before, and without a word of it now: it is the same all the same.
            for key in self._open(state):
                keyed = identity.import_id(item.story, line, self._digest(key))
                event_id = keyed if keyed.bytes in state.keyed else event_id
        while self._anew and event_id in state.gone:
            item.renews = state.gone[event_id]
            event_id = identity.renewed(event_id)
        return event_id

    def _open(self, state: StoryState) -> list[str]:
        """Keys that the story's content is or was under, as far as they are at hand."""
        for key in state.keys - self._at_hand.keys():
            held = None if self._vault is None else self._vault.keys.secret(key)
            self._at_hand[key] = held is not None
        return [key for key in sorted(state.keys) if self._at_hand[key]]

    def _perhaps_erased(self, item: Item, state: StoryState, subject: str | None) -> bool:
        """Whether the line may be one that was protected in this story and erased: its id was keyed,
        and with the key went all that could tell."""
        if self._anew or subject is not None or isinstance(item.payload, StoryOpened):
            return False
        return item.envelope.event_id is None and len(self._open(state)) < len(state.keys)

    def _digest(self, subject: str | None) -> Callable[[bytes], bytes]:
        if subject is None:
            return identity.sha256
        assert self._vault is not None
        return partial(self._vault.id_digest, subject)

    def _documents(self, payload: Payload | Raw, item: Item, subject: str | None) -> list[Finding]:
        """A document is protected everywhere it is captured, or nowhere: one copy would give away
        the other."""
        if not isinstance(payload, SourceCaptured):
            return []
        found = self.plan.protection.get(payload.source)
        if found is None:
            found = self.plan.protection[payload.source] = self._archived.protection(payload.source)
        captured = self._captured.get(payload.source, set())
        in_clear = found[0] or None in captured
        held = found[1] | {key for key in captured if key is not None}
        names = [f'"{name}"' for name in sorted(filter(None, map(self._whose, held)))]
        whose = " and ".join(names) or "another subject"
        reason = None
        if subject is not None and in_clear:
            reason = "is archived unprotected already: erase that first, or leave --protect out"
        elif subject is None and held:
            step = f"--protect {names[0]}" if names else "--protect"
            reason = f"is archived under the protection of {whose}: give {step}"
        elif subject is not None and item.document is None and held and subject not in held:
            reason = f"is archived under {whose}: bring its bytes along"
        return [] if reason is None else [Finding("protection", "/source", reason)]

    def _live(self, payload: Payload | Raw) -> list[Finding]:
        """Another archive's erasure is told, not carried out: what is here must not be named."""
        if not isinstance(payload, ContentErased):
            return []
        key = payload.subject_key
        if key is not None and (self._protects(key) or self._archived.holds(key)):
            reason = f"{key} protects what is in this archive: erase it here, with `dateline erase`"
            return [Finding("reserved", "/subject_key", reason)]
        found = (self._archived.event(item.event_id) for item in payload.events)
        live = [e for e in found if e is not None and not isinstance(e.data, Erased)]
        findings = []
        if live:
            positions = " ".join(str(event.position) for event in live)
            reason = (
                f"what it erased is in this archive: erase it here, `dateline erase {positions}`"
            )
            findings.append(Finding("reserved", "/events", reason))
        for item in payload.events:
            if item.event_id in self._seen:
                earlier = self._seen[item.event_id].line.number
                where = "above" if earlier is None else f"in line {earlier}"
                reason = f"what it erased stands {where}: leave that out"
                findings.append(Finding("reserved", "/events", reason))
        return findings

    def _protects(self, key: str) -> bool:
        """Whether more may still be put under that key."""
        if self._protect is not None and self._protect.id == key:
            return True
        known = None if self._vault is None else self._vault.keys.get(key)
        return known is not None and known.state == "live"

    def _clocks(
        self, item: Item, payload: Payload | Raw, state: StoryState, ahead: Ahead
    ) -> list[Finding]:
        findings = []
        recorded, reported = item.envelope.recorded_us, item.envelope.reported_us
        if recorded is not None and recorded > self._now:
            findings.append(Finding("recorded-at", "/recorded_at", "is in the future"))
        elif recorded is not None and recorded < state.recorded_us:
            reason = "is before the story's last event; leave it out to have it set now"
            findings.append(Finding("recorded-at", "/recorded_at", reason))
        derived = isinstance(payload, SourceCaptured | FactPayload)
        derived = derived and not _source_gone(item, payload, state, ahead)
        if derived and reported not in (None, self._reported(payload, state, ahead)):
            reason = "is not when the source was published; leave it out"
            findings.append(Finding("reported-at", "/reported_at", reason))
        return findings

    def _reported(self, payload: Payload | Raw, state: StoryState, ahead: Ahead) -> int | None:
        """When the public could know: the earliest instant of the source's publication."""
        source = payload if isinstance(payload, SourceCaptured) else None
        if isinstance(payload, FactPayload):
            source = state.sources.get(payload.source) or ahead.sources.get(payload.source)
        if source is None or source.published is None:
            return None
        try:
            return earliest_instant(source.published)
        except ValueError:  # the source's own finding says so
            return None

    def _accept(
        self,
        item: Item,
        payload: Payload | Raw,
        state: StoryState,
        ahead: Ahead,
        subject: str | None,
    ) -> None:
        about = item.envelope
        recorded, reported = about.recorded_us, about.reported_us
        derived = isinstance(payload, SourceCaptured | FactPayload)
        if derived and not _source_gone(item, payload, state, ahead):
            reported = self._reported(payload, state, ahead)
        # An old shape that nothing was added to is kept as it was written.
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
        state.apply(event)
        item.payload = payload
        self._seen[item.event_id] = item
        self.plan.events.append((item.story, new))
        if item.renews is not None:
            self.plan.anew.append(item.renews)
        if subject is not None and subject not in self._standing[item.story]:
            self.plan.first_used.add(subject)
        if item.document is not None:
            self.plan.documents.append((item.document, subject))
            self._captured.setdefault(item.document.source, set()).add(subject)
        if isinstance(payload, FactPayload):
            self.plan.facts.append(payload.fact)

    # -- what both passes look up ----------------------------------------------------------

    def _state(self, story: UUID) -> StoryState:
        if story not in self._states:
            self._states[story] = self._archived.state(story).fork()
        return self._states[story]

    def _text(self, source: str) -> str | None:
        if source not in self._texts:
            document = self._archived.document(source)
            self._texts[source] = None if document is None else document.text
        return self._texts[source]

    def _text_for(self, payload: Payload | Raw, state: StoryState) -> str | None:
        if isinstance(payload, FactPayload):
            return self._text(payload.source)
        if isinstance(payload, EvidenceAdded) and payload.fact in state.facts:
            return self._text(state.facts[payload.fact].source)
        return None


def _given(items: Iterable[Item]) -> list[tuple[Payload | Raw, str | None]]:
    return [(item.payload, item.given) for item in items]


def _equal(known: Data | None, payload: Payload | Raw) -> bool:
    return isinstance(known, Payload | Raw) and to_fields(known) == to_fields(payload)


def _identified(line: Line, brought: Document | None) -> dict[str, Any]:
    """The line an id is derived from: it names its document, however that was brought."""
    return {**line.fields, **({} if brought is None else {"source": brought.source})}


def _free(state: StoryState, ahead: Ahead) -> str:
    """The next fact id that neither the story nor a later line of the batch has."""
    number = state.highest + 1
    while f"f{number}" in ahead.facts:
        number += 1
    return f"f{number}"


def _repeated(item: Item, earlier: Item) -> Finding:
    where = f"line {earlier.line.number}" if earlier.line.number is not None else "an earlier event"
    reason = f"is the same as {where}; leave it out, or give each its event_id if it happened twice"
    return Finding("line-repeated", "", reason)


def _with_shape(payload: Payload, state: StoryState) -> Payload:
    """A correction says which shape of the fact its paths speak of."""
    if isinstance(payload, FactCorrected) and payload.shape is None:
        fact = state.facts.get(payload.fact)
        if fact is not None:
            return msgspec.structs.replace(payload, shape=fact.data.schema_version)
    return payload


def _source_gone(item: Item, payload: Payload | Raw, state: StoryState, ahead: Ahead) -> bool:
    """Whether an imported fact's source was erased, so that nothing tells when it was published."""
    if not isinstance(payload, FactPayload) or item.envelope.recorded_at is None:
        return False
    known = payload.source in state.sources or payload.source in ahead.sources
    return not known and SourceCaptured.type in state.lost | ahead.lost


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
