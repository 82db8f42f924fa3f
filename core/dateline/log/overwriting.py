"""What no output may overwrite: databases, signing keys, and the files of the archive in use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from dateline.errors import DatelineError

#: Suffixes of the files that SQLite keeps next to an open database.
BESIDE = ("-wal", "-shm", "-journal")
_DATABASE = "is a database"
#: First bytes of files that cannot be made again: those of SQLite, and signing keys.
_BEGINS = {
    b"SQLite format 3\0": _DATABASE,
    bytes.fromhex("377f0682"): "belongs to a database",
    bytes.fromhex("377f0683"): "belongs to a database",
    bytes.fromhex("d9d505f920a163d7"): "belongs to a database",
    b"PRIVATE+KEY+": "is a signing key",
}


def refuse_kept(
    path: Path,
    kept: Iterable[Path] = (),
    *,
    replaceable: Callable[[Path], bool] = lambda path: False,
) -> None:
    """Check that an output does not replace a file that cannot be made again, under whatever name: the
    files `kept` by the archive in use (whether they exist or not), any database or signing key, and
    the files of SQLite next to a database. A database that is `replaceable` may be overwritten.

    Raises DatelineError.
    """
    path = Path(path)
    if any(same_file(path, own) for own in kept):  # first, because opening it could release locks
        raise _kept(path, "is in use: it is the archive itself or one of its files")
    if (begins := _kind(path)) is not None and not (begins == _DATABASE and replaceable(path)):
        raise _kept(path, begins)
    for suffix in BESIDE:
        if path.name.endswith(suffix) and _kind(Path(str(path)[: -len(suffix)])) == _DATABASE:
            raise _kept(path, "belongs to the database next to it")


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file; where there is none yet, whether the paths are equal."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _kind(path: Path) -> str | None:
    """The kind of a file that no output may replace, by its first bytes; None for other files."""
    if not path.is_file():
        return None
    try:
        with open(path, "rb") as file:
            begins = file.read(16)
    except OSError:
        return None  # the system reports this when the file is to be written
    return next((kind for sign, kind in _BEGINS.items() if begins.startswith(sign)), None)


def _kept(path: Path, why: str) -> DatelineError:
    return DatelineError(
        f"{path} {why}; it was not overwritten",
        hint="choose another name for the output",
        code="output-protected",
    )


def refuse_used(path: Path) -> None:
    """Raises DatelineError when `path` is in use as a database, or when files left over from one
    would be taken for part of a new database of that name."""
    for suffix in BESIDE:
        rest = Path(f"{path}{suffix}")
        if rest.exists():
            raise DatelineError(
                f"{rest} exists: {path} is in use, or the program that used it was killed",
                hint="close the program that uses it, or choose another name",
                code="file-in-use",
            )
