"""One captured document: its bytes, and the text that they decode to. Pure."""

from __future__ import annotations

import codecs
import hashlib
from functools import cached_property

import msgspec

from dateline.errors import DatelineError

PREFIX = "sha256:"
#: The charset of a document whose bytes are not text, such as a PDF. Its text is "".
BINARY = "binary"
# Python's own escapes and transports: documents do not use them, and some of them decode to lone
# surrogates, which a UTF-8 export cannot hold.
_NO_CHARSETS = frozenset({
    "idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7",
})  # fmt: skip


class Document(msgspec.Struct, frozen=True, dict=True):
    """Bytes as captured, and the charset that decodes them."""

    content: bytes
    charset: str = "utf-8"

    @cached_property
    def source(self) -> str:
        return PREFIX + hashlib.sha256(self.content).hexdigest()

    @property
    def binary(self) -> bool:
        """Whether the bytes are not text. Facts quote a text extracted from it instead."""
        return self.charset == BINARY

    @cached_property
    def text(self) -> str:
        """The text in which evidence is located. Never normalised: line ends and accents stay.

        Raises DatelineError when the bytes are not valid in that charset.
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
                code="charset-mismatch",
            ) from None
        except (LookupError, ValueError):  # a name with NUL raises ValueError
            raise DatelineError(
                f"the charset {self.charset!r} is not known",
                hint="give a charset that Python knows, such as utf-8 or cp1252",
                code="charset-unknown",
            ) from None
