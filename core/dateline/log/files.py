"""Files that are complete under their name, or not there at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from dateline.errors import DatelineError, NotAnArchive

if sys.platform != "win32":
    import fcntl

#: What SQLite keeps beside a database while it is open.
BESIDE = ("-wal", "-shm", "-journal")
#: The folder that a file is made in bears such a name as long as its maker lives.
_PREFIX, _FOLDER = ".dateline-", re.compile(r"\.dateline-[a-z0-9_]{8}")
#: Where an open file can be given a name; Linux has it.
_HANDLES = "/proc/self/fd"
#: Opens a file without a name in a folder; Linux has it, on most file systems.
_NAMELESS = getattr(os, "O_TMPFILE", 0)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

_TRIES, _PAUSE = 10, 0.05

_swept: set[Path] = set()
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

    Killed in between, it stays in a folder of its own, which `sweep` removes. Raises DatelineError
    when the folder of `path` cannot be written to.
    """
    target = Path(path)
    _sweep_once(target.parent)
    try:
        folder, lock = _make_folder(target.parent)
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None
    try:
        yield folder / target.name
    finally:
        shutil.rmtree(folder)
        if lock is not None:
            os.close(lock)


@contextlib.contextmanager
def made(path: str | os.PathLike[str], *, force: bool, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to write. At the end of the block it is synced and has its name and `mode`; until then
    only its owner can read it, and when the block fails it is removed. `force` replaces what has
    the name.

    Where the system can, it has no name until then: a process that is killed leaves nothing behind.
    Raises FileExistsError, OSError, DatelineError.
    """
    target = Path(path)
    _sweep_once(target.parent)
    handle = _nameless(target.parent)
    if handle is None:
        with beside(target) as temporary:
            with os.fdopen(os.open(temporary, _NEW, 0o600), "w+b") as file:
                yield file
                _complete(file, mode)
            name(temporary, target, force=force)
        return
    with os.fdopen(handle, "w+b") as file:
        yield file
        _complete(file, mode)
        if force:
            with beside(target) as temporary:  # a link replaces nothing, a rename does
                _link(handle, temporary)
                name(temporary, target, force=True)
        else:
            _link(handle, target)
            sync_folder(target.parent)


def settle(temporary: str | os.PathLike[str], path: str | os.PathLike[str], *, force: bool) -> None:
    """Sync a file that is complete, then give it its name; `force` replaces what has it.

    Raises DatelineError.
    """
    target = Path(path)
    try:
        name(temporary, target, force=force)
    except FileExistsError:
        raise taken(target) from None
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror}") from None


def name(temporary: str | os.PathLike[str], target: Path, *, force: bool) -> None:
    """The same. Raises FileExistsError, OSError."""
    handle = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    if force:
        os.replace(temporary, target)
    else:
        os.link(temporary, target)  # unlike a rename, fails when somebody was first
        os.unlink(temporary)
    sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left half made in `folder`. A writer that lives holds a
    lock on what it makes; what it cannot lock, or somebody else made, is left alone."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            if _FOLDER.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                _remove_stale(Path(entry.path))


def _sweep_once(folder: Path) -> None:
    """Once a process: a folder may get many files."""
    place = folder.absolute()
    if place not in _swept:
        _swept.add(place)
        sweep(place)


def require_one_name(path: Path) -> None:
    """Raises DatelineError for a database that has a second name, a hard link.

    What is written last is beside a database under its own name (`BESIDE`): under each name another
    part would be written, and lost.
    """
    for _ in range(_TRIES):
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return  # whoever opens it says so
        if not stat.S_ISREG(found.st_mode):
            raise NotAnArchive(
                f"{path} is not a file",
                hint="name the file of an archive with --db, or make one there",
            )
        if found.st_nlink < 2:
            return
        # It has its last name and the one it was made under, until its maker, alive or not, is done.
        sweep(path.parent)
        time.sleep(_PAUSE)
    raise DatelineError(
        f"{path} has another name as well (a hard link): what is recorded under one would be lost "
        "under the other",
        hint=f"close what uses it and remove the other name: `find . -samefile {path}` lists them; keep "
        "the one that has a -wal beside it",
    )


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


def _complete(file: BinaryIO, mode: int) -> None:
    file.flush()
    if sys.platform != "win32":
        os.fchmod(file.fileno(), mode)
    os.fsync(file.fileno())


def _nameless(folder: Path) -> int | None:
    """A new file in `folder` that has no name; None where the system has no such files."""
    if not _NAMELESS or not os.path.isdir(_HANDLES):
        return None
    try:
        return os.open(folder, _NAMELESS | os.O_RDWR, 0o600)
    except OSError:
        return None


def _link(handle: int, target: Path) -> None:
    # A directory must be given for Python to follow the link, and is not looked at.
    os.link(f"{_HANDLES}/{handle}", target, src_dir_fd=handle, follow_symlinks=True)


def _make_folder(parent: Path) -> tuple[Path, int | None]:
    """A new folder and the lock on it; no lock, and a name that is never swept, where a file system
    has none."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX))
        if sys.platform == "win32":
            return folder, None
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue  # taken for stale before it was locked
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            os.close(lock)
            return folder.rename(f"{folder}-unlocked"), None
        if _is_at(folder, lock):
            return folder, lock
        os.close(lock)


def _remove_stale(folder: Path) -> None:
    if sys.platform == "win32":
        return
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        found = os.fstat(lock)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) != 0o700:
            return
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(folder, lock):
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return  # its writer lives
    finally:
        os.close(lock)


def _is_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False
