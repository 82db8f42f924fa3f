"""The sources that one document makes: itself, and the text extracted from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dateline.cli.limited import limited
from dateline.errors import DatelineError
from dateline.events.publication import is_publication_date, name_of

if TYPE_CHECKING:
    from dateline.events.source import SourceCaptured
    from dateline.log.document import Document
    from dateline.plugins.formats import Extracted, SourceImporter

#: What a document may say of itself, and an option may say instead.
_DETAILS = ("title", "published", "language", "byline")
_SHORT = 12
# What no text of the archive may hold.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Captured:
    """Import lines, and the documents they bring. ``found`` is what the document said of itself.

    ``text`` is None when the document is its own text.
    """

    lines: list[dict[str, Any]]
    document: Document
    text: Document | None
    found: dict[str, Any]
    extracted: Extracted | None = None

    def content(self, name: str) -> bytes:
        """The bytes of the document that a line names: by its source id."""
        named = self.text if self.text is not None and self.text.source == name else self.document
        return named.content

    def ids(self, texts: bool) -> str:
        """What was captured; with `texts` its extracted text, too."""
        if self.text is None or self.extracted is None:
            return f"{self.document.source} ({len(self.document.text):,} characters)"
        said = (
            f"sha256:{short(self.document.source)} ({self.lines[0]['media_type']}, "
            f"{len(self.document.content):,} bytes)"
        )
        if not texts:
            return said
        return (
            f"{said} and its text sha256:{short(self.text.source)} "
            f"({len(self.text.text):,} characters, by {self.extracted.tool})"
        )

    def notes(self) -> list[str]:
        """What the reader remarked, and what was taken from the document without being asked."""
        said = [self.extracted.note] if self.extracted is not None and self.extracted.note else []
        if self.found:
            details = ", ".join(f"{key} {_words(value)}" for key, value in self.found.items())
            said.append(f"Taken from the document: {details}.")
        return said


def captured(
    reader: SourceImporter,
    document: Document,
    about: dict[str, Any],
    archived: Callable[[str], Document | None],
    before: SourceCaptured | None = None,
) -> Captured:
    """`document` as `reader` reads it. `about` is what is known of it; what it lacks is taken from
    its capture `before`, or from the document. `archived` gives a document that is there already.

    Raises DatelineError when there is no text to quote.
    """
    from dateline.log.document import Document

    about = about | {
        key: getattr(before, key)
        for key in (*_DETAILS, "url")
        if before is not None and not about.get(key)
    }
    with limited("reading the document", "save its text and capture that with --as text"):
        raw = reader.extract(document)
    if raw is None:
        return Captured([_line(document, reader.media_type, about)], document, None, {})
    extracted = _clean(raw, about)
    found = {key: getattr(extracted, key) for key in _DETAILS if not about.get(key)}
    found = {key: value for key, value in found.items() if value and before is None}
    about = about | found
    text = Document(extracted.text.encode())
    known = archived(text.source)
    if known is not None and known.text == text.text:
        text = known  # perhaps under another charset, which keeps it
    derived = {"url": None, "derived_from": document.source, "extracted_by": extracted.tool}
    lines = [
        _line(document, reader.media_type, about),
        _line(text, "text/plain", about | derived),
    ]
    return Captured(lines, document, text, found, extracted)


def _line(document: Document, media_type: str, about: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "type": "source.captured",
        "file": document.source,
        "charset": document.charset,
        "media_type": media_type,
    }
    return fields | {key: value for key, value in about.items() if value is not None}


def _clean(extracted: Extracted, about: dict[str, Any]) -> Extracted:
    from msgspec.structs import replace

    text, lost = _NO_TEXT.subn("\ufffd", extracted.text)
    if not text.strip():
        raise DatelineError("there is no text in it to quote; nothing was written")
    notes = [extracted.note] if extracted.note else []
    notes += (
        [f"In its text, U+FFFD replaces {lost} code points that are not characters."]
        if lost
        else []
    )
    published, of_date = _published(_one_line(extracted.published))
    byline, of_names = _byline(extracted.byline)
    notes += [] if about.get("published") else of_date
    notes += [] if about.get("byline") else of_names
    return replace(
        extracted,
        text=text,
        title=_one_line(extracted.title),
        published=published,
        language=_one_line(extracted.language),
        byline=byline,
        note=" ".join(notes) or None,
    )


def _published(said: str | None) -> tuple[str | None, list[str]]:
    """The date that the document declares, and a note where it cannot be that of a publication."""
    try:
        if said is None or is_publication_date(said):
            return said, []
    except ValueError:
        return said, []  # a rule says what is wrong with it
    note = f"Not taken as its date: {said!r}. If it was published then, give it with --published."
    return None, [note]


def _byline(said: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """The names that the document declares, and a note of what is not a name."""
    given = [name for name in map(_one_line, said) if name]
    left = [name for name in given if name_of(name) is None]
    note = f"Not taken as its byline: {', '.join(map(repr, left))}."
    names = tuple(dict.fromkeys(filter(None, map(name_of, given))))
    return names, [note] if left else []


def _one_line(text: str | None) -> str | None:
    return " ".join(_NO_TEXT.sub("\ufffd", text).split()) or None if text else None


def short(source: str) -> str:
    """As much of a source's id as people type."""
    return source.partition(":")[2][:_SHORT]


def _words(value: str | tuple[str, ...]) -> str:
    return repr(value) if isinstance(value, str) else ", ".join(value)
