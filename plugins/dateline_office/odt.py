"""ODT (ISO 26300)."""

from __future__ import annotations

from dateline.plugin import Document, Extracted, SourceImporter
from dateline_office.odf import CONTENT, body, stated, words
from dateline_office.packed import packed_document


class Odt(SourceImporter):
    """A text document of LibreOffice. Paragraphs are lines, the cells of a row are divided by tabs, notes stand
    where they are called. Changes are read as if they were accepted. Only the title and the language are
    taken from its properties.
    """

    name, suffixes = "odt", (".odt",)
    media_type = "application/vnd.oasis.opendocument.text"

    def document(self, content: bytes, charset: str | None) -> Document:
        return packed_document(content, CONTENT, "an ODT document")

    def extract(self, document: Document) -> Extracted:
        return Extracted(
            text=words(body(document, "text")).strip("\n"),
            tool="dateline odt 1",
            title=stated(document, "title"),
            language=stated(document, "language"),
        )
