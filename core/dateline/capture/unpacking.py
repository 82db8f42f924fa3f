"""The documents of files, folders and containers, one after the other and within bounds."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dateline.capture.bounds import ENDING, Bounds, Spent, require_plain_name
from dateline.capture.obtain import Obtained, is_url, obtain, reader_of, typed
from dateline.capture.time_limit import limited
from dateline.errors import DatelineError
from dateline.plugins.blaming import Blamed
from dateline.plugins.containers import Contained, Container
from dateline.plugins.loaded import Plugins

_BEGINNING, _PIECE = 4096, 1 << 20
_HINT = "unpack it yourself, and capture what you need"


@dataclass(frozen=True)
class Found:
    """A document to capture, or the ``error`` for which it cannot be. ``place`` names it: its path, then its
    name in the container. ``contained`` is what its container knows of it; ``held`` is where it lies, as
    the field ``container`` of a source."""

    place: str
    obtained: Obtained | None = None
    contained: Contained | None = None
    held: dict[str, str] | None = None
    error: DatelineError | None = None


@dataclass(frozen=True)
class Unpacking:
    """How files are read: with `plugins`, in the container or the format `format` if it is given."""

    plugins: Plugins
    bounds: Bounds
    format: str | None = None
    allow_network: bool = False

    def require_format(self) -> None:
        """Raises UnknownName if no plugin has `format`."""
        if self.format is not None and self.format not in self.plugins.containers:
            reader_of(self.plugins, Obtained("", b""), self.format)

    def documents(self, files: Iterable[str]) -> Iterator[Found]:
        """All documents of files, folders and, if that is allowed, URLs."""
        for file in files:
            for path in [file] if is_url(file) else _below(Path(file)):
                if isinstance(path, Found):
                    yield path
                else:
                    yield from self._of_file(str(path))

    def is_container(self, place: str) -> bool:
        """Whether a file holds several documents. A file that cannot be read does not, nor does a URL."""
        try:
            with _opened(place) as file:
                return self.container(Path(place).name, None, _beginning(file)) is not None
        except (DatelineError, OSError):
            return False

    def container(self, name: str, media_type: str | None, beginning: bytes) -> Container | None:
        """The container that reads a file, None if it is one document. Raises DatelineError."""
        if self.format is not None and self.format in self.plugins.containers:
            return self.plugins.containers[self.format]
        if self.format is not None:
            return None
        return self.plugins.container_for(name, media_type, beginning)

    def _of_file(self, place: str) -> Iterator[Found]:
        try:
            if is_url(place):
                yield from self._of_download(place)
                return
            with _opened(place) as file:
                container = self.container(Path(place).name, None, _beginning(file))
                if container is None or self._keeps_whole(Path(place).name, None):
                    yield self._whole(place)
                if container is not None:
                    yield from self._members(container, file, place)
        except DatelineError as error:
            yield Found(place, error=error)

    def _whole(self, place: str) -> Found:
        try:
            return Found(place, obtain(place, self.bounds.member, allow_network=False))
        except DatelineError as error:
            return Found(place, error=error)

    def _of_download(self, place: str) -> Iterator[Found]:
        found = obtain(place, self.bounds.member, allow_network=self.allow_network)
        beginning = found.content[:_BEGINNING]
        container = self.container(found.name, found.media_type, beginning)
        if container is None or self._keeps_whole(found.name, found.media_type):
            yield Found(place, found)
        if container is not None:
            yield from self._members(container, io.BytesIO(found.content), place)

    def _members(self, container: Container, file: BinaryIO, place: str) -> Iterator[Found]:
        digest, size = _digest(file)
        held = {"sha256": digest, "name": PurePosixPath(place.replace("\\", "/")).name or place}
        spent = Spent(self.bounds, size)
        try:
            yield from self._inside(container, file, place, "", held, spent, 1)
        except DatelineError as error:
            yield Found(place, error=error)

    def _inside(
        self,
        container: Container,
        file: BinaryIO,
        place: str,
        prefix: str,
        held: dict[str, str],
        spent: Spent,
        depth: int,
    ) -> Iterator[Found]:
        """The documents of one container. Raises DatelineError when it cannot be read on."""
        spent.deeper(depth)
        blamed = Blamed(self.plugins, "containers", container.name, noun="container")
        for contained in blamed.each(lambda: _limited(container.documents(file), place)):
            spent.another()
            name = f"{prefix}{contained.name}"
            at = f"{place}: {name}"
            try:
                if contained.error is not None:
                    raise contained.error
                require_plain_name(contained.name)
                content = blamed.call(partial(_content, contained.content, spent, at))
                yield from self._of_member(contained, content, place, name, held, spent, depth)
            except DatelineError as error:
                if error.code in ENDING:
                    raise
                yield Found(at, error=error)

    def _of_member(
        self,
        contained: Contained,
        content: bytes,
        place: str,
        name: str,
        held: dict[str, str],
        spent: Spent,
        depth: int,
    ) -> Iterator[Found]:
        """A document of a container, and what it holds if it is a container itself."""
        short, at = PurePosixPath(contained.name).name, f"{place}: {name}"
        inner = self.plugins.container_for(short, contained.media_type, content[:_BEGINNING])
        if inner is None or typed(self.plugins, short, contained.media_type) is not None:
            obtained = Obtained(short, content, None, contained.media_type, contained.charset)
            yield Found(at, obtained, contained, held | {"member": name})
        if inner is not None:
            file = io.BytesIO(content)
            yield from self._inside(inner, file, place, f"{name}/", held, spent, depth + 1)

    def _keeps_whole(self, name: str, media_type: str | None) -> bool:
        """Whether a container is a document itself, as a mail is with its attachments."""
        return self.format is None and typed(self.plugins, name, media_type) is not None


def _limited(documents: Iterator[Contained], place: str) -> Iterator[Contained]:
    """The documents; finding the next one takes a limited time."""
    while True:
        with limited(f"reading {place}", _HINT):
            contained = next(documents, None)
        if contained is None:
            return
        yield contained


def _content(pieces: bytes | Iterable[bytes], spent: Spent, place: str) -> bytes:
    with limited(f"unpacking {place}", _HINT):
        return spent.content(pieces)


def _below(path: Path) -> Iterator[Path | Found]:
    """A file, or all files of a folder in the order of their names, without hidden ones and links."""
    if not path.is_dir():
        yield path
        return
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            error = DatelineError(
                "it is a link, which may lead out of the folder",
                hint="name the file that it leads to",
                code="link-not-followed",
            )
            yield Found(entry.path, error=error)
        else:
            yield from _below(Path(entry.path))


def _opened(place: str) -> BinaryIO:
    """The file, to be read. Raises DatelineError."""
    path = Path(place)
    if not path.is_file():
        there = path.exists()
        raise DatelineError(
            f"{place} is not a file" if there else f"{place} does not exist",
            hint="name a file or a folder",
            code="not-a-file" if there else "file-not-found",
        )
    try:
        return path.open("rb")
    except OSError as error:
        raise DatelineError(
            f"cannot read {place}: {error.strerror}", code="file-unreadable"
        ) from None


def _beginning(file: BinaryIO) -> bytes:
    beginning = file.read(_BEGINNING)
    file.seek(0)
    return beginning


def _digest(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of a file in hex, and its size."""
    digest = hashlib.sha256()
    for piece in iter(lambda: file.read(_PIECE), b""):
        digest.update(piece)
    size = file.tell()
    file.seek(0)
    return digest.hexdigest(), size
