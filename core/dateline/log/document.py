"""One captured document: its bytes, and the text they are read as. Pure."""

from __future__ import annotations

import hashlib

import msgspec

from dateline.errors import DatelineError

PREFIX = "sha256:"


class Document(msgspec.Struct, frozen=True):
    """Bytes as captured, and the charset they are read with."""

    content: bytes
    charset: str = "utf-8"

    @property
    def source(self) -> str:
        return PREFIX + hashlib.sha256(self.content).hexdigest()

    @property
    def text(self) -> str:
        """The text that evidence counts in. Never normalised: no line end or accent is changed.

        Raises DatelineError when the bytes are not of that charset.
        """
        try:
            return self.content.decode(self.charset)
        except LookupError:
            raise DatelineError(f"the charset {self.charset!r} is not known") from None
        except UnicodeDecodeError as error:
            raise DatelineError(
                f"the document is not {self.charset}: byte {error.start} does not decode",
                hint="give its real --charset",
            ) from None
