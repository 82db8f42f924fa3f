"""Captured documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from dateline.events.parts import Change, Credit, InContainer
from dateline.events.payload import Payload


def document_of(source: str) -> str:
    """The id of the document that a source is a capture of: ``sha256:HEX`` for ``sha256:HEX.2``."""
    return source.partition(".")[0]


def capture_id(document: str, captures: Iterable[str]) -> str:
    """The id of the next capture of a document after `captures`, all those of its story."""
    last = max((number_of(name) for name in captures if document_of(name) == document), default=0)
    return document if last == 0 else f"{document}.{last + 1}"


def number_of(source: str) -> int:
    """Which capture of its document in its story a source is, from 1."""
    number = source.partition(".")[2]
    return int(number) if number else 1


class SourceCaptured(Payload, frozen=True, kw_only=True):
    """A document was captured. ``source`` is its SHA-256: ``sha256:`` followed by 64 hex digits. Further
    captures of the same document in a story have ``.2``, ``.3`` and so on behind it.

    ``chars`` counts the code points of its text; it is left out if the document is not text.
    ``published`` is an EDTF date. ``derived_from`` is the source that this text was extracted from,
    ``extracted_by`` the tool that extracted it. ``read_as`` is the charset in which the tool read that
    source, if it is another than the one that it is stored with. ``container`` is the file that it was taken
    from, if that held several documents.
    """

    type: ClassVar[str] = "source.captured"
    schema_version: ClassVar[int] = 3
    source: str
    media_type: str = "text/plain"
    title: str | None = None
    publisher: str
    byline: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    published: str | None = None
    place: str | None = None
    url: str | None = None
    language: str | None = None
    chars: int | None = None
    derived_from: str | None = None
    extracted_by: str | None = None
    read_as: str | None = None
    container: InContainer | None = None


class SourceWithdrawn(Payload, frozen=True, kw_only=True):
    """The publisher withdrew the source. Its facts stay and are marked."""

    type: ClassVar[str] = "source.withdrawn"
    source: str
    reason: str


class SourceAmended(Payload, frozen=True, kw_only=True):
    """What was recorded about a source was wrong or incomplete. Each path of ``changes`` is one of its
    fields, such as ``/published``; the whole value of the field is replaced."""

    type: ClassVar[str] = "source.amended"
    source: str
    changes: tuple[Change, ...]
    by: str | None = None
    reason: str
