"""The sources that one document becomes: the document and the text that was read from it."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from msgspec.structs import replace

from dateline.capture.details import (
    DETAILS,
    Details,
    Review,
    in_words,
    taken,
    there_by,
    undated,
    without_noncharacters,
)
from dateline.capture.earlier import Earlier
from dateline.capture.time_limit import READING, limited
from dateline.documents.document import BINARY, Document
from dateline.errors import DatelineError
from dateline.events.acts import short
from dateline.events.entity import EntityIntroduced
from dateline.events.source import SourceCaptured
from dateline.plugins.containers import Contained
from dateline.plugins.formats import Extracted, SourceImporter

#: In which the text of a reading is stored, the first one that gives bytes without another text.
_CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


@dataclass(frozen=True)
class SourceLines:
    """The import lines of a document, and the documents that they name. ``found`` holds the details
    that were taken from the document, ``ignored`` sentences about what was not. ``text`` is None when the
    document's own text is quoted. ``publisher`` may introduce its entity, as ``ID=Label``."""

    lines: list[dict[str, Any]]
    document: Document
    text: Document | None
    publisher: str
    found: dict[str, Any]
    ignored: tuple[str, ...] = ()
    extracted: Extracted | None = None

    @property
    def quoted(self) -> str:
        """The id of the source that facts quote: the text that was read, else the document."""
        return str(self.lines[-1]["source"])

    def content(self, name: str) -> bytes:
        """The bytes of the document with the source id `name`."""
        named = self.text if self.text is not None and self.text.source == name else self.document
        return named.content

    def ids(self, source: str, texts: bool) -> str:
        """The document in words, captured as `source`; with `texts`, also its extracted text."""
        if self.text is None:
            return f"sha256:{short(source)} ({_characters(self.document)})"
        document = (
            f"sha256:{short(source)} ({self.lines[0]['media_type']}, "
            f"{len(self.document.content):,} bytes)"
        )
        if not texts:
            return document
        return (
            f"{document} and its text sha256:{short(self.quoted)} "
            f"({_characters(self.text)}, by {self.lines[-1]['extracted_by']})"
        )

    @property
    def remarks(self) -> list[str]:
        """The reader's note, and what of the document was ignored."""
        note = None if self.extracted is None else self.extracted.note
        return [*([note] if note else []), *self.ignored]

    @property
    def taken(self) -> list[str]:
        """A note on what was taken from the document."""
        return [f"Taken from the document: {in_words(self.found)}."] if self.found else []

    def undated(self, story: str) -> list[str]:
        """A note if nothing says when the document was published."""
        if self.lines[0].get("published"):
            return []
        return [undated(story, short(self.quoted))]


def extracted_from(reader: SourceImporter, document: Document) -> Extracted | None:
    """The text in a document and what it says about itself; None when it is plain text.

    Raises DatelineError (``no-text-extracted``) when there is no text to quote.
    """
    with limited(*READING):
        raw = reader.extract(document)
    if raw is None and document.binary:
        return None
    text, replaced = without_noncharacters(document.text if raw is None else raw.text)
    if not text.strip():
        raise DatelineError(
            "the document contains no text to quote; nothing was written",
            hint="save its text in a file and capture it with --as text",
            code="no-text-extracted",
        )
    if raw is None:
        return None
    notes = [raw.note] if raw.note else []
    if replaced:
        notes.append(
            f"In its text, U+FFFD replaces {replaced} code points that are not characters."
        )
    return replace(raw, text=text, note=" ".join(notes) or None)


def source_lines(
    reader: SourceImporter,
    read: Document,
    extracted: Extracted | None,
    about: Mapping[str, Any],
    stored: Callable[[str], Document | None],
    entities: Mapping[str, EntityIntroduced],
    earlier: Earlier,
    before: SourceCaptured | None = None,
    review: Review | None = None,
    contained: Contained | None = None,
    held: Mapping[str, str] | None = None,
    default_publisher: str | None = None,
) -> SourceLines:
    """The lines of a document and of the text that was read from it. `about` holds the known details;
    missing ones are taken from the earlier capture `before`, else from the document, and then confirmed
    by `review`. `stored` returns a document of the archive by its id; `entities` and `earlier` are
    those of the story. `contained`, `held` and `default_publisher` are those of `Wanted`.

    Raises DatelineError (``publisher-missing``) when nobody says who published it.
    """
    given = {key: value for key, value in about.items() if value}
    found: dict[str, Any] = {}
    ignored: list[str] = []
    if before is not None:
        given = {key: getattr(before, key) for key in DETAILS if getattr(before, key)} | given
    elif extracted is not None or contained is not None:
        found, ignored = taken(extracted or Extracted("", ""), given, entities)
        if contained is not None and contained.retrieved and not (given | found).get("published"):
            found["published"], notes = there_by(contained.retrieved)
            ignored += notes
    if default_publisher is not None and "publisher" not in given | found:
        given["publisher"] = default_publisher
    if review is not None and (found or "publisher" not in given):
        reader_note = [extracted.note] if extracted is not None and extracted.note else []
        shown = Details(given | found, frozenset(found), (*reader_note, *ignored), entities)
        others = {key: value for key, value in given.items() if key not in DETAILS}
        given, found, ignored = {**others, **review(shown)}, {}, []
        if extracted is not None:
            extracted = replace(extracted, note=None)  # it was shown
    details = {key: value for key, value in (given | found).items() if value}
    publisher = details.get("publisher")
    if publisher is None:
        raise DatelineError(
            "nothing believable in the document says who published it",
            hint='name its publisher: --publisher org:ID, or --publisher org:ID="Its name" for a new one',
            code="publisher-missing",
        )
    details["publisher"] = publisher.partition("=")[0]
    details["container"] = held if before is None else None
    document = stored(read.source) or read  # perhaps archived with another charset, which it keeps
    whole = earlier.next_id(document.source)
    lines = [_line(document, reader.media_type, details) | {"source": whole}]
    text = None
    if extracted is not None or (document.text != read.text and not read.binary):
        text = text_of(read if extracted is None else extracted, document, stored)
        derived = {"url": None, "derived_from": whole} | read_by(read, extracted, document)
        line = _line(text, "text/plain", details | derived)
        lines.append(line | {"source": earlier.next_id(text.source)})
    return SourceLines(lines, document, text, publisher, found, tuple(ignored), extracted)


def text_of(
    read: Document | Extracted, document: Document, stored: Callable[[str], Document | None]
) -> Document:
    """The document that holds the text of `document`: in UTF-8, unless these bytes are its own, or are in
    the archive with another text."""
    for charset in _CHARSETS:
        found = Document(read.text.encode(charset), charset)
        known = stored(found.source)
        if found.source != document.source and (known is None or known.text == read.text):
            return known or found
    return found  # refused as a document that is stored with another text


def read_by(read: Document, extracted: Extracted | None, document: Document) -> dict[str, Any]:
    """Who read the text of a document, and in which charset if that is not the one it is stored with."""
    tool = f"dateline {version('dateline')}" if extracted is None else extracted.tool
    other = not read.binary and _codec(read.charset) != _codec(document.charset)
    return {"extracted_by": tool} | ({"read_as": read.charset} if other else {})


def _codec(charset: str) -> str:
    return charset if charset == BINARY else codecs.lookup(charset).name


def _characters(document: Document) -> str:
    count = len(document.text)
    return f"{count:,} character{'' if count == 1 else 's'}"


def _line(document: Document, media_type: str, about: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "type": "source.captured",
        "file": document.source,
        "charset": document.charset,
        "media_type": media_type,
    }
    return fields | {key: value for key, value in about.items() if value is not None}
