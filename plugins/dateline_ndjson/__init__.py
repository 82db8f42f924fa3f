"""NDJSON: one event per line. It can be read back: importing an export gives the same views."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from dateline.plugin import (
    CUT,
    ERASED,
    MAX_LINE,
    Cut,
    Document,
    Erased,
    Event,
    Exporter,
    Importer,
    JsonObject,
    Line,
    Material,
    Payload,
    Raw,
    Refused,
    SourceCaptured,
    SourceImporter,
    StatedCut,
    hookimpl,
    to_fields,
    to_iso,
)


class NdjsonExporter(Exporter):
    """Events with ids, times and data, in the order of the log, with their documents.

    The first line states which archive, position and root the export was made from. An erased event
    is a line of a type of its own, which import skips; the event that records the erasure is imported.
    """

    name, suffix, media_type = "ndjson", ".ndjson", "application/x-ndjson"
    by_line = True

    def export(self, material: Material) -> Iterator[str]:
        yield _line({"type": CUT, **material.cut.fields})
        for event in material.events():
            if isinstance(event.data, Erased):
                yield _line(_tombstone(event))
            else:
                yield _line(_fields(event, material))

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        fields = json.loads(content.split("\n", 1)[0])
        return StatedCut(Cut.of(fields)) if fields["type"] == CUT else None


class NdjsonImporter(Importer):
    """The import format: one event per line, such as a source, a fact or a link."""

    name, suffixes = "ndjson", (".ndjson", ".jsonl")

    def read(self, chunks: Iterable[bytes]) -> Iterator[Line]:
        for number, raw in enumerate(_lines(chunks), 1):
            if not raw.strip():
                continue
            try:
                yield Line(JsonObject(raw), number)
            except Refused as refusal:
                yield Line({}, number, refusal.findings)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their line ends. A leading byte order mark is skipped. Of a line that is too
    long, only as much is kept as shows that it is too long."""
    pieces: list[bytes] = []
    held = 0
    mark = b"\xef\xbb\xbf"
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            yield b"".join([*pieces, piece]).removeprefix(mark)
            pieces, held, mark = [], 0, b""
        if rest and held <= MAX_LINE:
            pieces.append(rest)
            held += len(rest)
    if pieces:
        yield b"".join(pieces).removeprefix(mark)


def _tombstone(event: Event) -> dict[str, Any]:
    return {
        "type": ERASED,
        "was": event.type,
        "event_id": str(event.event_id),
        "story": str(event.story),
        "recorded_at": to_iso(event.recorded_us),
        "text": "[erased]",
    }


def _fields(event: Event, material: Material) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": event.type,
        "schema_version": event.schema_version,
        "event_id": str(event.event_id),
        "story": str(event.story),
        "recorded_at": to_iso(event.recorded_us),
    }
    if event.reported_us is not None:
        fields["reported_at"] = to_iso(event.reported_us)
    recorded_by = event.recorded_by
    fields["recorded_by"] = {
        key: value
        for key in ("agent", "tool", "method")
        if (value := getattr(recorded_by, key)) is not None
    }
    if event.causation_id is not None:
        fields["causation_id"] = str(event.causation_id)
    if event.original is not None:
        fields |= event.original
    elif isinstance(event.data, Payload | Raw):
        fields |= to_fields(event.data)
    if isinstance(event.data, SourceCaptured):
        document = material.document(event.data.source)
        fields |= _content(document) if document is not None else {}
    return fields


def _content(document: Document) -> dict[str, str]:
    """The document for its line: as text if that encodes to the same bytes again, else as Base64."""
    text = document.text
    textual = not document.binary and "\x00" not in text
    if textual and text.encode(document.charset) == document.content:
        return {"charset": document.charset, "content": text}
    packed = base64.b64encode(document.content).decode()
    return {"charset": document.charset, "content_base64": packed}


def _line(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [NdjsonExporter()]


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [NdjsonImporter()]
