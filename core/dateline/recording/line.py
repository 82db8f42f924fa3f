"""One line of input: its data, its envelope and its document."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from dateline.documents.document import Document
from dateline.errors import DatelineError, Finding, Refused
from dateline.events.clock import from_iso
from dateline.events.envelope import RecordedBy
from dateline.events.identity import INSTRUCTIONS
from dateline.events.strict import JsonObject

#: Type of the first line of an export, which states up to where it reaches. Import skips it.
CUT = "dateline.export"
#: Type of the line that replaces an erased event in an export. Import skips it.
ERASED = "dateline.erased"
#: Returns the bytes of a file that a line names, or raises DatelineError.
Files = Callable[[str], bytes]


def no_files(name: str) -> bytes:
    """The default: no folder was given."""
    raise DatelineError(
        f"no folder was given for the file {name!r}",
        hint="give the folder with --files DIR",
        code="no-files-folder",
    )


class Line(msgspec.Struct, frozen=True, gc=False):
    """A JSON object of the input. ``number`` counts from 1; it is None if there is no file.

    ``findings`` state why a line could not be read: then the whole batch is refused.
    ``fields`` that are a `JsonObject` were checked when they were read; others are checked again.
    """

    fields: Mapping[str, Any]
    number: int | None = None
    findings: tuple[Finding, ...] = ()
    #: It is not recorded under the key of the subject that the batch is recorded for.
    shared: bool = False
    #: It introduces an entity that another line names. It gets that line's key, unless it is shared.
    on_the_way: bool = False


def plain(line: Line) -> dict[str, Any]:
    """The line's fields as a dict of its own."""
    fields = line.fields
    return fields.plain() if isinstance(fields, JsonObject) else dict(fields)


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """The envelope fields of a line. All but the type may be left out."""

    type: str
    stated_version: int | None = msgspec.field(name="schema_version", default=None)
    event_id: UUID | None = None
    story: UUID | None = None
    recorded_at: str | None = None
    reported_at: str | None = None
    subject_key: str | None = None
    recorded_by: RecordedBy | None = None
    causation_id: UUID | None = None

    @property
    def schema_version(self) -> int:
        return self.stated_version or 1

    @property
    def recorded_us(self) -> int | None:
        return None if self.recorded_at is None else from_iso(self.recorded_at)

    @property
    def reported_us(self) -> int | None:
        return None if self.reported_at is None else from_iso(self.reported_at)


_ENVELOPE = frozenset(Envelope.__struct_encode_fields__)
_OF_CAPTURES = _ENVELOPE | INSTRUCTIONS


def envelope(fields: Mapping[str, Any]) -> Envelope:
    """The envelope of a line. Raises Refused if its fields have the wrong shape."""
    if "type" not in fields:
        raise Refused([Finding("shape", "/type", "the type is missing")])
    try:
        found = msgspec.convert(fields, Envelope)
        for text in (found.recorded_at, found.reported_at):
            if text is not None:
                from_iso(text)
    except msgspec.ValidationError as error:
        raise Refused([shape_finding(error)]) from None
    except (ValueError, OverflowError) as error:
        raise Refused([Finding("shape", "/recorded_at", str(error))]) from None
    if found.stated_version is not None and found.stated_version < 1:
        raise Refused([Finding("shape", "/schema_version", "schema versions start at 1")])
    return found


def data(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a line: its fields without the envelope and instructions."""
    found = dict(fields)
    for key in _OF_CAPTURES if fields.get("type") == "source.captured" else _ENVELOPE:
        found.pop(key, None)
    return found


def shape_finding(error: msgspec.ValidationError) -> Finding:
    """msgspec's message as a finding: ``Expected `int` - at `$.evidence[0].start``."""
    reason, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").replace("[", ".").replace("]", "").replace(".", "/")
    return Finding("shape", field, reason)


def document(fields: Mapping[str, Any], files: Files) -> Document | None:
    """The document that comes with a line: in a file that it names, or in the line itself.

    Raises Refused if it cannot be read.
    """
    charset = fields.get("charset", "utf-8")
    name, text = fields.get("file"), fields.get("content")
    packed = fields.get("content_base64")
    if not isinstance(charset, str):
        raise Refused([Finding("shape", "/charset", "the charset is not text")])
    try:
        if isinstance(name, str):
            found = Document(files(name), charset)
        elif isinstance(text, str):
            found = Document(text.encode(charset), charset)
        elif isinstance(packed, str):
            found = Document(base64.b64decode(packed, validate=True), charset)
        else:
            return None
        found.text  # noqa: B018 - decode now, so that a wrong charset is found here
    except (OSError, DatelineError) as error:
        reason = str(error.strerror or error) if isinstance(error, OSError) else str(error)
        field = "/file" if isinstance(name, str) else "/content"
        raise Refused([Finding("document", field, reason)]) from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise Refused([Finding("document", "/content", str(error))]) from None
    return found
