"""A backup is the whole archive as it was at one moment, or no file at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.log.places import tables
from tests.log.refused import refused
from tests.log.test_copying import CHANGES, change, fill

from dateline import Archive, Plugins
from dateline.errors import Damaged
from dateline.log import atomic_file
from dateline.testing import samples

WRITER = """
import sys
from dateline import Archive, Plugins
from dateline.testing import samples
with Archive.open(sys.argv[1], Plugins()) as archive:
    print("go", flush=True)
    for number in range(10**6):
        archive.record([samples.figure(text=f"No. {number}")], story="ferry")
"""


@contextmanager
def a_writer(db: str) -> Iterator[None]:
    """Another process that records events one by one."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, db], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"go\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_while_others_write_shows_one_moment(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    db = str(tmp_path / "a.db")
    if kind == "postgresql":
        db = request.getfixturevalue("dateline_postgres_url")
    fill(db, "ferry", "alma")
    heads = []
    with a_writer(db), Archive.open(db, Plugins()) as archive:
        for number in range(5):
            before = archive.head().position
            heads.append(archive.backup(tmp_path / f"b{number}.db"))
            assert before <= heads[-1].position <= archive.head().position
            time.sleep(0.1)
    assert heads[0].position < heads[-1].position
    whole = tables(db)
    for number, head in enumerate(heads):
        with Archive.open(tmp_path / f"b{number}.db", Plugins()) as copy:
            assert copy.head() == head
        saved = tables(str(tmp_path / f"b{number}.db"))
        assert saved["events"] == whole["events"][: head.position]
        assert saved["documents"] == whole["documents"]


def test_a_backup_is_one_file_readable_only_by_its_owner(db: str, tmp_path: Path) -> None:
    fill(db, "ferry")
    file = tmp_path / "deep.backup"
    with Archive.open(db, Plugins()) as archive:
        assert archive.backup(file) == archive.head()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*deep*")] == ["deep.backup"]
    assert tables(db) == tables(str(file))
    with Archive.open(file, Plugins()) as restored:
        restored.record([samples.figure(text="One more")], story="ferry")


def test_an_existing_file_is_replaced_only_with_force(db: str, tmp_path: Path) -> None:
    fill(db, "ferry")
    file = tmp_path / "b.file"
    file.write_text("precious")
    with Archive.open(db, Plugins()) as archive:
        with refused("output-exists"):
            archive.backup(file)
        assert file.read_text() == "precious"
        archive.backup(file, force=True)
        assert tables(db) == tables(str(file))
        with Archive.open(file, Plugins()) as other:  # in use
            other.record([samples.figure(text="Unsaved")], story="ferry")
            with refused("file-in-use"):
                archive.backup(file, force=True)
        with refused("output-not-writable"):
            archive.backup(tmp_path / "nowhere" / "b.db")
        with refused("output-not-a-file"):
            archive.backup(tmp_path, force=True)
    with Archive.open(file, Plugins()) as other:
        assert other.head().position == 10


def test_an_archive_is_not_replaced_by_its_own_backup(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    fill(str(db), "ferry")
    before = tables(str(db))
    with Archive.open(db, Plugins()) as archive, refused("output-protected"):
        archive.backup(db, force=True)
    assert tables(str(db)) == before


def test_a_damaged_archive_is_not_backed_up(db: str, tmp_path: Path) -> None:
    fill(db, "ferry")
    change(db, CHANGES["a body"])
    with Archive.open(db, Plugins()) as archive, pytest.raises(Damaged, match="position 8"):
        archive.backup(tmp_path / "b.file")
    assert not list(tmp_path.glob("*b.file*"))


def test_a_backup_that_fails_leaves_no_file(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(db, "ferry")

    def full(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    with Archive.open(db, Plugins()) as archive, monkeypatch.context() as patch:
        patch.setattr(atomic_file.os, "fsync", full)
        with refused("output-not-writable"):
            archive.backup(tmp_path / "b.file")
    assert not list(tmp_path.glob("*b.file*"))


SLOWLY = """
import sys, time
from dateline import Archive, Plugins
from dateline.log import pages
pages.PAGE = 1
from contextlib import contextmanager
@contextmanager
def slowly(what, unit):
    print(what, flush=True)
    yield lambda done, total: time.sleep(0.01)
with Archive.open(sys.argv[1], Plugins()) as archive:
    archive.backup(sys.argv[2], progress=slowly)
"""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.3])
def test_a_killed_backup_leaves_no_file_of_that_name(db: str, delay: float, tmp_path: Path) -> None:
    fill(db, "ferry", "alma", "bora")
    file = tmp_path / "b.file"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, db, str(file)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    time.sleep(delay)
    process.kill()
    with process.stdout:
        killed = process.wait() == -signal.SIGKILL
    assert killed or delay
    if file.exists():  # it was complete before
        assert tables(str(file)) == tables(db)
    else:
        with Archive.open(db, Plugins()) as archive:
            archive.backup(file)
        assert tables(str(file)) == tables(db)
