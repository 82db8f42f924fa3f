"""PDF: the bytes are kept as they are, the text in them is extracted as a source to quote."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from importlib.metadata import version
from typing import TYPE_CHECKING

from dateline.plugin import (
    BINARY,
    DatelineError,
    Document,
    Extracted,
    Importer,
    MissingLibrary,
    SourceImporter,
    hookimpl,
)

if TYPE_CHECKING:
    from pypdf import PdfReader

#: Between pages, so that page n is where n - 1 of them stand before.
PAGE_END = "\n\f"
#: Characters of text at most: what a small file can be made to unpack to.
MAX_CHARS = 64_000_000
_PROGRAM = "Microsoft Word - "

# pypdf's remarks on odd files: without a handler they would go to stderr.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


class Pdf(SourceImporter):
    """PDF with text in it, read by pypdf. Pages end with a form feed.

    A PDF says when its file was made and on whose machine, not when it was published and by whom:
    only its title and language are taken.
    """

    name, suffixes, media_type = "pdf", (".pdf",), "application/pdf"

    def document(self, content: bytes, charset: str | None) -> Document:
        if b"%PDF-" not in content[:1024]:
            raise DatelineError("this is no PDF", hint="say what it is with --as text or --as html")
        return Document(content, BINARY)

    def extract(self, document: Document) -> Extracted:
        try:
            from pypdf import PdfReader
        except ImportError:
            raise MissingLibrary("pypdf", "capture") from None
        try:
            return _extracted(PdfReader(io.BytesIO(document.content)))
        except DatelineError:
            raise
        except Exception as error:  # pypdf raises many kinds on hostile and broken files
            raise DatelineError(
                f"the PDF cannot be read ({type(error).__name__}: {error})",
                hint="open it elsewhere and save it anew, or save its text and capture that",
            ) from error


def _extracted(reader: PdfReader) -> Extracted:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DatelineError(
            "the PDF is protected by a password", hint="save an unprotected copy and capture that"
        )
    pages = _pages(reader)
    empty = [str(number) for number, text in enumerate(pages, 1) if not text.strip()]
    if len(empty) == len(pages):
        raise DatelineError(
            "there is no text in the PDF; nothing was written",
            hint="if it holds pictures of pages, OCR it first (ocrmypdf does), then capture that",
        )
    return Extracted(
        text=PAGE_END.join(pages),
        tool=f"pypdf {version('pypdf')}",
        title=_title(reader),
        language=_language(reader),
        note=f"There is no text on page {', '.join(empty)} of {len(pages)}." if empty else None,
    )


def _pages(reader: PdfReader) -> list[str]:
    pages, size = [], 0
    for page in reader.pages:
        pages.append(page.extract_text())
        size += len(pages[-1])
        if size > MAX_CHARS:
            raise DatelineError(f"there are over {MAX_CHARS:,} characters in the PDF")
    return pages


def _title(reader: PdfReader) -> str | None:
    title = reader.metadata.title if reader.metadata else None
    title = (title or "").strip().removeprefix(_PROGRAM)
    return title if title and title.lower() != "untitled" else None


def _language(reader: PdfReader) -> str | None:
    code = reader.root_object.get("/Lang")
    return str(code) if code else None


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [Pdf()]
