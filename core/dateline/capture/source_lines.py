"""The sources that one document becomes: the document and the text extracted from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from dateline.capture.time_limit import limited
from dateline.documents.document import Document
from dateline.errors import DatelineError
from dateline.events.publication import is_publication_date, name_of
from dateline.events.source import SourceCaptured
from dateline.plugins.formats import Extracted, SourceImporter

#: Details that a document may contain and that options override.
_DETAILS = ("title", "published", "language", "byline")
_SHORT = 12
# Code points that a text of the archive cannot contain.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class SourceLines:
    """The import lines of a document, and the documents that they name. ``found`` holds the details
    that were taken from the document. ``text`` is None when the document is plain text itself."""

    lines: list[dict[str, Any]]
    document: Document
    text: Document | None
    found: dict[str, Any]
    extracted: Extracted | None = None

    def content(self, name: str) -> bytes:
        """The bytes of the document with the source id `name`."""
        named = self.text if self.text is not None and self.text.source == name else self.document
        return named.content

    def ids(self, texts: bool) -> str:
        """The captured document in words; with `texts`, also its extracted text."""
        if self.text is None or self.extracted is None:
            return f"{self.document.source} ({len(self.document.text):,} characters)"
        document = (
            f"sha256:{short(self.document.source)} ({self.lines[0]['media_type']}, "
            f"{len(self.document.content):,} bytes)"
        )
        if not texts:
            return document
        return (
            f"{document} and its text sha256:{short(self.text.source)} "
            f"({len(self.text.text):,} characters, by {self.extracted.tool})"
        )

    def notes(self) -> list[str]:
        """The reader's note, and the details that were taken from the document."""
        notes = [self.extracted.note] if self.extracted is not None and self.extracted.note else []
        if self.found:
            details = ", ".join(f"{key} {_words(value)}" for key, value in self.found.items())
            notes.append(f"Taken from the document: {details}.")
        return notes


def source_lines(
    reader: SourceImporter,
    document: Document,
    about: dict[str, Any],
    archived: Callable[[str], Document | None],
    before: SourceCaptured | None = None,
) -> SourceLines:
    """Read `document` with `reader`. `about` holds the known details; missing ones are taken from
    the earlier capture `before`, else from the document. `archived` returns a document of the
    archive by its id.

    Raises DatelineError (``no-text-extracted``) when there is no text to quote.
    """
    about = about | {
        key: getattr(before, key)
        for key in (*_DETAILS, "url")
        if before is not None and not about.get(key)
    }
    with limited("reading the document", "save its text in a file and capture it with --as text"):
        raw = reader.extract(document)
    if raw is None:
        return SourceLines([_line(document, reader.media_type, about)], document, None, {})
    extracted = _clean(raw, about)
    found = {key: getattr(extracted, key) for key in _DETAILS if not about.get(key)}
    found = {key: value for key, value in found.items() if value and before is None}
    about = about | found
    text = Document(extracted.text.encode())
    known = archived(text.source)
    if known is not None and known.text == text.text:
        text = known  # perhaps archived in another charset, which it keeps
    derived = {"url": None, "derived_from": document.source, "extracted_by": extracted.tool}
    lines = [_line(document, reader.media_type, about), _line(text, "text/plain", about | derived)]
    return SourceLines(lines, document, text, found, extracted)


def _line(document: Document, media_type: str, about: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "type": "source.captured",
        "file": document.source,
        "charset": document.charset,
        "media_type": media_type,
    }
    return fields | {key: value for key, value in about.items() if value is not None}


def _clean(extracted: Extracted, about: dict[str, Any]) -> Extracted:
    text, replaced = _NOT_TEXT.subn("\ufffd", extracted.text)
    if not text.strip():
        raise DatelineError(
            "the document contains no text to quote; nothing was written",
            hint="save its text in a file and capture it with --as text",
            code="no-text-extracted",
        )
    notes = [extracted.note] if extracted.note else []
    notes += (
        [f"In its text, U+FFFD replaces {replaced} code points that are not characters."]
        if replaced
        else []
    )
    published, date_notes = _published(_one_line(extracted.published))
    byline, name_notes = _byline(extracted.byline)
    notes += [] if about.get("published") else date_notes
    notes += [] if about.get("byline") else name_notes
    return replace(
        extracted,
        text=text,
        title=_one_line(extracted.title),
        published=published,
        language=_one_line(extracted.language),
        byline=byline,
        note=" ".join(notes) or None,
    )


def _published(declared: str | None) -> tuple[str | None, list[str]]:
    """The date that the document declares, or a note when it cannot be a publication date."""
    try:
        if declared is None or is_publication_date(declared):
            return declared, []
    except ValueError:
        return declared, []  # a rule reports what is wrong with it
    note = f"Ignored its date {declared!r}. If that is when it was published, use --published."
    return None, [note]


def _byline(declared: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """The names that the document declares, and a note about entries that are not names."""
    given = [name for name in map(_one_line, declared) if name]
    ignored = [name for name in given if name_of(name) is None]
    note = f"Ignored in its byline: {', '.join(map(repr, ignored))}."
    names = tuple(dict.fromkeys(filter(None, map(name_of, given))))
    return names, [note] if ignored else []


def _one_line(text: str | None) -> str | None:
    return " ".join(_NOT_TEXT.sub("\ufffd", text).split()) or None if text else None


def short(source: str) -> str:
    """The first characters of a source's id: as many as people type."""
    return source.partition(":")[2][:_SHORT]


def _words(value: str | tuple[str, ...]) -> str:
    return repr(value) if isinstance(value, str) else ", ".join(value)
