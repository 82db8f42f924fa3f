"""DOCX (ISO 29500)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.plugin import Document, Extracted, SourceImporter
from dateline_office.packed import packed_document, tree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_BODY = "word/document.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
#: Elements whose content is not seen: what was deleted or moved away, and older copies of a drawing.
_UNSEEN = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_MC}Fallback"})
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_CELL, _ROW = f"{_W}tc", f"{_W}tr"


class Docx(SourceImporter):
    """A document of Word. Paragraphs are lines, the cells of a row are divided by tabs, and the notes follow at the
    end. Changes are read as if they were accepted. Its properties state on whose computer it was made, not
    who published it: only the title and the language are taken.
    """

    name, suffixes = "docx", (".docx",)
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def document(self, content: bytes, charset: str | None) -> Document:
        return packed_document(content, _BODY, "a DOCX document")

    def extract(self, document: Document) -> Extracted:
        parts = [tree(document, part) for part in (_BODY, *_NOTES)]
        lines = [line for part in parts if part is not None for line in _lines(part)]
        properties = tree(document, "docProps/core.xml")
        return Extracted(
            text="\n".join(lines).strip("\n"),
            tool="dateline docx 1",
            title=_property(properties, "title"),
            language=_property(properties, "language"),
        )


def _lines(element: Any) -> Iterator[str]:
    """The paragraphs below an element, and the rows of tables."""
    for child in element:
        if child.tag in _UNSEEN:
            continue
        if child.tag == f"{_W}p":
            yield _words(child)
        elif child.tag == _ROW:
            yield "\t".join(" ".join(filter(None, _lines(cell))) for cell in _cells(child))
        else:
            yield from _lines(child)


def _cells(element: Any) -> Iterator[Any]:
    """The cells of a row, without those of tables in them."""
    for child in element:
        if child.tag == _CELL:
            yield child
        elif child.tag not in _UNSEEN:
            yield from _cells(child)


def _words(paragraph: Any) -> str:
    parts: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        if element.tag in _UNSEEN:
            continue
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        else:
            parts.append(_SIGNS.get(element.tag, ""))
            waiting += reversed(element)
    return "".join(parts)


def _property(properties: Any, name: str) -> str | None:
    return None if properties is None else properties.findtext(f"{_DC}{name}") or None
