"""What somebody is said to have said, by its places in a text."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

_AROUND = " \n\t,;:—–-"


class Span(NamedTuple):
    """A place: [`start`, `end`) in code points."""

    start: int
    end: int


class Attribution(msgspec.Struct, frozen=True):
    """``content`` has the places of what was said, in order; it is ``trailing`` if its verb follows, and
    ``direct`` in quotation marks. ``relay`` is who quotes the ``source``, and ``hearer`` to whom it was
    said; ``sentence`` is the place of all of it."""

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    verb: str = "say"
    sentence: Span = Span(0, 0)
    relay: Span | None = None
    hearer: Span | None = None
    direct: bool = False
    trailing: bool = False


def trimmed(text: str, span: Span) -> Span | None:
    """The span without the white space, commas and dashes around it; None if nothing is left."""
    words = text[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip(_AROUND))
    end = span.end - len(words) + len(words.rstrip(_AROUND + "."))
    return Span(start, end) if start < end else None
