"""Writes files so that they have their name only when they are complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from dateline.cli.terminal.output import give
from dateline.errors import DatelineError
from dateline.log.atomic_file import made, plain_mode, taken
from dateline.log.overwriting import refuse_kept


def require_free(path: Path, *, force: bool, kept: Iterable[Path]) -> None:
    """Check that a file may be written at `path`, before any work is done for it.

    Raises DatelineError if a file exists there (unless `force`), or if it must not be replaced: one
    of `kept`, the files of the archive in use; a database; a signing key; anything but a file.
    """
    refuse_kept(path, kept)
    if path.exists() and not path.is_file():  # such as a device, which root could replace
        raise DatelineError(
            f"{path} is not a regular file",
            hint="choose another name; - writes to standard output",
            code="output-not-a-file",
        )
    if not force and (path.exists() or path.is_symlink()):
        raise taken(path)


def write_atomically(
    path: Path, chunks: Iterator[str | bytes], *, force: bool, kept: Iterable[Path] = ()
) -> None:
    """Write bytes, or text in UTF-8, to a file that gets its name when it is complete and synced.

    Raises DatelineError as `require_free` does, or if the file cannot be written.
    """
    require_free(path, force=force, kept=kept)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with made(path, force=force, mode=plain_mode()) as file:
            for chunk in chunks:
                file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
            refuse_kept(path, kept)  # again: it may have appeared meanwhile
    except FileExistsError:
        raise taken(path) from None
    except OSError as error:
        raise DatelineError(
            f"cannot write {path}: {error.strerror}",
            hint="check the folder, its permissions and the space left, or choose another name",
            code="output-not-writable",
        ) from None


def write_or_give(target: Path | None, text: str, *, force: bool, kept: Iterable[Path]) -> None:
    """Write the file `target`, or print on stdout if it is None."""
    if target is None:
        give(text)
    else:
        write_atomically(target, iter([text]), force=force, kept=kept)
