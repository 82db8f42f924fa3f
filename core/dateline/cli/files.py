"""Writing files: complete under their name, or not there at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dateline.errors import DatelineError
from dateline.log.files import made, taken


def write_atomically(path: Path, chunks: Iterator[str], *, force: bool) -> None:
    """Write UTF-8 to a file that has its name when it is complete and synced.

    Raises DatelineError when `path` is there already (unless `force`) or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not force and (path.exists() or path.is_symlink()):
            raise taken(path)
        with made(path, force=force, mode=0o666 & ~_umask()) as file:
            for chunk in chunks:
                file.write(chunk.encode())
    except FileExistsError:
        raise taken(path) from None
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
