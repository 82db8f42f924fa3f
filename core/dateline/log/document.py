"""One captured document: its bytes, and the text they are read as. Pure."""

from __future__ import annotations

import codecs
import hashlib

import msgspec

from dateline.errors import DatelineError

PREFIX = "sha256:"
#: The charset of a document whose bytes are no text, such as a PDF. Its text is "".
BINARY = "binary"
# Python's own escapes and transports: no document is written in them, and some of them decode
# to halves of surrogate pairs, which no UTF-8 export could hold.
_NO_CHARSETS = frozenset({
    "idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7",
})  # fmt: skip


class Document(msgspec.Struct, frozen=True):
    """Bytes as captured, and the charset they are read with."""

    content: bytes
    charset: str = "utf-8"

    @property
    def source(self) -> str:
        return PREFIX + hashlib.sha256(self.content).hexdigest()

    @property
    def binary(self) -> bool:
        """Whether the bytes are no text. Facts quote a text extracted from it instead."""
        return self.charset == BINARY

    @property
    def text(self) -> str:
        """The text that evidence counts in. Never normalised: no line end or accent is changed.

        Raises DatelineError when the bytes are not of that charset.
        """
        if self.binary:
            return ""
        try:
            if codecs.lookup(self.charset).name.replace("_", "-") in _NO_CHARSETS:
                raise LookupError
            return self.content.decode(self.charset)
        except UnicodeDecodeError as error:
            raise DatelineError(
                f"the document is not {self.charset}: byte {error.start} does not decode",
                hint="give its real --charset",
            ) from None
        except (LookupError, ValueError):  # a name that holds NUL is a ValueError
            raise DatelineError(f"the charset {self.charset!r} is not known") from None
