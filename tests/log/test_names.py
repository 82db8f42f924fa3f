"""An archive is written under one name only, because its write-ahead log bears that name too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.errors import DatelineError, NotAnArchive
from dateline.log import atomic_file
from dateline.log.databases import sqlite_connection
from dateline.testing import samples


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_connection, "_PAUSE", 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        archive.record(samples.story())
    return tmp_path / "a.db"


def test_a_file_with_two_names_is_opened_under_neither(path: Path) -> None:
    other = path.with_name("other.db")
    os.link(path, other)
    for name in (path, other):
        with refused("hard-linked"):
            Archive.open(name, Plugins())
        with refused("hard-linked"):
            copy_archive(name, path.with_name("copy.db"))
        with pytest.raises(DatelineError):
            copy_archive(path, name)
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["a.db", "other.db"]
    other.unlink()
    with Archive.open(path, Plugins()) as archive:
        assert archive.head().position == 7


def test_an_open_archive_that_gets_a_second_name_refuses_events(path: Path) -> None:
    with Archive.open(path, Plugins()) as archive:
        other = path.with_name("other.db")
        os.link(path, other)
        with refused("hard-linked"):
            archive.record([samples.figure(text="Lost")], story="ferry")
        other.unlink()
        archive.record([samples.figure(text="Kept")], story="ferry")
        assert archive.head().position == 8


@pytest.mark.parametrize("how", ["moved", "replaced", "removed"])
def test_an_open_archive_that_lost_its_name_refuses_events(path: Path, how: str) -> None:
    with Archive.open(path, Plugins()) as archive:
        archive.backup(path.with_name("saved.db"))
        if how == "replaced":
            os.replace(path.with_name("saved.db"), path)
        elif how == "moved":
            path.rename(path.with_name("moved.db"))
        else:
            path.unlink()
        with refused("file-replaced"):
            archive.record([samples.figure(text="Lost")], story="ferry")


def test_the_temporary_name_of_a_killed_creator_is_removed(path: Path) -> None:
    """A new archive is linked to its final name, then its temporary name is removed."""
    folder, lock = atomic_file._make_folder(path.parent)
    os.link(path, folder / path.name)
    with refused("hard-linked"):  # its creator is alive
        Archive.open(path, Plugins())
    assert lock is not None
    os.close(lock)
    with Archive.open(path, Plugins()) as archive:
        assert archive.head().position == 7
    assert not folder.exists()


def test_a_read_only_hard_link_is_read(path: Path, tmp_path: Path) -> None:
    """Snapshots of file systems share files like this. Without writes there is no write-ahead log."""
    folder = tmp_path / "snapshot"
    folder.mkdir()
    os.link(path, folder / "a.db")
    path.chmod(0o444)
    folder.chmod(0o555)
    try:
        with Archive.open(folder / "a.db", Plugins()) as archive:
            assert archive.head().position == 7
    finally:
        folder.chmod(0o755)


def test_a_backup_over_a_hard_link_keeps_the_file_of_the_other_name(path: Path) -> None:
    saved, other = path.with_name("saved.db"), path.with_name("other.db")
    with Archive.open(path, Plugins()) as archive:
        archive.backup(saved)
        os.link(saved, other)
        before = other.read_bytes()
        archive.record([samples.figure(text="More")], story="ferry")
        archive.backup(saved, force=True)
    assert other.read_bytes() == before and saved.stat().st_nlink == 1


def test_a_symbolic_link_to_an_archive_leads_to_its_log_and_keys(
    path: Path, tmp_path: Path
) -> None:
    """Both are next to the file, not next to the link."""
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "b.db"
    link.symlink_to(path)
    with Archive.open(link, Plugins()) as archive:
        archive.record([samples.figure(text="Hers")], story="ferry", protect="Frau Vogel")
        assert path.with_name("a.db-wal").exists()
    with Archive.open(path, Plugins()) as archive:
        assert archive.subjects() == ["Frau Vogel"]
    assert [entry.name for entry in link.parent.iterdir()] == ["b.db"]


def test_a_keys_database_with_two_names_is_not_used(path: Path) -> None:
    def protect(text: str) -> None:
        with Archive.open(path, Plugins()) as archive:
            archive.record([samples.figure(text=text)], story="ferry", protect="Frau Vogel")

    protect("One")
    keys, other = path.with_name("a.db.keys"), path.with_name("other.keys")
    os.link(keys, other)
    with pytest.raises(DatelineError, match="hard link"):
        protect("Two")
    other.unlink()
    protect("Two")


def test_what_is_not_a_file_is_not_an_archive(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(NotAnArchive):
            Archive.open(place, Plugins())
