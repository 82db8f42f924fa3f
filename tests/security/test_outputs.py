"""Outputs: none takes the place of an archive, of its keys or of a signing key, whatever it is called."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dateline import Archive, DatelineError, Plugins
from dateline.archive import copy_archive
from dateline.cli.files import write_atomically
from dateline.log.files import refuse_kept
from dateline.proof import keys as signing
from dateline.testing import samples
from dateline.testing.pytest_plugin import Cli

PLUGINS = Plugins.load(strict=True)
#: Every command that writes a file, with the option that names it last.
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
    """An archive with something protected, its keys, and the key that signs, all in one folder."""
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
    """Which file it is: another one in its place has another number."""
    found = path.stat()
    return found.st_dev, found.st_ino


def whole(folder: Path) -> bool:
    """Whether the archive opens with its keys, and the key that signs is one."""
    with Archive.open(folder / "dateline.db", PLUGINS) as archive:
        signing.load(folder / "desk.key", archive.id)
        return archive.subjects() == ["the witness"] and len(archive.state("ferry").facts) == 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("own", ["dateline.db", "dateline.db.keys", "desk.key"])
def test_no_output_replaces_what_the_archive_is_made_of(
    dateline_cli: Cli, folder: Path, own: str, name: str
) -> None:
    was = identity(folder / own)
    target = NAMES[name](folder / own)
    for command in WRITES if name == "its name" else (WRITES[0], WRITES[-1]):
        done = dateline_cli(*command, target)
        assert done.code == 1
        # A database that has a second name is not even opened.
        assert target in done.err or "hard link" in done.err
        assert identity(folder / own) == identity(folder / target) == was
    (folder / "another").unlink(missing_ok=True)
    assert whole(folder)


@pytest.mark.parametrize("own", ["dateline.db-wal", "dateline.db-shm", "dateline.db-journal"])
def test_no_output_takes_a_name_that_sqlite_gives(
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


def test_no_output_takes_the_place_in_which_keys_will_be(
    dateline_cli: Cli, folder: Path, tmp_path: Path
) -> None:
    (folder / "dateline.db.keys").unlink()
    places = ((), ("--keys", "elsewhere.keys"))
    for options, place in zip(places, ("dateline.db.keys", "elsewhere.keys"), strict=True):
        for command in (WRITES[0], WRITES[-1], ("key", "new", "--key"), ("copy", "dateline.db")):
            assert dateline_cli(*options, *command, place).code == 1, command
            assert not (folder / place).exists()


@pytest.mark.parametrize("other", ["other.db", "other.db.keys", "other.key", "other.db-wal"])
def test_no_text_replaces_another_archive_its_keys_or_another_signing_key(
    dateline_cli: Cli, folder: Path, other: str
) -> None:
    make(folder / "other.db", folder / "other.key")
    with Archive.open(folder / "other.db", PLUGINS) as archive:
        archive.record([samples.figure(text="In the log")], story="ferry")
        was = identity(folder / other)
        for command in (WRITES[0], WRITES[3], WRITES[5]):
            assert dateline_cli(*command, other).code == 1
            assert identity(folder / other) == was


def test_a_folder_of_exports_spares_an_archive_that_has_such_a_name(
    dateline_cli: Cli, folder: Path
) -> None:
    """Nothing is written at all, though other stories have files of their own."""
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


def test_a_backup_may_replace_an_older_backup_and_nothing_that_is_no_backup(
    folder: Path,
) -> None:
    with Archive.open(folder / "dateline.db", PLUGINS) as archive:
        archive.backup(folder / "saved.db")
        archive.record([samples.figure(text="Later")], story="ferry")
        with pytest.raises(DatelineError, match="already"):
            archive.backup(folder / "saved.db")
        assert archive.backup(folder / "saved.db", force=True) == archive.head()
        shutil.copy(folder / "dateline.db.keys", folder / "kept.keys")
        for name in ("dateline.db", "dateline.db.keys", "kept.keys", "desk.key"):
            was = identity(folder / name)
            with pytest.raises(DatelineError, match="choose another") as refused:
                raise_hint(archive, folder / name)
            assert name in str(refused.value) and identity(folder / name) == was
    with Archive.open(folder / "saved.db", PLUGINS, folder / "dateline.db.keys") as saved:
        assert len(saved.state("ferry").facts) == 4


def raise_hint(archive: Archive, path: Path) -> None:
    try:
        archive.backup(path, force=True)
    except DatelineError as error:
        raise DatelineError(f"{error}: {error.hint}") from None


@pytest.mark.parametrize("name", ["dateline.db", "another", "dateline.db.keys", "dateline.db-wal"])
def test_a_copy_is_not_made_over_what_it_is_made_of(folder: Path, name: str) -> None:
    os.link(folder / "dateline.db", folder / "another")
    there = (folder / name).exists()
    with pytest.raises(DatelineError) as caught:
        copy_archive(folder / "dateline.db", folder / name, plugins=PLUGINS)
    assert caught.value.code == "copy-onto-itself"
    assert (folder / name).exists() == there
    (folder / "another").unlink()
    assert whole(folder)


def test_where_case_does_not_matter_another_case_is_the_same_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows: what the system says is one file is one."""
    monkeypatch.setattr(
        os.path, "samefile", lambda one, other: str(one).casefold() == str(other).casefold()
    )
    with pytest.raises(DatelineError):
        refuse_kept(folder / "DATELINE.DB", [folder / "dateline.db"])


def test_what_is_not_an_ordinary_file_is_not_replaced(dateline_cli: Cli, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for command in WRITES:
        assert dateline_cli(*command, "pipe").code == 1
        assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)


def test_a_database_that_comes_while_an_output_is_written_is_not_replaced(folder: Path) -> None:
    def chunks() -> Iterator[str]:
        yield "a"
        shutil.copy(folder / "dateline.db", folder / "out")

    with pytest.raises(DatelineError, match="is a database"):
        write_atomically(folder / "out", chunks(), force=True)
    assert (folder / "out").read_bytes() == (folder / "dateline.db").read_bytes()


def test_ordinary_files_are_overwritten_when_it_is_asked_for(
    dateline_cli: Cli, folder: Path
) -> None:
    for command in WRITES[:-1]:
        (folder / "out").write_text("mine")
        assert dateline_cli(*command, "out").code == 0
        assert (folder / "out").read_text("utf-8") != "mine"
    assert whole(folder)
