"""Files that an import names: only those in the given folder are read."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from dateline.errors import DatelineError

MAX_BYTES = 256 * 1024 * 1024


class Folder:
    """Reads `name` below one folder. A name that leads out of it, also by a link, is refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str) -> bytes:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\x00" in name or not name:
            raise DatelineError(
                f"{name!r} is not a file below {self._folder}", code="file-outside-folder"
            )
        path = self._folder / pure
        real, root = os.path.realpath(path), os.path.realpath(self._folder)
        if os.path.commonpath([real, root]) != root:
            raise DatelineError(f"{name!r} leads out of {self._folder}", code="file-outside-folder")
        return read_bounded(path)


def read_bounded(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The file's bytes. Raises DatelineError if it cannot be read or is over `limit` bytes."""
    try:
        if not path.is_file():
            if path.exists():
                raise DatelineError(f"{path} is not a file", code="not-a-file")
            raise DatelineError(f"{path} does not exist", code="file-not-found")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise DatelineError(
            f"cannot read {path}: {error.strerror}", code="file-unreadable"
        ) from None
    if len(content) > limit:
        raise DatelineError(f"{path} is over {limit // 1024 // 1024} MiB", code="file-too-large")
    return content
