"""Plain text: documents whose text is their bytes, decoded and otherwise untouched."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import (
    DatelineError,
    Document,
    Importer,
    SourceImporter,
    find_charset,
    hookimpl,
    marked_charset,
)


class PlainText(SourceImporter):
    """Line ends, accents and byte order marks stay as they are: offsets count what is there."""

    name, suffixes, media_type = "text", (".txt", ".text", ".md"), "text/plain"

    def document(self, content: bytes, charset: str | None) -> Document:
        if charset is None and b"\x00" in content and not marked_charset(content):
            raise DatelineError(
                f"this is no plain text: byte {content.index(0)} is NUL",
                hint="say what it is with --as FORMAT; UTF-16 without its mark is utf-16-le or -be",
            )
        document = Document(content, charset or find_charset(content))
        if "\x00" in document.text:
            raise DatelineError(
                f"this is no {document.charset} text: character {document.text.index(chr(0))} "
                "is NUL",
                hint="give its real --charset, or say what it is with --as FORMAT",
            )
        return document


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [PlainText()]
