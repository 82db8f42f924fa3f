"""WARC files (ISO 28500), read with warcio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from io import StringIO
from typing import IO, TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

from dateline.plugin import Contained, Container, DatelineError, MissingLibrary, stated_date

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_DOCUMENTS = frozenset({"response", "resource", "conversion"})
_CHUNK = 1 << 16
#: The most bytes of the headers of a record.
_HEADERS = 1 << 20
_DAMAGED = "get the file again; what was read before this point is kept"


class Warc(Container):
    """A crawl: each response with status 200, resource and conversion is a document, without its HTTP headers.
    It knows the address, and when the document was retrieved: that is no date of publication. Requests,
    redirects, errors and revisits hold no document.
    """

    name = "warc"
    suffixes = (".warc", ".warc.gz", ".arc", ".arc.gz")
    media_types = ("application/warc",)

    def recognizes(self, beginning: bytes) -> bool:
        return beginning.startswith((b"WARC/", b"filedesc:", b"\x1f\x8b"))

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        return records(file)


def records(file: IO[bytes], prefix: str = "") -> Iterator[Contained]:
    """The documents of a WARC file, which is read from its beginning to its end."""
    try:
        from warcio.archiveiterator import ArchiveIterator

        from dateline_warc.brotli_stream import use_brotli
    except ImportError as error:
        raise MissingLibrary(error.name or "warcio", "capture") from error
    use_brotli()
    number = wrong = 0
    crawl = ArchiveIterator(file, arc2warc=True)
    crawl.reader.readline = _bounded(crawl.reader.readline)
    while True:
        try:
            with redirect_stderr(StringIO()):  # it prints what it finds wrong
                record = next(crawl, None)
        except Exception as error:  # it raises many kinds on broken records
            raise _unreadable(error, number) from error
        if crawl.err_count > wrong:
            wrong = crawl.err_count
            what = f"a record up to document {number} does not end where it says"
            yield Contained(f"{prefix}{number}", error=_damaged(what))
        if record is None:
            return
        if record.rec_type in _DOCUMENTS and _is_complete(record):
            number += 1
            yield _contained(record, f"{prefix}{number}/")


def _bounded(readline: Callable[..., bytes]) -> Callable[..., bytes]:
    """Reading lines, but not for ever: compressed headers of a few kilobytes may be gigabytes."""
    read = 0

    def bounded(length: int | None = None) -> bytes:
        nonlocal read
        line = readline(min(length or _HEADERS, _HEADERS))
        read = read + len(line) if line.strip() else 0  # an empty line ends the headers
        if read > _HEADERS:
            raise ValueError(f"its headers are over {_HEADERS >> 20} MiB")
        return line

    return bounded


def _unreadable(error: Exception, number: int) -> DatelineError:
    if "non-chunked gzip" in str(error):
        return DatelineError(
            "the crawl is compressed in one piece, and not record by record",
            hint="unpack it with gunzip, and capture the file that is in it",
            code="warc-damaged",
        )
    return _damaged(f"what comes after document {number} is not a record of a crawl")


def _damaged(what: str) -> DatelineError:
    return DatelineError(what, hint=_DAMAGED, code="warc-damaged")


def _is_complete(record: ArcWarcRecord) -> bool:
    """Whether it holds a document: its HTTP status is 200, or it has none."""
    return record.http_headers is None or record.http_headers.get_statuscode() == "200"


def _contained(record: ArcWarcRecord, prefix: str) -> Contained:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    media_type, _, rest = _content_type(record).partition(";")
    charset = rest.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return Contained(
        prefix + _file_name(url),
        _pieces(record),
        media_type=media_type.strip().lower() or None,
        charset=charset or None,
        retrieved=stated_date(record.rec_headers.get_header("WARC-Date") or ""),
        url=url if url.startswith(("http://", "https://")) else None,
    )


def _content_type(record: ArcWarcRecord) -> str:
    headers = record.rec_headers if record.http_headers is None else record.http_headers
    return headers.get_header("Content-Type") or ""


def _pieces(record: ArcWarcRecord) -> Iterator[bytes]:
    """The content without its transfer and content encodings. Raises DatelineError (``warc-damaged``)."""
    stream: Any = record.content_stream()
    try:
        while piece := stream.read(_CHUNK):
            yield piece
        if getattr(record.raw_stream, "limit", 0) > 0:
            raise _damaged("it is shorter than its record says")
    except DatelineError:
        raise
    except ImportError as error:
        raise MissingLibrary(error.name or "brotli", "capture") from error
    except Exception as error:  # each decoder raises errors of its own
        raise _damaged("its content is not in the encoding that its headers say") from error


def _file_name(url: str) -> str:
    """The last part of an address, as a file name."""
    try:
        path = unquote(urlsplit(url.strip("<>")).path)
    except ValueError:
        path = ""
    name = "".join(char for char in path.rpartition("/")[2] if char.isprintable())[-80:]
    return name.replace("\\", "_").strip(". ") or "index.html"
