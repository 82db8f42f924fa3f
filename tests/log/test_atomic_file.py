"""A file is complete under its name, and the next writer removes what a killed one left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.log import atomic_file
from dateline.proof import keys
from dateline.testing import samples

#: Makes files in a folder and waits in the middle of each to be killed.
MAKER = """
import sys, time
from pathlib import Path
from dateline.log import atomic_file
if sys.argv[2] == "named":
    atomic_file._NAMELESS = 0
with atomic_file.made(Path(sys.argv[1]) / "a.csv", force=False) as file:
    file.write(b"half"); file.flush()
    with atomic_file.beside(Path(sys.argv[1]) / "b.db") as temporary:
        temporary.write_text("half")
        (temporary.parent / "b.db-wal").write_text("half")
        print("go", flush=True)
        time.sleep(60)
"""


@contextmanager
def a_maker(folder: Path, how: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKER, str(folder), how], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"go\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("how", ["named", "nameless"])
def test_files_of_a_killed_writer_are_removed_and_those_of_a_living_one_kept(
    tmp_path: Path, how: str
) -> None:
    with a_maker(tmp_path, how) as maker:
        left = names(tmp_path)
        assert len(left) == (3 if how == "named" else 2)
        atomic_file.sweep(tmp_path)
        assert names(tmp_path) == left
        maker.send_signal(signal.SIGKILL)
        maker.wait()
        atomic_file.sweep(tmp_path)
        assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_name_leaves_nothing(tmp_path: Path) -> None:
    if atomic_file._nameless(tmp_path) is None:
        pytest.skip("this file system has no such files")
    with atomic_file.made(tmp_path / "a.csv", force=False) as file:
        file.write(b"half")
        assert list(tmp_path.iterdir()) == []
    assert (tmp_path / "a.csv").read_bytes() == b"half"


def test_folders_that_somebody_else_made_are_not_swept(tmp_path: Path) -> None:
    """A matching name is not enough, and neither is a folder that others can write to."""
    for name in (".dateline-abc", ".dateline-ABCDEFGH", ".b.db.abcdefgh", "dateline-abcdefgh"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / ".dateline-aaaaaaaa").mkdir()
    (tmp_path / ".dateline-aaaaaaaa").chmod(0o755)
    (tmp_path / ".dateline-bbbbbbbb").write_text("a file")
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "elsewhere" / "x").write_text("precious")
    (tmp_path / ".dateline-cccccccc").symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.iterdir())
    atomic_file.sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == before and names(tmp_path / "elsewhere") == ["x"]


@pytest.mark.parametrize("writer", ["backup", "export", "init", "key"])
def test_every_writer_removes_the_files_of_a_killed_one(tmp_path: Path, writer: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        archive.record(samples.story())
        with a_maker(folder, "named"):
            pass
        assert names(folder)
        if writer == "backup":
            archive.backup(folder / "new")
        elif writer == "key":
            keys.create(folder / "new", archive.id)
        elif writer == "init":
            Archive.create(folder / "new", Plugins()).close()
        else:
            with atomic_file.made(folder / "new", force=False) as file:
                file.write(b"text")
    assert names(folder) == ["new"]


def test_an_erasure_removes_files_of_a_killed_writer_next_to_the_archive(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        archive.record(samples.story())
        with a_maker(tmp_path, "named"):
            pass
        archive.erase(positions=[7], reason="Asked for", basis="consent withdrawn")
    assert names(tmp_path) == ["a.db", "a.db.keys"]


@pytest.mark.parametrize("nameless", [True, False])
@pytest.mark.parametrize("force", [True, False])
def test_a_file_is_replaced_only_by_force_and_keeps_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool, force: bool
) -> None:
    if not nameless:
        monkeypatch.setattr(atomic_file, "_NAMELESS", 0)
    path = tmp_path / "a"
    with atomic_file.made(path, force=force, mode=0o640) as file:
        file.write(b"one")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one", 0o640)
    try:
        with atomic_file.made(path, force=force) as file:
            file.write(b"two")
    except FileExistsError:
        assert not force
    assert path.read_bytes() == (b"two" if force else b"one")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_locked_is_never_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some network file systems, where nothing shows whether its writer is alive."""

    def no_locks(handle: int, how: int) -> None:
        raise OSError(9, os.strerror(9))

    with monkeypatch.context() as patch:
        patch.setattr(atomic_file.fcntl, "flock", no_locks)
        with atomic_file.beside(tmp_path / "b.db") as temporary:
            temporary.write_text("half")
            patch.undo()
            atomic_file.sweep(tmp_path)
            assert temporary.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_reported(tmp_path: Path) -> None:
    with (
        refused("output-not-writable"),
        atomic_file.beside(tmp_path / "no" / "b.db"),
    ):
        pass
