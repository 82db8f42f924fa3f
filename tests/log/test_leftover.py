"""After a crash an archive opens as it was; a log that belongs to another file is never taken in."""

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

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.errors import DatelineError
from dateline.log import leftover
from dateline.testing import samples

#: Records so many stories, checkpoints the log in between where told to, and dies.
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
def test_after_a_crash_everything_acknowledged_is_there(path: Path, at: int) -> None:
    """Also where a part of the log was taken into the file before."""
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


@pytest.mark.sampled(4)
@pytest.mark.parametrize("over", ["copied", "moved"])
@pytest.mark.parametrize(
    "save", [by_backup, by_backup_that_was_read, by_backup_that_was_used, by_copy, by_hand]
)
def test_a_restored_file_is_not_mixed_with_the_log_of_a_crash(
    path: Path, save: Callable[[Path, Path], None], over: str
) -> None:
    saved = path.with_name("saved.db")
    save(path, saved)
    grow(path)
    crash(path, COUNT, COUNT + 3)
    wal = path.with_name("a.db-wal")
    (shutil.copy if over == "copied" else shutil.move)(saved, path)
    before = path.read_bytes(), wal.read_bytes()
    with pytest.raises(DatelineError, match="not the log of") as refused:
        Archive.open(path, Plugins())
    with pytest.raises(DatelineError, match="not the log of"):
        copy_archive(path, path.with_name("copy.db"))
    assert str(wal) in str(refused.value.hint)
    assert (path.read_bytes(), wal.read_bytes()) == before
    wal.rename(path.with_name("aside-wal"))
    path.with_name("a.db-shm").unlink()
    assert head(path) == 7 + (save is by_backup_that_was_used)


def test_a_backup_is_not_undone_by_a_log_that_holds_all_that_came_since(path: Path) -> None:
    """The log of a crash right after the backup fits the file it was made of."""
    saved = path.with_name("saved.db")
    by_backup(path, saved)
    crash(path, 0, 3)
    shutil.copy(saved, path)
    with pytest.raises(DatelineError, match="a backup was put in the place"):
        Archive.open(path, Plugins())


def test_a_log_whose_file_lost_an_event_is_refused(path: Path) -> None:
    """Pages may fit while what is in them does not."""
    grow(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM events WHERE position = 20")
    crash(path, COUNT, COUNT + 1)
    with pytest.raises(DatelineError, match="position 20"):
        Archive.open(path, Plugins())


def test_a_log_that_somebody_is_writing_is_not_read_through(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who comes first after a crash looks: opening stays as cheap as it was."""
    looked = []
    monkeypatch.setattr(leftover, "_read_through", lambda *_: looked.append(1))
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


def test_a_backup_is_changed_by_nothing_that_reads_it_and_is_an_archive_once_written_to(
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
def test_who_dies_while_a_backup_is_first_written_to_leaves_an_archive(
    path: Path, step: int
) -> None:
    from dateline.log import resting

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
