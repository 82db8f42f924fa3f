"""RTF (Rich Text Format 1.9.1)."""

from __future__ import annotations

import re
from importlib.metadata import version

from dateline.plugin import (
    BINARY,
    DatelineError,
    Document,
    Extracted,
    MissingLibrary,
    SourceImporter,
)
from dateline_office.packed import unreadable

_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_RAW = re.compile(rb"[\x80-\xff]")
#: What the library would show: words that were deleted, and the addresses of links among the words.
_UNSEEN = (
    (re.compile(rb"\\deleted(?![a-z0-9])"), rb"\\*"),
    (re.compile(rb"(\\fldinst[^\\}]{0,20}?)HYPERLINK", re.IGNORECASE), rb"\1"),
)
_CELL = re.compile(rb"\\(?:nest)?cell(?![a-z])")
_PAGE = re.compile(r"\\ansicpg\d{1,5}")
_TITLE = re.compile(r"\{\\title\s([^{}]{0,2000})\}")


class Rtf(SourceImporter):
    """A document in Rich Text Format, read with striprtf: the text of its body, the cells of a row divided by tabs.
    Deleted words, notes, headers and footers are left out. Of its properties only the title is taken.
    """

    name, suffixes, media_type = "rtf", (".rtf",), "application/rtf"

    def document(self, content: bytes, charset: str | None) -> Document:
        if not content.lstrip().startswith(b"{\\rtf"):
            raise DatelineError(
                "this is not an RTF document: it does not begin with {\\rtf",
                hint="name its format with --as",
                code="not-that-document",
            )
        return Document(content, BINARY)

    def extract(self, document: Document) -> Extracted:
        given = _plain(document.content)
        text = "\n".join(line.rstrip("\t ") for line in _read(given).split("\n"))
        title = "".join(
            _read(f"{_page_of(given)} {found}}}").strip() for found in _TITLE.findall(given)[:1]
        )
        return Extracted(
            text.strip("\n"),
            f"striprtf {version('striprtf')}, rtf 1",
            title=title if any(map(str.isalnum, title)) else None,
        )


def _page_of(text: str) -> str:
    """The beginning of a document with the same code page."""
    page = _PAGE.search(text)
    return "{\\rtf1" + (page[0] if page else "")


def _plain(content: bytes) -> str:
    """The document in ASCII, without its pictures and what is not seen."""
    content = _CELL.sub(rb"\\tab", _without_binary(content))
    for pattern, other in _UNSEEN:
        content = pattern.sub(other, content)
    # Then the library decodes it with the charset of the font.
    return _RAW.sub(lambda byte: b"\\'%02x" % byte[0][0], content).decode("ascii")


def _without_binary(content: bytes) -> bytes:
    """The document without bytes that stand in it as they are, whose number it gives."""
    kept, at = [], 0
    while found := _BINARY.search(content, at):
        kept.append(content[at : found.start()])
        at = found.end() + int(found[1])
    return b"".join([*kept, content[at:]])


def _read(text: str) -> str:
    """The words. Raises DatelineError (``document-unreadable``)."""
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError:
        raise MissingLibrary("striprtf", "capture") from None
    try:
        words = rtf_to_text(text, errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # it raises many kinds on broken documents
        raise unreadable(f"{type(error).__name__}: {error}") from error
    # Characters beyond U+FFFF are written as two.
    return str(words).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
