"""Files that are complete under their name, or not there at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dateline.errors import DatelineError

#: What SQLite keeps beside a database while it is open.
BESIDE = ("-wal", "-shm", "-journal")


@contextlib.contextmanager
def beside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """The name of a file to make in the folder of `path`; what has it at the end is removed.

    Raises DatelineError when that folder cannot be written to.
    """
    target = Path(path)
    try:
        folder = tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None
    temporary = Path(folder) / target.name
    try:
        yield temporary
    finally:
        for suffix in ("", *BESIDE):
            Path(f"{temporary}{suffix}").unlink(missing_ok=True)
        os.rmdir(folder)


def settle(temporary: str | os.PathLike[str], path: str | os.PathLike[str], *, force: bool) -> None:
    """Sync a file that is complete, then give it its name; `force` replaces what has it.

    Raises DatelineError.
    """
    target = Path(path)
    try:
        handle = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if force:
            os.replace(temporary, target)
        else:
            os.link(temporary, target)  # unlike a rename, fails when somebody was first
        sync_folder(target.parent)
    except FileExistsError:
        raise taken(target) from None
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None


def refuse_used(path: Path) -> None:
    """Raises DatelineError when `path` is in use as a database, or a leftover of one would be taken
    for a part of what gets that name."""
    for suffix in BESIDE:
        rest = Path(f"{path}{suffix}")
        if rest.exists():
            raise DatelineError(
                f"{rest} is there: {path} is in use, or was left in the middle of it",
                hint="close what uses it, or choose another name",
            )


def taken(path: Path) -> DatelineError:
    return DatelineError(f"{path} is there already", hint="overwrite it with --force")


def sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
