"""What the documents of OpenDocument (ISO 26300) have in common: their parts, and how text is written in them."""

from __future__ import annotations

import re
from typing import Any

from dateline.plugin import Document
from dateline_office.packed import part, tree, unreadable

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CONTENT = "content.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
#: What was deleted, what the author wrote beside the text, and how lists and fields are made.
_UNSEEN = frozenset({
    f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{TEXT}sequence-decls", f"{OFFICE}forms",
})  # fmt: skip
_CELL, _ROW = f"{TABLE}table-cell", f"{TABLE}table-row"
#: What stands before and after the text of an element. A note stands in brackets where it is called.
_BEGINS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n", f"{TEXT}note": " ["}
_ENDS = {
    f"{TEXT}p": "\n", f"{TEXT}h": "\n", f"{TEXT}note": "]", f"{TEXT}note-citation": ": ",
    _CELL: "\t", _ROW: "\n",
}  # fmt: skip
#: What is taken away at the end of an element: the line end of a cell's last paragraph, empty cells.
_TRIMMED = {_CELL: "\n", _ROW: "\t", f"{TEXT}note": "\n"}
_BLANK = re.compile(r"\n{3,}")
#: The most spaces that one element stands for.
_SPACES = 30


def body(document: Document, kind: str) -> Any:
    """The element with the content of a document of this kind: ``text`` or ``spreadsheet``. Raises
    DatelineError (``document-unreadable``)."""
    if b"encryption-data" in (part(document, "META-INF/manifest.xml") or b""):
        raise unreadable("it is protected by a password")
    found = tree(document, CONTENT).find(f"{OFFICE}body/{OFFICE}{kind}")
    if found is None:
        raise unreadable(f"it holds no {kind}: it is another kind of document")
    return found


def stated(document: Document, name: str) -> str | None:
    """A property that the document states about itself, as ``title``."""
    meta = tree(document, "meta.xml")
    return None if meta is None else meta.findtext(f"{OFFICE}meta/{_DC}{name}") or None


def count(element: Any, attribute: str, most: int) -> int:
    """How often an element stands for the same, by an attribute: 1 to `most`."""
    given = element.get(attribute, "1")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 1
    return max(1, min(number, most))


def words(element: Any) -> str:
    """The text below an element, in order. An explicit stack, since elements can lie very deep."""
    parts: list[str] = []
    waiting: list[tuple[Any, bool]] = [(element, False)]
    while waiting:
        element, left = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            parts.append(element.tail or "")
        elif left:
            if element.tag in _TRIMMED:
                _trim(parts, _TRIMMED[element.tag])
            parts.append(_ENDS.get(element.tag, ""))
            parts.append((element.tail or "") if element.tag.startswith(TEXT) else "")
        else:
            parts.append(_BEGINS.get(element.tag, ""))
            if element.tag == f"{TEXT}s":
                parts.append(" " * count(element, f"{TEXT}c", _SPACES))
            parts.append((element.text or "") if element.tag.startswith(TEXT) else "")
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]
    return _BLANK.sub("\n\n", "".join(parts))


def _trim(parts: list[str], sign: str) -> None:
    """Take the signs at the end away."""
    while parts and parts[-1] in (sign, ""):
        parts.pop()
