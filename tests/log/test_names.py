"""An archive is written to under one name: its write-ahead log has that name too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.errors import DatelineError
from dateline.log import files
from dateline.testing import samples


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PAUSE", 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        archive.record(samples.story())
    return tmp_path / "a.db"


def test_a_file_with_two_names_is_opened_under_neither(path: Path) -> None:
    other = path.with_name("other.db")
    os.link(path, other)
    for name in (path, other):
        with pytest.raises(DatelineError, match="hard link") as refused:
            Archive.open(name, Plugins())
        assert "find" in str(refused.value.hint)
        with pytest.raises(DatelineError, match="hard link"):
            copy_archive(name, path.with_name("copy.db"))
        with pytest.raises(DatelineError, match=r"hard link|is .* itself"):
            copy_archive(path, name)
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["a.db", "other.db"]
    other.unlink()
    with Archive.open(path, Plugins()) as archive:
        assert archive.head().position == 7


def test_an_archive_that_gets_a_second_name_while_it_is_open_takes_nothing_more(path: Path) -> None:
    with Archive.open(path, Plugins()) as archive:
        other = path.with_name("other.db")
        os.link(path, other)
        with pytest.raises(DatelineError, match="hard link"):
            archive.record([samples.figure(text="Lost")], story="ferry")
        other.unlink()
        archive.record([samples.figure(text="Kept")], story="ferry")
        assert archive.head().position == 8


@pytest.mark.parametrize("how", ["moved", "replaced", "removed"])
def test_an_archive_that_is_no_longer_under_its_name_takes_nothing_more(
    path: Path, how: str
) -> None:
    with Archive.open(path, Plugins()) as archive:
        archive.backup(path.with_name("saved.db"))
        if how == "replaced":
            os.replace(path.with_name("saved.db"), path)
        elif how == "moved":
            path.rename(path.with_name("moved.db"))
        else:
            path.unlink()
        with pytest.raises(DatelineError, match="moved, or replaced"):
            archive.record([samples.figure(text="Lost")], story="ferry")


def test_a_name_left_by_who_was_killed_while_making_it_is_taken_away(path: Path) -> None:
    """An archive is linked to its name, then loses the one that it was made under."""
    folder, lock = files._make_folder(path.parent)
    os.link(path, folder / path.name)
    with pytest.raises(DatelineError, match="hard link"):  # its maker lives
        Archive.open(path, Plugins())
    assert lock is not None
    os.close(lock)
    with Archive.open(path, Plugins()) as archive:
        assert archive.head().position == 7
    assert not folder.exists()


def test_a_hard_link_that_nobody_can_write_to_is_read(path: Path, tmp_path: Path) -> None:
    """Snapshots share files so; where nothing is written there is no log to be apart."""
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


def test_a_backup_over_a_hard_link_leaves_the_other_name_alone(path: Path) -> None:
    saved, other = path.with_name("saved.db"), path.with_name("other.db")
    with Archive.open(path, Plugins()) as archive:
        archive.backup(saved)
        os.link(saved, other)
        before = other.read_bytes()
        archive.record([samples.figure(text="More")], story="ferry")
        archive.backup(saved, force=True)
    assert other.read_bytes() == before and saved.stat().st_nlink == 1


def test_a_link_to_an_archive_leads_to_its_log_and_its_keys(path: Path, tmp_path: Path) -> None:
    """Both are beside the file, not beside the symbolic link."""
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
