"""Documents that are ZIP files with XML in them, read without entities and within bounds."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from dateline.plugin import BINARY, DatelineError, Document, MissingLibrary, open_zip, read_entry

#: The most bytes of a part, and of all parts together, once they are unpacked.
MAX_PART, MAX_ALL = 64 << 20, 512 << 20
#: The most signs of elements and attributes in a part: each takes some 100 bytes of memory.
MAX_MARKS = 8_000_000
#: The namespaces of "strict" Open XML, and those that every program writes.
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
}
_HINT = "open it in another program and save it again, or save its text and capture that"


def packed_document(content: bytes, part: str, kind: str) -> Document:
    """The document, whose text is in `part`. Raises DatelineError (``not-that-document``,
    ``document-unreadable``, or one of `open_zip`)."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise unreadable(f"it is protected by a password, or older than {kind}")
    try:
        opened = open_zip(BytesIO(content))
    except DatelineError as error:
        if error.code != "zip-damaged":
            raise
        raise DatelineError(
            f"it is not {kind}, or not a complete one", hint=_HINT, code=error.code
        ) from None
    with opened as packed:
        names = packed.namelist()
        if sum(entry.file_size for entry in packed.infolist()) > MAX_ALL:
            raise unreadable(f"it unpacks to more than {MAX_ALL >> 20} MiB")
    if part not in names:
        raise DatelineError(
            f"this is not {kind}: it has no {part}",
            hint="name its format with --as",
            code="not-that-document",
        )
    return Document(content, BINARY)


def part(document: Document, name: str) -> bytes | None:
    """The content of a part; None if there is none. Raises DatelineError."""
    with open_zip(BytesIO(document.content)) as packed:
        return read_entry(packed, name, MAX_PART)


def tree(document: Document, name: str) -> Any:
    """The root element of a part; None if there is none. Raises DatelineError (``document-unreadable``)."""
    try:
        from lxml import etree
    except ImportError:
        raise MissingLibrary("lxml", "capture") from None
    content = part(document, name)
    if content is None:
        return None
    for strict, plain in _STRICT.items():
        content = content.replace(strict, plain)
    if content.count(b"<") + content.count(b"=") > MAX_MARKS:
        raise unreadable(f"its part {name} has millions of elements")
    # No entity is expanded, nothing is loaded, and depth and size are those that lxml allows.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise unreadable(f"its part {name} is not valid XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise unreadable(f"its part {name} declares entities")
    return root


def unreadable(why: str) -> DatelineError:
    return DatelineError(
        f"the document cannot be read: {why}", hint=_HINT, code="document-unreadable"
    )
