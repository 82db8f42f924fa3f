"""PDF: the bytes are kept unchanged, and the text in them is extracted as a source to quote."""

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
from dateline_pdf.columns import by_columns
from dateline_pdf.placed import placed
from dateline_pdf.reading import rejoined, spelled

if TYPE_CHECKING:
    from pypdf import PdfReader

#: Separates pages: page n begins after n - 1 of these.
PAGE_END = "\n\f"
#: The most characters of text that are taken: a small file can unpack to any number.
MAX_CHARS = 64_000_000
#: What is made of the text that pypdf gives; another number whenever that changes.
_LAYOUT = "columns 1"
_PROGRAM = "Microsoft Word - "

# Without a handler, pypdf's remarks on odd files would be printed to stderr.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


class Pdf(SourceImporter):
    """PDF that contains text, read with pypdf. A form feed separates pages. Columns follow one another, also
    where the page draws its lines across them. Ligatures become letters, and words that are divided at
    the end of a line are joined where the document shows how they are written.

    The metadata of a PDF state when and on whose computer the file was made, not when and by whom
    it was published: only its title and language are taken.
    """

    name, suffixes, media_type = "pdf", (".pdf",), "application/pdf"

    def document(self, content: bytes, charset: str | None) -> Document:
        if b"%PDF-" not in content[:1024]:
            raise DatelineError(
                "this is not a PDF: it has no %PDF- header",
                hint="name its format with --as text or --as html",
                code="not-a-pdf",
            )
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
                hint="open it in another program and save it again, or save its text and capture that",
                code="document-unreadable",
            ) from error


def _extracted(reader: PdfReader) -> Extracted:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DatelineError(
            "the PDF is protected by a password",
            hint="save an unprotected copy and capture that",
            code="pdf-encrypted",
        )
    pages = rejoined(_pages(reader))
    empty = [str(number) for number, text in enumerate(pages, 1) if not text.strip()]
    if len(empty) == len(pages):
        raise DatelineError(
            "there is no text in the PDF; nothing was written",
            hint="if its pages are images, OCR it first (for example with ocrmypdf), then capture that",
            code="no-text-extracted",
        )
    return Extracted(
        text=PAGE_END.join(pages),
        tool=f"pypdf {version('pypdf')}, {_LAYOUT}",
        title=_title(reader),
        language=_language(reader),
        note=f"There is no text on page {', '.join(empty)} of {len(pages)}." if empty else None,
    )


def _pages(reader: PdfReader) -> list[str]:
    pages, size = [], 0
    for page in reader.pages:
        text, pieces = placed(page)
        pages.append(spelled(by_columns(pieces) or text))
        size += len(pages[-1])
        if size > MAX_CHARS:
            raise DatelineError(
                f"the PDF contains more than {MAX_CHARS:,} characters of text",
                hint="save the text that you need and capture that with --as text",
                code="text-too-long",
            )
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
