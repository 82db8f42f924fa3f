"""After a crash an archive opens unchanged; a write-ahead log (WAL) of another file is never applied."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.log import schema
from dateline.log.databases import leftover
from dateline.testing import samples

#: Records stories, checkpoints the WAL before story number `at`, and is killed.
CRASH = """
import os, signal, sys
from dateline import Archive, Plugins
from dateline.log.engine import reading
db, first, last, at = sys.argv[1], *map(int, sys.argv[2:5])
archive = Archive.open(db, Plugins())
for number in range(first, last):
    if number == at:
        connection = archive._engine.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        connection.close()
    archive.record([{"type": "story.opened", "slug": f"s{number}", "title": "T" * 300}])
    print(number, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
COUNT = 60


def crash(db: Path, first: int, last: int, at: int = -1) -> None:
    done = subprocess.run(  # noqa: PLW1510 - it is killed
        [sys.executable, "-c", CRASH, str(db), *map(str, (first, last, at))], stdout=subprocess.PIPE
    )
    assert done.returncode == -signal.SIGKILL and len(done.stdout.split()) == last - first
    assert db.with_name(f"{db.name}-wal").stat().st_size > leftover._HEADER_BYTES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        archive.record(samples.story())
    return tmp_path / "a.db"


def grow(path: Path) -> None:
    with Archive.open(path, Plugins()) as archive:
        archive.record(
            {"type": "story.opened", "slug": f"s{number}", "title": "T" * 300}
            for number in range(COUNT)
        )


def head(path: Path) -> int:
    with Archive.open(path, Plugins()) as archive:
        assert not archive.verify().findings
        return archive.head().position


@pytest.mark.parametrize("at", [-1, 3, 6])
def test_after_a_crash_every_acknowledged_event_is_there(path: Path, at: int) -> None:
    """Also when a part of the WAL was copied into the file before."""
    crash(path, 0, 8, at)
    assert head(path) == 7 + 8
    assert not path.with_name("a.db-wal").exists()


def by_backup(path: Path, saved: Path) -> None:
    with Archive.open(path, Plugins()) as archive:
        archive.backup(saved)


def by_backup_that_was_read(path: Path, saved: Path) -> None:
    by_backup(path, saved)
    with Archive.open(saved, Plugins.load(strict=True)) as archive:
        archive.verify(deep_too=True)
        assert archive.view("timeline").rows


def by_hand(path: Path, saved: Path) -> None:
    shutil.copy(path, saved)


def by_copy(path: Path, saved: Path) -> None:
    copy_archive(path, saved)


def by_backup_that_was_used(path: Path, saved: Path) -> None:
    by_backup(path, saved)
    with Archive.open(saved, Plugins()) as archive:
        archive.record([samples.figure(text="Used")], story="ferry")


@pytest.mark.sampled(3)
@pytest.mark.parametrize("over", ["copied", "moved"])
@pytest.mark.parametrize(
    "save", [by_backup, by_backup_that_was_read, by_backup_that_was_used, by_copy, by_hand]
)
def test_a_restored_file_is_not_mixed_with_the_wal_of_a_crash(
    path: Path, save: Callable[[Path, Path], None], over: str
) -> None:
    saved = path.with_name("saved.db")
    save(path, saved)
    grow(path)
    crash(path, COUNT, COUNT + 3)
    wal = path.with_name("a.db-wal")
    (shutil.copy if over == "copied" else shutil.move)(saved, path)
    before = path.read_bytes(), wal.read_bytes()
    with refused("wal-foreign") as error:
        Archive.open(path, Plugins())
    with refused("wal-foreign"):
        copy_archive(path, path.with_name("copy.db"))
    assert str(wal) in str(error.value.hint)
    assert (path.read_bytes(), wal.read_bytes()) == before
    wal.rename(path.with_name("aside-wal"))
    path.with_name("a.db-shm").unlink()
    assert head(path) == 7 + (save is by_backup_that_was_used)


def test_a_wal_does_not_undo_the_restore_of_the_backup_before_it(path: Path) -> None:
    """The WAL of a crash right after the backup would fit the backup."""
    saved = path.with_name("saved.db")
    by_backup(path, saved)
    crash(path, 0, 3)
    shutil.copy(saved, path)
    with refused("wal-foreign"):
        Archive.open(path, Plugins())


def test_a_wal_whose_file_lost_an_event_is_refused(path: Path) -> None:
    """Pages may fit together while their contents do not."""
    grow(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM events WHERE position = 20")
    crash(path, COUNT, COUNT + 1)
    with refused("wal-foreign") as error:
        Archive.open(path, Plugins())
    assert error.match("position 20")


def test_a_wal_of_an_open_archive_is_not_read_through(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first process after a crash checks it, so opening stays cheap."""
    looked = []
    monkeypatch.setattr(schema, "_read_through", lambda *_: looked.append(1))
    crash(path, 0, 3)
    with Archive.open(path, Plugins()) as archive:
        assert looked == [1]
        archive.record([samples.figure(text="More")], story="ferry")
        with Archive.open(path, Plugins()):
            assert looked == [1]
    assert head(path) == 11 and looked == [1]
    other = "import sys, time; from dateline import Archive, Plugins\n"
    other += "archive = Archive.open(sys.argv[1], Plugins())\n"
    other += "archive.record([{'type': 'story.opened', 'slug': 'o', 'title': 'T'}])\n"
    other += "print(flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", other, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdin is not None
    with process, process.stdout, process.stdin:
        process.stdout.readline()
        assert path.with_name("a.db-wal").stat().st_size > leftover._HEADER_BYTES
        assert head(path) == 12 and looked == [1]


def test_reading_never_changes_a_backup_and_writing_makes_it_an_archive(
    path: Path,
) -> None:
    saved, plugins = path.with_name("saved.db"), Plugins.load(strict=True)
    by_backup(path, saved)
    before = saved.read_bytes()
    with Archive.open(saved, plugins) as archive:
        rows = archive.view("timeline", "ferry").rows
        assert rows and archive.builds() == []
        with archive.material("ferry") as material:
            assert material.stories
    assert saved.read_bytes() == before
    with Archive.open(saved, plugins) as archive:
        archive.record([samples.figure(text="One more")], story="ferry")
        assert saved.with_name("saved.db-wal").exists()
        assert len(archive.view("timeline", "ferry").rows) == len(rows) + 1
        assert [build.name for build in archive.builds()] == ["timeline"]


@pytest.mark.parametrize("step", [0, 1])
def test_a_process_killed_at_the_first_write_to_a_backup_leaves_an_archive(
    path: Path, step: int
) -> None:
    from dateline.log.databases import resting

    saved = path.with_name("saved.db")
    by_backup(path, saved)
    with closing(sqlite3.connect(saved, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id={resting._WAKING}")
        if step:
            connection.execute("PRAGMA journal_mode=WAL")
    crash(saved, 0, 2)
    assert head(saved) == 9
    with closing(sqlite3.connect(saved)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA application_id").fetchone() == (0,)
