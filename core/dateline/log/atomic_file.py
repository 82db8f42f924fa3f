"""Writing files that are either complete under their name or do not exist."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dateline.errors import DatelineError

if sys.platform != "win32":
    import fcntl

#: The name of the folder in which a file is made, as long as its writer lives.
_PREFIX, _FOLDER = ".dateline-", re.compile(r"\.dateline-[a-z0-9_]{8}")
#: Links to open files, through which they can be given a name. Only Linux has them.
_HANDLES = "/proc/self/fd"
#: Opens a file without a name in a folder. Only Linux has it, on most file systems.
_NAMELESS = getattr(os, "O_TMPFILE", 0)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

_swept: set[Path] = set()


@contextlib.contextmanager
def beside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary name for a file next to `path`. A file that still has it at the end is removed.

    When the process is killed, the file stays in a folder of its own, which `sweep` removes. Raises
    DatelineError when the folder of `path` cannot be written to.
    """
    target = Path(path)
    _sweep_once(target.parent)
    try:
        folder, lock = _make_folder(target.parent)
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        yield folder / target.name
    finally:
        shutil.rmtree(folder)
        if lock is not None:
            os.close(lock)


@contextlib.contextmanager
def made(path: str | os.PathLike[str], *, force: bool, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to write. At the end of the block it is synced and gets its name and `mode`; until then
    only its owner can read it, and when the block fails it is removed. `force` replaces an existing
    file.

    Where the system supports it, the file has no name until then, so a killed process leaves nothing.
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
            with beside(target) as temporary:  # a link never replaces a file, a rename does
                _link(handle, temporary)
                name(temporary, target, force=True)
        else:
            _link(handle, target)
            sync_folder(target.parent)


def plain_mode() -> int:
    """The mode of a file that is no secret: what the umask leaves."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def settle(temporary: str | os.PathLike[str], path: str | os.PathLike[str], *, force: bool) -> None:
    """Sync a complete file, then give it its name; `force` replaces an existing file.

    Raises DatelineError.
    """
    target = Path(path)
    try:
        name(temporary, target, force=force)
    except FileExistsError:
        raise taken(target) from None
    except OSError as error:
        raise _cannot_write(path, error) from None


def name(temporary: str | os.PathLike[str], target: Path, *, force: bool) -> None:
    """Like `settle`, but raises FileExistsError and OSError."""
    handle = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    if force:
        os.replace(temporary, target)
    else:
        os.link(temporary, target)  # unlike a rename, fails when the name exists
        os.unlink(temporary)
    sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove unfinished files of killed writers in `folder`. A living writer holds a lock on its
    folder. Folders that cannot be locked, or that somebody else made, are left alone."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            if _FOLDER.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                _remove_stale(Path(entry.path))


def _sweep_once(folder: Path) -> None:
    """Sweep a folder once in each process, because it may get many files."""
    place = folder.absolute()
    if place not in _swept:
        _swept.add(place)
        sweep(place)


def taken(path: Path) -> DatelineError:
    return DatelineError(
        f"{path} already exists", hint="overwrite it with --force", code="output-exists"
    )


def _cannot_write(path: str | os.PathLike[str], error: OSError) -> DatelineError:
    return DatelineError(
        f"cannot write {path}: {error.strerror}",
        hint="check the folder, its permissions and the space on the disk, or choose another place",
        code="output-not-writable",
    )


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
    # Python follows the link only if a directory is given; the system ignores it.
    os.link(f"{_HANDLES}/{handle}", target, src_dir_fd=handle, follow_symlinks=True)


def _make_folder(parent: Path) -> tuple[Path, int | None]:
    """A new folder and the lock on it. Where the file system has no locks: None, and a name that is
    never swept."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX))
        if sys.platform == "win32":
            return folder, None
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue  # swept as stale before it was locked
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
        return  # its writer is alive
    finally:
        os.close(lock)


def _is_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False
