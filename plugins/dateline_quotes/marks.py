"""The quotations of a text by their marks, paragraph by paragraph. Pure, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

#: Single marks count at the start of a word, and after the punctuation that ends a quotation.
#: Each alternative begins with the mark itself: so the search skips all other characters at once.
_MARK = re.compile(
    r"\"|’’|“|”|„|‟|«|»|``|''|‘(?<![\w’']‘)(?=\w)|'(?<![\w’']')(?=\w)|’(?<=[.,!?…—–-]’)(?!\w)|'(?<=[.,!?…—–-]')(?!\w)"
)
#: What closes a quotation, by what opened it.
_CLOSED_BY = {
    '"': ('"', "”"), "“": ("”", '"', "’’"), "‟": ("”", '"'), "„": ("“", "”", '"'), "``": ("''", '"'), "''": ("''",), "«": ("»",), "»": ("«",),
    "‘": ("’", "'"), "'": ("’", "'"),
}  # fmt: skip
_LINE = re.compile(r"[^\n]+")
_BLOCK = re.compile(r"[^\n]+(?:\n(?!\s)[^\n]+)*")
#: What a line ends with unless it goes on in the next one.
_ENDED = re.compile(r"[.!?:;…\"”’'»)\]]\s*\Z")


class Quoted(NamedTuple):
    """A quotation at [`start`, `end`) of a text, with its marks."""

    start: int
    end: int


class Paragraph(NamedTuple):
    start: int
    end: int
    quoted: list[Quoted]


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The paragraphs of a text: its lines, or its blocks of lines where lines are broken at a width."""
    for match in (_BLOCK if _is_wrapped(text) else _LINE).finditer(text):
        yield Paragraph(match.start(), match.end(), quoted(text, *match.span()))


def quoted(text: str, start: int, end: int) -> list[Quoted]:
    """The quotations of one paragraph, in order. Marks of another kind inside one are a part of it. One that
    is not closed goes on in the next paragraph, which opens it again."""
    found = list[Quoted]()
    opened, kind = -1, ""
    for match in _MARK.finditer(text, start, end):
        mark, at = match[0], match.start()
        opens = _opens(text, at, match.end(), mark)
        if opened >= 0 and mark in _CLOSED_BY[kind] and not (opens and mark in "\"''"):
            found.append(Quoted(opened, match.end()))
            opened = -1
        elif opens and (opened < 0 or _restarts(kind, mark)):
            opened, kind = at, mark
    if opened >= 0 and kind not in "‘'":
        found.append(Quoted(opened, end))
    return found


def _opens(text: str, at: int, end: int, mark: str) -> bool:
    if mark in "\"'‘»":
        return (
            not text[at - 1 : at].isalnum()
            and not (at and text[at - 1] in ".,!?")
            and not text[end : end + 1].isspace()
        )
    return mark in "“„‟«``" or (
        mark == "''" and not text[end : end + 1].isspace() and not text[at - 1 : at].strip()
    )


def _restarts(kind: str, mark: str) -> bool:
    """Whether a quotation was never closed, as the same mark opens another."""
    return mark == kind or (kind in "‘'" and mark not in "‘'")


def _is_wrapped(text: str) -> bool:
    lines = text.split("\n")
    inner = [one for one, after in pairwise(lines) if one.strip() and after.strip()]
    return len(inner) > 4 and sum(not _ENDED.search(one[-8:]) for one in inner) > 0.6 * len(inner)
