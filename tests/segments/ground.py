"""What the tests of segments share: an archive, its log as events, and folders that fail on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.events.envelope import Event
from dateline.log.engine import reading
from dateline.segments import export, places, read
from dateline.segments.folder import Folder, open_folder
from dateline.testing import samples


class Killed(BaseException):
    """Stands for a process that ends here."""


class Dying:
    """A folder that is killed at its write number `at`: before it is done, or else just after it."""

    def __init__(self, folder: Folder, at: int, *, before: bool) -> None:
        self.path, self._folder = folder.path, folder
        self._left, self._before = at, before
        self.names, self.read = folder.names, folder.read

    def write(self, name: str, content: bytes) -> None:
        with self._counted():
            self._folder.write(name, content)

    def create(self, name: str, content: bytes) -> None:
        with self._counted():
            self._folder.create(name, content)

    def delete(self, name: str) -> None:
        with self._counted():
            self._folder.delete(name)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._left -= 1
        if self._left == 0 and self._before:
            raise Killed
        yield
        if self._left == 0:
            raise Killed


@contextmanager
def small(full: int = 10, group: int = 4, block: int = 6) -> Iterator[None]:
    """Partitions, groups and blocks of a few events in the block."""
    from dateline.segments import parquet, stored

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "FULL", full)
        patch.setattr(parquet, "GROUP", group)
        patch.setattr(export, "BLOCK", block)
        patch.setattr(stored, "PAGE", 3)
        yield


def create(db: str | Path, *slugs: str, keys: Path | None = None) -> Archive:
    archive = Archive.create(db, Plugins(), keys)
    for slug in slugs:
        archive.record(samples.story(slug=slug))
    return archive


def more(archive: Archive, slug: str, number: int = 1, **options: object) -> None:
    """Record another figure in a story."""
    count = archive.head().position
    for one in range(number):
        archive.record(
            [samples.figure(text=f"No. {count + one}")], story=slug, anew=True, **options
        )  # type: ignore[arg-type]


def erase(archive: Archive, *positions: int) -> None:
    archive.erase(positions=positions, reason="Asked for", basis="consent withdrawn")


def log(archive: Archive, until: int | None = None) -> list[Event]:
    """The events of the archive in the order of segments."""
    end = archive.head().position if until is None else until
    with reading(archive._engine) as connection:
        rows = archive._reader.rows_by_story(connection, until=end)
        return list(map(archive._reader.decode, rows))


def held(archive: Archive, folder: str | Path) -> list[Event]:
    """The events in the folder, read with the archive's keys."""
    every = read.chunks(folder, read.manifest(folder))
    return [
        event for chunk in every for some in read.stories(chunk, archive._reader) for event in some
    ]


def killed_export(archive: Archive, folder: str | Path, at: int, *, before: bool) -> bool:
    """Export, killed at the write number `at`. Returns whether it came that far."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            export,
            "open_folder",
            lambda path: Dying(open_folder(path), at, before=before),
        )
        try:
            archive.export_segments(folder)
        except Killed:
            return True
        return False


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
