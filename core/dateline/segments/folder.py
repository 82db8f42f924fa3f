"""Where segments are kept: a folder of this machine, or any place that fsspec knows, such as ``s3://``.

Both give the same promises: a file has its name only when it is complete, and a name that is created
exists only once. A folder of this machine needs no fsspec.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from dateline.errors import DatelineError, MissingLibrary
from dateline.log.atomic_file import made, plain_mode


class Folder(Protocol):
    """Files by name. `read` raises FileNotFoundError; `create` raises FileExistsError."""

    path: str

    def names(self) -> list[str]: ...
    def read(self, name: str) -> bytes: ...
    def write(self, name: str, content: bytes) -> None: ...
    def create(self, name: str, content: bytes) -> None: ...
    def delete(self, name: str) -> None: ...


def open_folder(path: str | os.PathLike[str]) -> Folder:
    """The folder at a path or URL; it need not exist yet. Raises DatelineError for a URL that cannot be
    used, MissingLibrary."""
    text = os.fspath(path)
    return _Remote(text) if "://" in text else _Local(text)


class _Local:
    def __init__(self, path: str) -> None:
        self.path = path
        self._folder = Path(path)

    def names(self) -> list[str]:
        with _explained(self.path, "read"):
            try:
                return sorted(os.listdir(self._folder))
            except FileNotFoundError:
                return []

    def read(self, name: str) -> bytes:
        with _explained(self._folder / name, "read"):
            return (self._folder / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        self._made(name, content, force=True)

    def create(self, name: str, content: bytes) -> None:
        self._made(name, content, force=False)

    def delete(self, name: str) -> None:
        with _explained(self._folder / name, "write"):
            (self._folder / name).unlink(missing_ok=True)

    def _made(self, name: str, content: bytes, *, force: bool) -> None:
        with _explained(self._folder / name, "write"):
            self._folder.mkdir(parents=True, exist_ok=True)
            with made(self._folder / name, force=force, mode=plain_mode()) as file:
                file.write(content)


class _Remote:
    def __init__(self, path: str) -> None:
        try:
            import fsspec
        except ImportError:
            raise MissingLibrary("fsspec", "segments") from None
        self.path = path
        try:
            self._system, self._root = fsspec.core.url_to_fs(path)
        except (ImportError, ValueError, OSError) as error:
            raise DatelineError(
                f"{path} cannot be used: {error}",
                hint="give a folder, or a URL that fsspec reads; some need a package of their own (s3fs, gcsfs ...)",
                code="segments-place",
            ) from None

    def names(self) -> list[str]:
        with _explained(self.path, "read"):
            self._system.invalidate_cache()  # another process may have written since
            try:
                found = self._system.ls(self._root, detail=False)
            except FileNotFoundError:
                return []
        return sorted(str(name).rstrip("/").rpartition("/")[2] for name in found)

    def read(self, name: str) -> bytes:
        with _explained(f"{self.path}/{name}", "read"):
            return bytes(self._system.cat_file(f"{self._root}/{name}"))

    def write(self, name: str, content: bytes) -> None:
        self._put(name, content)

    def create(self, name: str, content: bytes) -> None:
        self._put(name, content, mode="create")

    def delete(self, name: str) -> None:
        with _explained(f"{self.path}/{name}", "write"):
            try:
                self._system.rm_file(f"{self._root}/{name}")
            except FileNotFoundError:
                return

    def _put(self, name: str, content: bytes, **how: Any) -> None:
        with _explained(f"{self.path}/{name}", "write"):
            self._system.makedirs(self._root, exist_ok=True)
            self._system.pipe_file(f"{self._root}/{name}", content, **how)


@contextmanager
def _explained(path: object, verb: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, FileExistsError) as error:
        if verb == "write" and isinstance(error, FileNotFoundError):
            raise _failed(path, verb, error) from None
        raise
    except OSError as error:
        raise _failed(path, verb, error) from None


def _failed(path: object, verb: str, error: OSError) -> DatelineError:
    return DatelineError(
        f"cannot {verb} {path}: {error.strerror or error}",
        hint="check the folder, its permissions and the space left, or choose another place",
        code="output-not-writable" if verb == "write" else "file-unreadable",
    )
