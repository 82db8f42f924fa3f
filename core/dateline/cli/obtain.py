"""The document to capture: from a file, or from the web if that was allowed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.log.document import Document
    from dateline.plugins.formats import SourceImporter
    from dateline.plugins.loaded import Plugins

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: Media types that are another's under a second name.
_SAME = {"application/xhtml+xml": "text/html", "application/x-pdf": "application/pdf"}


@dataclass(frozen=True)
class Obtained:
    """Bytes, and what is known of them besides. ``charset`` is what a server called theirs."""

    name: str
    content: bytes
    url: str | None = None
    media_type: str | None = None
    charset: str | None = None


def is_url(source: str) -> bool:
    """Whether `source` is a URL, of whatever scheme, rather than a path."""
    return _URL.match(source) is not None


def obtain(source: str, max_bytes: int, *, allow_network: bool) -> Obtained:
    """The document that `source`, a path or a URL, names. Raises DatelineError."""
    if not is_url(source):
        return _file(Path(source), max_bytes)
    if not allow_network:
        raise DatelineError(
            "this is a URL, and Dateline stays offline unless told otherwise",
            hint="download it with --allow-network, or save the page yourself and capture the file",
        )
    from dateline.net.fetch import fetch

    found = fetch(source, max_bytes=max_bytes)
    name = PurePosixPath(unquote(urlsplit(found.url).path)).name
    return Obtained(name, found.content, found.url, found.media_type, found.charset)


def _file(path: Path, max_bytes: int) -> Obtained:
    from dateline.recording.files import read_bounded

    with contextlib.suppress(OSError):  # of which reading speaks better
        if path.is_file() and path.stat().st_size > max_bytes:
            raise DatelineError(
                f"{path} is over {max_bytes >> 20} MiB", hint="allow more with --max-size"
            )
    return Obtained(path.name, read_bounded(path, max_bytes))


def reader_of(plugins: Plugins, obtained: Obtained, as_: str | None) -> SourceImporter:
    """What reads the document: the format asked for, else that of the server's media type, else
    that of its suffix. Raises DatelineError."""
    if as_ is not None:
        if as_ not in plugins.source_importers:
            known = ", ".join(sorted(plugins.source_importers)) or "none"
            raise DatelineError(f"no plugin reads sources as {as_!r}", hint=f"known are {known}")
        return plugins.source_importers[as_]
    media_type = _SAME.get(obtained.media_type or "", obtained.media_type)
    for reader in plugins.source_importers.values():
        if reader.media_type == media_type:
            return reader
    return plugins.source_importer(Path(obtained.name).suffix)


def read(
    reader: SourceImporter,
    obtained: Obtained,
    charset: str | None,
    known: Document | None,
    captures: Callable[[], Sequence[int]],
) -> Document:
    """The document as `reader` reads it: in the charset given, else the one it was captured in
    before (`known`), else the server's if it fits, else the one found.

    Raises DatelineError when it cannot be read, or is archived in another reading: `captures` gives
    the positions of that.
    """
    from dateline.cli.recapture import erasing
    from dateline.log.charset import marked_charset, web_charset
    from dateline.log.shifted import shifted_charset

    if charset is None and known is not None and not known.binary:
        charset = known.charset
    said = web_charset(obtained.charset) if obtained.charset else None
    if shifted_charset(obtained.content):  # what servers say of 7-bit text is their default
        said = None
    if charset is None and said and not marked_charset(obtained.content):
        try:
            return reader.document(obtained.content, said)
        except DatelineError:  # servers are often wrong; the document may know better
            pass
    document = reader.document(obtained.content, charset)
    if known is None:
        return document
    if (known.binary, known.text) != (document.binary, document.text):
        raise DatelineError(
            f"{document.source} is in the archive already, read as {known.charset}, "
            f"not as {document.charset}",
            hint="one document has one text. Capture it in the same --charset, --as the same format; "
            f"or, if that was wrong, {erasing(captures())} takes it out: then capture it again. Facts "
            "that quote it stay, and name a source that is not there until then",
        )
    return known
