"""The document to capture: from a file, or from the web when that is allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from dateline.capture.time_limit import READING, limited
from dateline.documents.charset import marked_charset, web_charset
from dateline.documents.document import Document
from dateline.documents.folder import read_bounded
from dateline.documents.shifted import shifted_charset
from dateline.errors import DatelineError, UnknownName
from dateline.plugins.formats import SourceImporter
from dateline.plugins.loaded import Plugins

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: Media types that are second names of others.
_SAME = {"application/xhtml+xml": "text/html", "application/x-pdf": "application/pdf"}


@dataclass(frozen=True)
class Obtained:
    """Bytes and what is known about them. ``charset`` is the one that the server declared."""

    name: str
    content: bytes
    url: str | None = None
    media_type: str | None = None
    charset: str | None = None


def is_url(source: str) -> bool:
    """Whether `source` is a URL of any scheme and not a path."""
    return _URL.match(source) is not None


def obtain(source: str, max_bytes: int, *, allow_network: bool) -> Obtained:
    """The document at `source`, a path or a URL. Raises DatelineError."""
    if not is_url(source):
        return _file(Path(source), max_bytes)
    if not allow_network:
        raise DatelineError(
            "FILE is a URL, and Dateline uses the network only with --allow-network",
            hint="add --allow-network, or save the document yourself and capture the file",
            code="network-not-allowed",
        )
    from dateline.capture.net.fetch import fetch

    found = fetch(source, max_bytes=max_bytes)
    name = PurePosixPath(unquote(urlsplit(found.url).path)).name
    return Obtained(name, found.content, found.url, found.media_type, found.charset)


def _file(path: Path, max_bytes: int) -> Obtained:
    try:
        return Obtained(path.name, read_bounded(path, max_bytes))
    except DatelineError as error:
        if error.code == "file-too-large":
            error.hint = "allow more with --max-size"
        raise


def reader_of(plugins: Plugins, obtained: Obtained, as_: str | None) -> SourceImporter:
    """The importer that reads the document: of the format `as_`, else of the server's media type,
    else of the file suffix. Raises UnknownName, DatelineError."""
    if as_ is not None:
        if as_ not in plugins.source_importers:
            known = ", ".join(sorted(plugins.source_importers)) or "none"
            raise UnknownName(
                f"no plugin reads sources as {as_!r}",
                hint=f"known formats: {known}",
                code="format-unknown",
            )
        return plugins.source_importers[as_]
    found = typed(plugins, obtained.name, obtained.media_type)
    return plugins.source_importer(obtained.name) if found is None else found


def typed(plugins: Plugins, name: str, media_type: str | None) -> SourceImporter | None:
    """The importer for a media type, else for a file name; None if there is none. Raises DatelineError if
    several match."""
    media_type = _SAME.get(media_type or "", media_type)
    for reader in plugins.source_importers.values():
        if reader.media_type == media_type:
            return reader
    try:
        return plugins.source_importer(name)
    except UnknownName:
        return None


def read(
    reader: SourceImporter, obtained: Obtained, charset: str | None, usual: str | None
) -> Document:
    """The document as `reader` reads it: in the charset given, else the `usual` one, in which it was read
    before, else the server's if it fits, else the detected one.

    Raises DatelineError when the document cannot be read.
    """
    if not obtained.content:
        raise DatelineError(
            "the document is empty", hint="get it again, or leave it out", code="document-empty"
        )
    with limited(*READING):
        return _read(reader, obtained, charset or usual)


def _read(reader: SourceImporter, obtained: Obtained, charset: str | None) -> Document:
    declared = web_charset(obtained.charset) if obtained.charset else None
    if shifted_charset(obtained.content):  # for 7-bit text, servers declare their default
        declared = None
    if charset is None and declared and not marked_charset(obtained.content):
        try:
            return reader.document(obtained.content, declared)
        except DatelineError:  # servers are often wrong; the document is a better witness
            pass
    return reader.document(obtained.content, charset)
