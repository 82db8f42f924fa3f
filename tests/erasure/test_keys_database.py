"""Making the keys database: it is complete, or as if it had never been tried."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, REASON, WITNESS, raises

from dateline import Archive, Plugins
from dateline.protect import keys_file
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
LINE = samples.figure(text="Hers")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
    return tmp_path


def protect(folder: Path, subject: str = WITNESS) -> None:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        archive.record([LINE], story="ferry", protect=subject)
        assert archive._keys.subjects() == [subject]
        scene.verify(archive)


@pytest.mark.parametrize("name", ["w\udcff", "\ud800", "w\x00"])
def test_a_name_that_is_not_utf_8_is_refused_before_anything_is_made(
    folder: Path, name: str
) -> None:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        with raises("not-a-subject-name"):
            archive.record([LINE], story="ferry", protect=name)
        with raises("subject-unknown"):
            archive.erase(name, reason=REASON, basis=BASIS)
    assert not (folder / "a.db.keys").exists()
    protect(folder)
    opened = Archive.open(folder / "a.db", PLUGINS)
    with opened as archive, raises("subject-unknown"):
        archive.erase(name, reason=REASON, basis=BASIS)


def test_an_empty_file_is_a_place_for_keys_and_holds_none(folder: Path) -> None:
    (folder / "a.db.keys").touch()
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        assert archive._keys.subjects() == [] and archive._journal.erasures() == []
        assert archive._keys.find(WITNESS) is None and archive._keys.secret("x") is None
        scene.verify(archive)
    protect(folder)


def test_a_database_of_something_else_is_not_taken_for_an_empty_one(folder: Path) -> None:
    other = sqlite3.connect(folder / "a.db.keys")
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    (folder / "a.db.keys").chmod(0o600)
    with raises("keys-unusable"):
        Archive.open(folder / "a.db", PLUGINS)


class Dies(sqlite3.Connection):
    """A connection that kills its process after a number of statements."""

    left = 0

    def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
        if Dies.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        Dies.left -= 1
        return super().execute(statement, *given)


def test_a_kill_while_it_is_made_blocks_nothing(folder: Path) -> None:
    """Killed between any two statements after the file was made."""
    for at in range(40):
        child = os.fork()
        if child == 0:
            try:
                plain = keys_file.sqlite3.connect
                keys_file.sqlite3.connect = partial(plain, factory=Dies)  # type: ignore[assignment]
                Dies.left = at
                with Archive.open(folder / "a.db", PLUGINS) as archive:
                    archive._keys.hold(archive._keys.propose(WITNESS))
            finally:
                os._exit(0)
        if not os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            break
        with Archive.open(folder / "a.db", PLUGINS) as archive:
            assert archive._keys.subjects() == []
            scene.verify(archive)
        if (folder / "a.db.keys").exists():
            (folder / "a.db.keys").unlink()
    assert at > 8
    protect(folder)


def test_a_full_disk_blocks_nothing_afterwards(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        with monkeypatch.context() as patched:
            patched.setattr(keys_file, "_SCHEMA", keys_file._SCHEMA + "CREATE TABLE no_room (;")
            with raises("keys-unusable"):
                archive.record([LINE], story="ferry", protect=WITNESS)
        archive.record([samples.figure(text="Not hers")], story="ferry")
    protect(folder)


def test_others_may_open_it_while_it_is_made(folder: Path) -> None:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        with archive._keys.file.transaction(), Archive.open(folder / "a.db", PLUGINS) as other:
            assert other._keys.subjects() == []
        archive.record([LINE], story="ferry", protect=WITNESS)


def test_several_may_make_it_at_once(folder: Path) -> None:
    code = (
        "import sys; from dateline.protect.keys import Keys; from uuid import UUID; from pathlib import Path\n"
        "keys = Keys(Path(sys.argv[1]), UUID(int=1)); input(); keys.hold(keys.propose(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(folder / "a.db.keys")]
    made = [
        subprocess.Popen([*command, f"Witness {n}"], stdin=subprocess.PIPE, text=True)
        for n in range(4)
    ]
    for process in made:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.close()
    assert [process.wait() for process in made] == [0] * 4
    database = sqlite3.connect(folder / "a.db.keys")
    assert database.execute("SELECT count(*) FROM keys").fetchone() == (4,)
    database.close()


# -- only the keys of this archive -------------------------------------------------------------


def test_no_new_keys_take_the_place_of_those_that_are_away(folder: Path) -> None:
    protect(folder)
    (folder / "a.db.keys").rename(folder / "away")
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        archive.record(samples.story(slug="other"))
        head = archive.head()
        with raises("keys-missing"):
            archive.record([samples.figure()], story="other", protect="Witness 8")
        with raises("keys-missing"):
            archive.erase(positions=[5], reason=REASON, basis=BASIS)
        assert archive.head() == head
    assert not (folder / "a.db.keys").exists()
    (folder / "away").rename(folder / "a.db.keys")
    protect_too(folder, "Witness 8")


def protect_too(folder: Path, subject: str) -> None:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        archive.record([samples.figure(text="Of another")], story="ferry", protect=subject)
        assert subject in archive._keys.subjects()


def test_the_keys_of_another_archive_are_not_used(folder: Path) -> None:
    protect(folder)
    (folder / "a.db.keys").rename(folder / "away")
    with Archive.create(folder / "b.db", PLUGINS, folder / "a.db.keys") as other:
        other.record(samples.story(), protect=None)
        other.record([LINE], story="ferry", protect=WITNESS)
    with (
        Archive.open(folder / "a.db", PLUGINS) as archive,
        raises("keys-missing"),
    ):
        archive.record([samples.entity("person:x", "X")], story="ferry", protect="Witness 8")


def test_keys_that_were_destroyed_are_the_archives_own(folder: Path) -> None:
    protect(folder)
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        archive.erase(WITNESS, reason=REASON, basis=BASIS)
    protect_too(folder, "Witness 8")


def test_without_the_keys_it_is_not_claimed_that_nothing_is_protected(folder: Path) -> None:
    protect(folder)
    (folder / "a.db.keys").rename(folder / "away")
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        with raises("keys-missing") as missed:
            archive.erase(WITNESS, reason=REASON, basis=BASIS)
        assert missed.value.hint == "name it with --keys"
    (folder / "a.db.keys").touch()
    with (
        Archive.open(folder / "a.db", PLUGINS) as archive,
        raises("keys-missing"),
    ):
        archive.plan_erasure(WITNESS)


def test_the_nearest_name_is_suggested_for_a_mistyped_one(folder: Path) -> None:
    protect(folder, "Witness 7")
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        with raises("subject-unknown") as missed:
            archive.plan_erasure("Witnes 7")
        assert missed.value.hint == "did you mean 'Witness 7'? protected subjects: Witness 7"


# -- private to its owner ----------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_keys_that_others_can_read_are_not_used(folder: Path, mode: int) -> None:
    protect(folder)
    path = folder / "a.db.keys"
    path.chmod(mode)
    with raises("keys-exposed") as caught:
        Archive.open(folder / "a.db", PLUGINS)
    assert str(caught.value.hint).startswith(f"chmod 600 {path}")
    path.chmod(0o600)
    protect_too(folder, "Witness 8")


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_an_empty_file_is_made_private_to_its_owner(folder: Path) -> None:
    path = folder / "a.db.keys"
    path.touch(0o644)
    path.chmod(0o644)
    protect(folder)
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_erasure_is_put_on_record_in_the_keys_of_another_archive(folder: Path) -> None:
    """A keys file is there, but it belongs to another archive."""
    protect(folder)
    (folder / "a.db.keys").rename(folder / "away")
    with Archive.create(folder / "b.db", PLUGINS, folder / "a.db.keys") as other:
        other.record(samples.story())
        other.record([LINE], story="ferry", protect=WITNESS)
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        head = archive.head()
        with raises("keys-missing"):
            archive.erase(positions=[6], reason=REASON, basis=BASIS)
        assert archive.head() == head and archive._journal.erasures() == []
    (folder / "away").rename(folder / "a.db.keys")
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        scene.erase(archive, 6)
