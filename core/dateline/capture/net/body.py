"""Reads the body of a response: all of it, up to a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from http.client import HTTPResponse

from dateline.errors import DatelineError

_CHUNK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS


def read_body(response: HTTPResponse, limit: int, url: str) -> bytes:
    """The body, decompressed if the server compressed it although it was not asked to.

    Raises DatelineError if it is over `limit` bytes, compressed or not, if it is incomplete, or if
    its encoding is not supported.
    """
    packing = (response.getheader("Content-Encoding") or "identity").strip().lower()
    chunks = _bounded(_received(response, url), limit, url)
    if packing in ("gzip", "x-gzip"):
        chunks = _bounded(_unpacked(chunks, limit, url), limit, url)
    elif packing != "identity":
        raise DatelineError(
            f"{url} was sent with the encoding {packing}, which was not requested",
            hint="save the page yourself and capture the file",
            code="encoding-unsupported",
        )
    return b"".join(chunks)


def _received(response: HTTPResponse, url: str) -> Iterator[bytes]:
    expected, read = response.length, 0
    while chunk := response.read(_CHUNK):
        read += len(chunk)
        yield chunk
    # When it reads in pieces, http.client takes a lost connection for the end.
    if expected is not None and read < expected:
        raise DatelineError(
            f"{url} ended after {read} of {expected} bytes",
            hint="try again",
            code="download-incomplete",
        )


def _bounded(chunks: Iterator[bytes], limit: int, url: str) -> Iterator[bytes]:
    """`chunks` as they come. Their sizes are counted, whatever a header states."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise DatelineError(
                f"{url} is over {limit // 1024 // 1024} MiB",
                hint="allow more with --max-size",
                code="download-too-large",
            )
        yield chunk


def _unpacked(chunks: Iterator[bytes], limit: int, url: str) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            # One byte more than the limit is enough to see that it is exceeded.
            yield decoder.decompress(chunk, limit + 1)
    except zlib.error as error:
        raise DatelineError(
            f"{url} was sent as gzip, but is not valid gzip: {error}",
            hint="save the page yourself and capture the file",
            code="encoding-broken",
        ) from None
    if not decoder.eof or decoder.unused_data:
        raise DatelineError(
            f"{url} was sent as gzip, but does not end like gzip",
            hint="try again, or save the page yourself and capture the file",
            code="encoding-broken",
        )
