"""Turns lines into items: reads each line, finds its story, document and payload; checks only what a
line shows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from dateline.documents.document import Document
from dateline.errors import Finding, Refused, described, stops_plugin
from dateline.events import identity, strict
from dateline.events.editorial import ContentErased
from dateline.events.payload import Payload, Raw
from dateline.events.registry import CORE_NAMES
from dateline.events.source import SourceCaptured, document_of
from dateline.events.strict import JsonObject
from dateline.recording.known import Known
from dateline.recording.line import (
    CUT,
    ERASED,
    Envelope,
    Files,
    Line,
    data,
    document,
    envelope,
    plain,
    shape_finding,
)


class Item(msgspec.Struct, gc=False):
    """One line that is to become an event."""

    line: Line
    envelope: Envelope
    story: UUID
    payload: Payload | Raw
    event_id: UUID = UUID(int=0)  # set once it is known under which key the line is recorded
    subject_key: str | None = None  # that key; before, the one that was asked for
    document: Document | None = None
    given: Mapping[str, Any] = {}  # the line's fields, if its event id is derived from them
    fields: dict[str, Any] = {}  # its data as written, unless they have the newest shape
    renews: int | None = None  # the position of the erasure of its earlier event


class LineReader:
    """Reads lines in order. ``items`` are the lines that could be read, ``findings`` state why others
    could not, ``opened`` are the ids of the stories that lines open, by slug."""

    def __init__(self, known: Known, files: Files, story: UUID | None) -> None:
        self._known, self._registry = known, known.registry
        self._files, self._story = files, story
        self.items: list[Item] = []
        self.findings: list[Finding] = []
        self.opened: dict[str, UUID] = {}
        #: The stories that exist or that a line opens; all items of a story have the same object.
        self._there: dict[int, UUID] = {}

    def take(self, line: Line) -> None:
        """Read one line. It belongs to the story that it names, else to the last one opened above it,
        else to the given one."""
        fields = plain(line)
        kind = fields.get("type")
        if kind == "story.opened":
            self._story = None  # if this line cannot be read, the lines below it have no story
        if kind in (CUT, ERASED) and not line.findings:
            return
        findings = line.findings
        if not findings and not isinstance(line.fields, JsonObject):
            findings = tuple(strict.check(fields))
        if not findings:
            try:
                self.items.append(self._item(line, fields))
                return
            except Refused as refusal:
                findings = refusal.findings
        self.findings += [finding.at(line.number) for finding in findings]

    def _item(self, line: Line, given: Mapping[str, Any]) -> Item:
        about = envelope(given)
        story = self._story
        if about.type == "story.opened":
            story = self._story = self._story_of(given, about)
        elif about.story is not None:
            story = about.story
        if story is None:
            reason = "there is no story.opened above the line, and no --story was given"
            raise Refused([Finding("story-unknown", "", reason)])
        if (known := self._there.get(story.int)) is None:
            if self._known.version(story) == 0:
                raise Refused([Finding("story-unknown", "/story", f"there is no story {story}")])
            known = self._there[story.int] = story
        story = known
        fields, brought = data(given), None
        if about.type == SourceCaptured.type and (brought := document(given, self._files)):
            fields = self._captured(fields, brought)
        if about.type == ContentErased.type and about.event_id and about.recorded_at:
            # Imported: its positions are those of another archive, and nothing is erased here.
            fields = {**fields, "positions": []}
            fields |= {} if about.subject_key is None else {"subject_key": about.subject_key}
        elif about.subject_key is not None or about.type == ContentErased.type:
            reason = "only the archive sets this: use `dateline erase`, not an import"
            raise Refused([Finding("reserved", "/subject_key", reason)])
        payload = self._payload(about, fields)
        newest = about.schema_version == getattr(payload, "schema_version", None)
        return Item(
            line,
            about,
            story,
            payload,
            document=brought,
            given=given if about.event_id is None else {},
            fields={} if newest else fields,
        )

    def _captured(self, fields: dict[str, Any], brought: Document) -> dict[str, Any]:
        """The data of a line that captures the document that it brings."""
        source, text = brought.source, brought.text
        fields = {"source": source} | ({} if brought.binary else {"chars": len(text)}) | fields
        if document_of(str(fields["source"])) != source:
            reason = f"the SHA-256 of the document is {source}, not {fields['source']}"
            raise Refused([Finding("source-bytes", "/source", reason)])
        there = self._known.document(source)
        if there is not None and there.charset != brought.charset:
            reason = (
                f"the document is already archived as {there.charset}: its text would change. To read it "
                f"as {brought.charset}, add a line with that text as its content, derived_from {source} and "
                f"read_as {brought.charset}"
            )
            raise Refused([Finding("document", "/charset", reason)])
        self._known.bring(brought)
        return fields

    def _story_of(self, given: Mapping[str, Any], about: Envelope) -> UUID:
        slug = given.get("slug")
        if not isinstance(slug, str):
            raise Refused([Finding("shape", "/slug", "the slug is missing or is not text")])
        known = self.opened.get(slug) or self._known.story_id(slug)
        found = known or about.story or identity.uuid7()
        self.opened[slug] = self._there[found.int] = found
        return found

    def _payload(self, about: Envelope, fields: dict[str, Any]) -> Payload | Raw:
        event_type = self._registry.get(about.type)
        foreign = event_type is None or about.schema_version > event_type.version
        # Lines written by a plugin or a later Dateline are kept; mistyped ones are refused.
        # A fact needs an id, which cannot be given without knowing its type.
        refusable = about.type.count(".") < 2 or {"text", "source", "evidence"} <= fields.keys()
        if foreign and about.event_id is None and refusable:
            if event_type is not None:
                reason = f"the newest known schema version of {about.type} is {event_type.version}"
                raise Refused([Finding("version-unknown", "/schema_version", reason)])
            import difflib  # slow to import, and this is rare

            near = difflib.get_close_matches(about.type, [t.name for t in self._registry], 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            if about.type.count(".") > 1:
                hint = " of an installed plugin; install the plugin that it belongs to"
            raise Refused(
                [Finding("type-unknown", "/type", f"{about.type!r} is not an event type{hint}")]
            )
        try:
            return self._registry.convert(about.type, about.schema_version, fields)
        except msgspec.ValidationError as error:
            raise Refused([shape_finding(error)]) from None
        except BaseException as error:  # a plugin's upcaster, or the code of its payload
            stops_plugin(error)
            if about.type in CORE_NAMES:
                raise
            reason = f"the plugin of {about.type} cannot read the line: {described(error)}"
            raise Refused([Finding("shape", "", reason)]) from error
