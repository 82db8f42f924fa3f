"""Headers of messages, read so that none of them stops the message or takes long."""

from __future__ import annotations

from contextlib import suppress
from email.header import decode_header, make_header
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

#: A longer header is read without its parts: reading those takes time that grows with the square of its length.
_LONGEST = 8000


class Headers(EmailPolicy):
    """The policy of the library, but for headers that are broken or very long: they are plain text."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return _read(name, value)


@lru_cache(256)  # the library reads a header again each time that somebody asks for it
def _read(name: str, value: str) -> Any:
    if len(value) <= _LONGEST:
        with suppress(Exception):  # it raises many kinds on broken headers
            return _STANDARD.header_fetch_parse(name, value)
    return _plain(value)


_STANDARD = EmailPolicy()


def _plain(value: str) -> str:
    """A header on one line, with its encoded words decoded."""
    line = "".join(value.splitlines())
    with suppress(Exception):  # then it stays as it is written
        line = str(make_header(decode_header(line)))
    # Bytes beyond ASCII that are in no charset.
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
