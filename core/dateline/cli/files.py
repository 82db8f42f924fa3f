"""Writing files: complete under their name, or not there at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dateline.errors import DatelineError
from dateline.log.files import settle, taken


def write_atomically(path: Path, chunks: Iterator[str], *, force: bool) -> None:
    """Write UTF-8 to a temporary file beside `path`, sync it, then give it its name.

    Raises DatelineError when `path` is there already (unless `force`) or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not force and (path.exists() or path.is_symlink()):
            raise taken(path)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk.encode())
            os.chmod(temporary, 0o666 & ~_umask())
            settle(temporary, path, force=force)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
