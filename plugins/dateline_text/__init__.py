"""Plain text: documents whose text is their bytes, decoded and otherwise unchanged."""

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
    """Plain text. Line ends, accents and byte order marks are kept, and offsets count them."""

    name, suffixes, media_type = "text", (".txt", ".text", ".md"), "text/plain"

    def document(self, content: bytes, charset: str | None) -> Document:
        if charset is None and b"\x00" in content and not marked_charset(content):
            raise DatelineError(
                f"this is not plain text: byte {content.index(0)} is NUL",
                hint="name its format with --as FORMAT; if it is UTF-16 without a byte order mark, give "
                "--charset utf-16-le or utf-16-be",
                code="not-plain-text",
            )
        document = Document(content, charset or find_charset(content))
        if "\x00" in document.text:
            raise DatelineError(
                f"this is not {document.charset} text: character {document.text.index(chr(0))} "
                "is NUL",
                hint="give its real charset with --charset, or name its format with --as FORMAT",
                code="not-plain-text",
            )
        return document


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [PlainText()]
