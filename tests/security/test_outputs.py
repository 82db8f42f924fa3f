"""No output replaces an archive, its keys or a signing key, whatever name is used for it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dateline import Archive, DatelineError, Plugins
from dateline.archive import copy_archive
from dateline.cli.outfile import write_atomically
from dateline.log.overwriting import refuse_kept
from dateline.proof import keys as signing
from dateline.pytest_plugin import Cli
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
#: Every command that writes a file; the last option takes its name.
WRITES = (
    ("export", "ferry", "-f", "csv", "--force", "-o"),
    ("export", "ferry", "-f", "markdown", "--force", "-o"),
    ("export", "--all", "-f", "ndjson", "--force", "-o"),
    ("prove", "ferry", "--force", "-o"),
    ("prove", "--verifier", "--force", "-o"),
    ("checkpoint", "--force", "-o"),
    ("backup", "--force"),
)
NAMES: dict[str, Callable[[Path], str]] = {
    "its name": lambda path: path.name,
    "its path": str,
    "a path with dots": lambda path: f"folder/../{path.name}",
    "a link to it": lambda path: linked(path, os.symlink),
    "another name of it": lambda path: linked(path, os.link),
}


def linked(path: Path, link: Callable[[Path, Path], None]) -> str:
    link(path, path.with_name("another"))
    return "another"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with protected content, its keys and the signing key, in one folder."""
    folder = tmp_path_factory.mktemp("made")
    make(folder / "dateline.db", folder / "desk.key")
    (folder / "folder").mkdir()
    return folder


def make(path: Path, key: Path) -> None:
    with Archive.create(path, PLUGINS) as archive:
        archive.record(samples.story())
        archive.record([samples.figure(text="Hers")], story="ferry", protect="the witness")
        signing.create(key, archive.id)


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_KEY", str(tmp_path / "desk.key"))
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def identity(path: Path) -> tuple[int, int]:
    """The device and inode of a file: a file that replaced it has other numbers."""
    found = path.stat()
    return found.st_dev, found.st_ino


def whole(folder: Path) -> bool:
    """Whether the archive opens with its keys, and the signing key can be loaded."""
    with Archive.open(folder / "dateline.db", PLUGINS) as archive:
        signing.load(folder / "desk.key", archive.id)
        return archive.subjects() == ["the witness"] and len(archive.state("ferry").facts) == 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("own", ["dateline.db", "dateline.db.keys", "desk.key"])
@pytest.mark.sampled(3)
def test_no_output_replaces_a_file_of_the_archive(
    dateline_cli: Cli, folder: Path, own: str, name: str
) -> None:
    was = identity(folder / own)
    target = NAMES[name](folder / own)
    for command in WRITES if name == "its name" else (WRITES[0], WRITES[-1]):
        done = dateline_cli(*command, target)
        assert done.code == 1
        # A database with a second hard link is not opened at all.
        assert target in done.err or "hard link" in done.err
        assert identity(folder / own) == identity(folder / target) == was
    (folder / "another").unlink(missing_ok=True)
    assert whole(folder)


@pytest.mark.parametrize("own", ["dateline.db-wal", "dateline.db-shm", "dateline.db-journal"])
def test_no_output_takes_the_name_of_an_sqlite_file(
    dateline_cli: Cli, folder: Path, own: str
) -> None:
    with Archive.open(folder / "dateline.db", PLUGINS) as archive:
        archive.record([samples.figure(text="In the log")], story="ferry")
        for command in (WRITES[0], WRITES[-1]):
            assert dateline_cli(*command, own).code == 1
        assert len(archive.state("ferry").facts) == 4
    for command in (WRITES[0], WRITES[-1]):
        assert dateline_cli(*command, own).code == 1
        assert not (folder / own).exists()


def test_no_output_takes_the_place_of_a_future_keys_database(
    dateline_cli: Cli, folder: Path, tmp_path: Path
) -> None:
    (folder / "dateline.db.keys").unlink()
    places = ((), ("--keys", "elsewhere.keys"))
    for options, place in zip(places, ("dateline.db.keys", "elsewhere.keys"), strict=True):
        for command in (WRITES[0], WRITES[-1], ("key", "new", "--key"), ("copy", "dateline.db")):
            assert dateline_cli(*options, *command, place).code == 1, command
            assert not (folder / place).exists()


@pytest.mark.parametrize("other", ["other.db", "other.db.keys", "other.key", "other.db-wal"])
def test_no_output_replaces_another_archive_its_keys_or_a_signing_key(
    dateline_cli: Cli, folder: Path, other: str
) -> None:
    make(folder / "other.db", folder / "other.key")
    with Archive.open(folder / "other.db", PLUGINS) as archive:
        archive.record([samples.figure(text="In the log")], story="ferry")
        was = identity(folder / other)
        for command in (WRITES[0], WRITES[3], WRITES[5]):
            assert dateline_cli(*command, other).code == 1
            assert identity(folder / other) == was


def test_exports_to_a_folder_do_not_replace_an_archive_with_such_a_name(
    dateline_cli: Cli, folder: Path
) -> None:
    """Nothing is written, not even the files of other stories."""
    for name in ("ferry.csv", "ferry.csv.meta.json"):
        with Archive.create(folder / "folder" / name, PLUGINS) as archive:
            archive.record(samples.story(slug="another"))
            archive.record(samples.story())
        done = dateline_cli(
            "--db", f"folder/{name}", "export", "--all", "-f", "csv", "-o", "folder", "--force"
        )
        assert done.code == 1
        with Archive.open(folder / "folder" / name, PLUGINS) as archive:
            assert len(archive.stories()) == 2
        left = {path.name for path in (folder / "folder").iterdir()}
        assert left <= {name, f"{name}-wal", f"{name}-shm"}
        (folder / "folder" / name).unlink()


def test_a_checkpoint_that_cannot_be_written_is_not_signed(dateline_cli: Cli, folder: Path) -> None:
    (folder / "there.txt").write_text("mine")
    assert dateline_cli("checkpoint", "-o", "there.txt").code == 1
    assert dateline_cli("prove", "ferry", "-o", "there.txt").code == 1
    assert dateline_cli("checkpoint", "-o", "dateline.db", "--force").code == 1
    with Archive.open(folder / "dateline.db", PLUGINS) as archive:
        assert archive.last_checkpoint() is None


def test_a_backup_can_replace_only_an_older_backup(
    folder: Path,
) -> None:
    with Archive.open(folder / "dateline.db", PLUGINS) as archive:
        archive.backup(folder / "saved.db")
        archive.record([samples.figure(text="Later")], story="ferry")
        with pytest.raises(DatelineError):
            archive.backup(folder / "saved.db")
        assert archive.backup(folder / "saved.db", force=True) == archive.head()
        shutil.copy(folder / "dateline.db.keys", folder / "kept.keys")
        for name in ("dateline.db", "dateline.db.keys", "kept.keys", "desk.key"):
            was = identity(folder / name)
            with pytest.raises(DatelineError) as refused:
                archive.backup(folder / name, force=True)
            assert name in refused.value.what and refused.value.hint
            assert identity(folder / name) == was
    with Archive.open(folder / "saved.db", PLUGINS, folder / "dateline.db.keys") as saved:
        assert len(saved.state("ferry").facts) == 4


@pytest.mark.parametrize("name", ["dateline.db", "another", "dateline.db.keys", "dateline.db-wal"])
def test_a_copy_does_not_overwrite_its_source(folder: Path, name: str) -> None:
    os.link(folder / "dateline.db", folder / "another")
    there = (folder / name).exists()
    with pytest.raises(DatelineError) as caught:
        copy_archive(folder / "dateline.db", folder / name, plugins=PLUGINS)
    assert caught.value.code == "copy-onto-itself"
    assert (folder / name).exists() == there
    (folder / "another").unlink()
    assert whole(folder)


def test_names_that_differ_in_case_can_be_the_same_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows, where the system reports that both names are one file."""
    monkeypatch.setattr(
        os.path, "samefile", lambda one, other: str(one).casefold() == str(other).casefold()
    )
    with pytest.raises(DatelineError):
        refuse_kept(folder / "DATELINE.DB", [folder / "dateline.db"])


def test_only_regular_files_are_replaced(dateline_cli: Cli, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for command in WRITES:
        assert dateline_cli(*command, "pipe").code == 1
        assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)


def test_a_database_that_appears_during_a_write_is_not_replaced(folder: Path) -> None:
    def chunks() -> Iterator[str]:
        yield "a"
        shutil.copy(folder / "dateline.db", folder / "out")

    with pytest.raises(DatelineError) as refused:
        write_atomically(folder / "out", chunks(), force=True)
    assert "out" in refused.value.what
    assert (folder / "out").read_bytes() == (folder / "dateline.db").read_bytes()


def test_force_overwrites_ordinary_files(dateline_cli: Cli, folder: Path) -> None:
    for command in WRITES[:-1]:
        (folder / "out").write_text("mine")
        assert dateline_cli(*command, "out").code == 0
        assert (folder / "out").read_text("utf-8") != "mine"
    assert whole(folder)
