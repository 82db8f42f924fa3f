"""Writing files: complete under their name, or not there at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dateline.errors import DatelineError
from dateline.log.files import made, refuse_kept, taken


def require_free(path: Path, *, force: bool, kept: Iterable[Path]) -> None:
    """See that a file may be written there: before anything is done for it.

    Raises DatelineError when something is there already (unless `force`), or when it must not be
    replaced: the files `kept` by the archive in use, a database, a signing key.
    """
    refuse_kept(path, kept)
    if path.exists() and not path.is_file():  # a device, say: as root a rename would replace it
        raise DatelineError(
            f"{path} is not an ordinary file", hint="choose another name; - is the standard output"
        )
    if not force and (path.exists() or path.is_symlink()):
        raise taken(path)


def write_atomically(
    path: Path, chunks: Iterator[str], *, force: bool, kept: Iterable[Path] = ()
) -> None:
    """Write UTF-8 to a file that has its name when it is complete and synced.

    Raises DatelineError as `require_free`, or when it cannot be written.
    """
    require_free(path, force=force, kept=kept)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with made(path, force=force, mode=0o666 & ~_umask()) as file:
            for chunk in chunks:
                file.write(chunk.encode())
            refuse_kept(path, kept)  # again: it may have come while this was written
    except FileExistsError:
        raise taken(path) from None
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
