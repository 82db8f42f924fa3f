"""Plain text: documents whose text is their bytes, decoded and otherwise untouched."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Document, Importer, SourceImporter, hookimpl


class PlainText(SourceImporter):
    """Line ends, accents and byte order marks stay as they are: offsets count what is there."""

    name, suffixes, media_type = "text", (".txt", ".text", ".md"), "text/plain"

    def document(self, content: bytes, charset: str | None) -> Document:
        document = Document(content, charset or "utf-8")
        document.text  # noqa: B018 - decode now: a wrong charset is an error here
        return document


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [PlainText()]
