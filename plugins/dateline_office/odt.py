"""ODT (ISO 26300)."""

from __future__ import annotations

import re
from typing import Any

from dateline.plugin import Document, Extracted, SourceImporter
from dateline_office.packed import packed_document, tree, unreadable

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "content.xml"
#: What was deleted, what the author wrote beside the text, and how lists and fields are made.
_UNSEEN = frozenset({
    f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}sequence-decls", f"{_OFFICE}forms",
})  # fmt: skip
_CELL, _ROW = f"{_TABLE}table-cell", f"{_TABLE}table-row"
#: What stands before and after the text of an element. A note stands in brackets where it is called.
_BEGINS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n", f"{_TEXT}note": " ["}
_ENDS = {
    f"{_TEXT}p": "\n", f"{_TEXT}h": "\n", f"{_TEXT}note": "]", f"{_TEXT}note-citation": ": ",
    _CELL: "\t", _ROW: "\n",
}  # fmt: skip
#: What is taken away at the end of an element: the line end of a cell's last paragraph, empty cells.
_TRIMMED = {_CELL: "\n", _ROW: "\t", f"{_TEXT}note": "\n"}
_BLANK = re.compile(r"\n{3,}")
#: The most spaces that one element stands for.
_SPACES = 1000


class Odt(SourceImporter):
    """A text document of LibreOffice. Paragraphs are lines, the cells of a row are divided by tabs, notes stand
    where they are called. Changes are read as if they were accepted. Only the title and the language are
    taken from its properties.
    """

    name, suffixes = "odt", (".odt",)
    media_type = "application/vnd.oasis.opendocument.text"

    def document(self, content: bytes, charset: str | None) -> Document:
        return packed_document(content, _CONTENT, "an ODT document")

    def extract(self, document: Document) -> Extracted:
        content, meta = tree(document, _CONTENT), tree(document, "meta.xml")
        body = content.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise unreadable("it holds no text: it is another kind of document")
        return Extracted(
            text=_words(body).strip("\n"),
            tool="dateline odt 1",
            title=_property(meta, "title"),
            language=_property(meta, "language"),
        )


def _words(body: Any) -> str:
    """The text below an element, in order. An explicit stack, since elements can lie very deep."""
    parts: list[str] = []
    waiting: list[tuple[Any, bool]] = [(body, False)]
    while waiting:
        element, left = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            parts.append(element.tail or "")
        elif left:
            if element.tag in _TRIMMED:
                _trim(parts, _TRIMMED[element.tag])
            parts.append(_ENDS.get(element.tag, ""))
            parts.append((element.tail or "") if element.tag.startswith(_TEXT) else "")
        else:
            parts.append(_BEGINS.get(element.tag, ""))
            if element.tag == f"{_TEXT}s":
                count = element.get(f"{_TEXT}c", "1")
                parts.append(" " * min(int(count) if count.isdecimal() else 1, _SPACES))
            parts.append((element.text or "") if element.tag.startswith(_TEXT) else "")
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]
    return _BLANK.sub("\n\n", "".join(parts))


def _trim(parts: list[str], sign: str) -> None:
    """Take the signs at the end away."""
    while parts and parts[-1] in (sign, ""):
        parts.pop()


def _property(meta: Any, name: str) -> str | None:
    return None if meta is None else meta.findtext(f"{_OFFICE}meta/{_DC}{name}") or None
