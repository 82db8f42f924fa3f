"""Reading a response's body: whole, and no more than allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from http.client import HTTPResponse

from dateline.errors import DatelineError

_CHUNK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS


def read_body(response: HTTPResponse, limit: int, url: str) -> bytes:
    """The body, unpacked if the server packed it unasked.

    Raises DatelineError when it is over `limit` bytes, packed or unpacked, cut short, or packed
    in a way nobody asked for.
    """
    packing = (response.getheader("Content-Encoding") or "identity").strip().lower()
    chunks = _bounded(_received(response, url), limit, url)
    if packing in ("gzip", "x-gzip"):
        chunks = _bounded(_unpacked(chunks, limit, url), limit, url)
    elif packing != "identity":
        raise DatelineError(f"{url} is sent packed as {packing}, which was not asked for")
    return b"".join(chunks)


def _received(response: HTTPResponse, url: str) -> Iterator[bytes]:
    expected, read = response.length, 0
    while chunk := response.read(_CHUNK):
        read += len(chunk)
        yield chunk
    # Read in pieces, http.client takes a connection that breaks off for the end.
    if expected is not None and read < expected:
        raise DatelineError(f"{url} broke off after {read} of {expected} bytes", hint="try again")


def _bounded(chunks: Iterator[bytes], limit: int, url: str) -> Iterator[bytes]:
    """`chunks` as they come. Their sizes are counted, whatever a header promises."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise DatelineError(
                f"{url} is over {limit // 1024 // 1024} MiB", hint="allow more with --max-size"
            )
        yield chunk


def _unpacked(chunks: Iterator[bytes], limit: int, url: str) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            # One byte over the limit is enough to see that it is over.
            yield decoder.decompress(chunk, limit + 1)
    except zlib.error as error:
        raise DatelineError(f"{url} is sent packed as gzip, but is not: {error}") from None
    if not decoder.eof or decoder.unused_data:
        raise DatelineError(f"{url} is sent packed as gzip, and does not end as that does")
