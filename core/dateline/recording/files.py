"""Files that an import names: only those in the folder it was given."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from dateline.errors import DatelineError

MAX_BYTES = 256 * 1024 * 1024


class Folder:
    """Reads `name` below one folder; a name that leads out of it is refused, links included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str) -> bytes:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\x00" in name or not name:
            raise DatelineError(f"{name!r} is not a file below {self._folder}")
        path = self._folder / pure
        real, root = os.path.realpath(path), os.path.realpath(self._folder)
        if os.path.commonpath([real, root]) != root:
            raise DatelineError(f"{name!r} leads out of {self._folder}")
        return read_bounded(path)


def read_bounded(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The file's bytes. Raises DatelineError when it cannot be read or is over `limit` bytes."""
    try:
        if not path.is_file():
            what = "is no file" if path.exists() else "is not there"
            raise DatelineError(f"{path} {what}")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise DatelineError(f"cannot read {path}: {error.strerror}") from None
    if len(content) > limit:
        raise DatelineError(f"{path} is over {limit // 1024 // 1024} MiB")
    return content
