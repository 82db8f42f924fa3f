"""Captured documents."""

from __future__ import annotations

from typing import ClassVar

from dateline.events.parts import Credit
from dateline.events.payload import Payload


class SourceCaptured(Payload, frozen=True, kw_only=True):
    """A document was archived, content-addressed: ``source`` is ``sha256:`` and 64 hex digits.

    ``chars`` counts the code points of its text (left out when its bytes are no text), ``published``
    is EDTF. ``derived_from`` names the source this text was extracted from, ``extracted_by`` the tool.
    """

    type: ClassVar[str] = "source.captured"
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


class SourceWithdrawn(Payload, frozen=True, kw_only=True):
    """The publisher took the source back. Its facts stay, and say so."""

    type: ClassVar[str] = "source.withdrawn"
    source: str
    reason: str
