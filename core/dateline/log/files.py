"""Files that are complete under their name, or not there at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dateline.errors import DatelineError

#: What SQLite keeps beside a database while it is open.
BESIDE = ("-wal", "-shm", "-journal")
_DATABASE = "is a database"
#: How files begin that cannot be made again: SQLite's file format, and the signing key's.
_BEGINS = {
    b"SQLite format 3\0": _DATABASE,
    bytes.fromhex("377f0682"): "belongs to a database",
    bytes.fromhex("377f0683"): "belongs to a database",
    bytes.fromhex("d9d505f920a163d7"): "belongs to a database",
    b"PRIVATE+KEY+": "is a signing key",
}


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


def refuse_kept(
    path: Path,
    kept: Iterable[Path] = (),
    *,
    replaceable: Callable[[Path], bool] = lambda path: False,
) -> None:
    """See that an output takes the place of nothing that cannot be made again, whatever name it has:
    the files `kept` by the archive in use, there or not, any database or signing key, and what SQLite
    keeps beside a database. A database that is `replaceable` may be overwritten.

    Raises DatelineError.
    """
    path = Path(path)
    if any(same_file(path, own) for own in kept):  # first: to open it could take locks away
        raise _kept(path, "is in use: it is the archive itself, or belongs to it")
    if (begins := _kind(path)) is not None and not (begins == _DATABASE and replaceable(path)):
        raise _kept(path, begins)
    for suffix in BESIDE:
        if path.name.endswith(suffix) and _kind(Path(str(path)[: -len(suffix)])) == _DATABASE:
            raise _kept(path, "belongs to the database beside it")


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file; where there is none yet, whether they are one path."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _kind(path: Path) -> str | None:
    """What is there, if it is of the kinds that no output replaces, by how it begins."""
    if not path.is_file():
        return None
    try:
        with open(path, "rb") as file:
            begins = file.read(16)
    except OSError:
        return None  # then it is not overwritten unseen: who cannot read may be told by the system
    return next((kind for sign, kind in _BEGINS.items() if begins.startswith(sign)), None)


def _kept(path: Path, why: str) -> DatelineError:
    return DatelineError(
        f"{path} {why}: nothing was written over it", hint="choose another name for what is written"
    )


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
