"""Files of strangers that must be read at once, within bounds."""

from __future__ import annotations

from typing import BinaryIO

from dateline.errors import DatelineError

#: The most bytes of a file: what it becomes in memory is several times as large.
MAX_BYTES = 512 * 1024 * 1024


def whole(file: BinaryIO) -> bytes:
    """All bytes of a file. Raises DatelineError (``file-too-large``)."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise DatelineError(
            f"it is over {MAX_BYTES >> 20} MiB, and a file in this format must be read at once",
            hint="export it in parts: fewer chats, or less time",
            code="file-too-large",
        )
    return content
