"""A copy killed at any moment holds the beginning of the archive, and the next run continues it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.log.places import places, tables
from tests.log.test_copying import more

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.errors import NotAnArchive, UnfinishedCopy
from dateline.log import schema
from dateline.log.engine import reading
from dateline.log.pages import require_sound
from dateline.testing.postgres import Server

_ROOT = Path(__file__).parents[2]
KILLS = 15

VICTIM = """
import os
import sys
from contextlib import contextmanager
from dateline import archive
from dateline.log import schema
from dateline.log import pages
from dateline.log.copying import copied_table, copier, whole

pages.PAGE = copied_table.PAGE = 4
source, target, last = sys.argv[1:]
said = 0
def say(what):
    global said
    said += 1
    print(what, flush=True)
    if said == int(last):
        os.kill(os.getpid(), 9)
plain = copier._Copier._turn
@contextmanager
def turn(self):
    with plain(self) as connection:
        say("open")
        yield connection
        say("written")
    say("committed")
copier._Copier._turn = turn
begin_ = copier._Copier._begin
def begin(*given):
    say("open")
    begin_(*given)
    say("written")
copier._Copier._begin = begin
made = whole.open_copy
def open_copy(*given):
    say("making")
    engine = made(*given)
    say("made")
    return engine
whole.open_copy = open_copy
archive.copy_archive(source, target)
say("done")
"""


def killed(source: str, target: str, at: int, delay: float, last: int = 0) -> int:
    """Run a copy until it printed `at` lines and for `delay` seconds more, then kill it. Returns how many
    lines it printed.

    With `last` it kills itself right after that number of lines.
    """
    command = [sys.executable, "-c", VICTIM, source, target, str(last)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT)
    assert process.stdout is not None
    said = 0
    while said < at and process.stdout.readline():
        said += 1
    time.sleep(delay)
    process.kill()
    with process.stdout:
        said += len(process.stdout.readlines())
    assert process.wait() in (0, -signal.SIGKILL)
    return said


def reached(target: str, source: dict[str, list[tuple[object, ...]]]) -> int:
    """Check the copy, and return its number of events."""
    try:
        engine = schema.connect(target, unfinished=True)
    except NotAnArchive:
        return 0
    with reading(engine) as connection:
        head = require_sound(connection, target)
    engine.dispose()
    found = tables(target)
    assert found["events"] == source["events"][: head.position]
    assert set(found["documents"]) <= set(source["documents"])
    if head.position < len(source["events"]):
        with pytest.raises(UnfinishedCopy):
            Archive.open(target, Plugins())
    return head.position


@pytest.mark.parametrize(
    ("one", "other"),
    [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")],
    ids=["within SQLite", "to PostgreSQL", "from PostgreSQL"],
)
def test_a_killed_copy_is_a_sound_beginning_and_continues(
    one: str, other: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue("dateline_postgres")
    chance = random.Random(7)
    with ExitStack() as stack:
        place = places(stack, tmp_path, lambda: server)
        source = place(one)
        with Archive.create(source, Plugins()) as archive:
            for number in range(12):
                more(archive, f"story-{number}")
        whole = tables(source)
        steps = killed(source, place(other), 10**6, 0)
        assert steps > 100
        midway, kills = 0, 0
        while kills < KILLS or midway < KILLS // 3:
            assert kills < 10 * KILLS
            target, before = place(other), 0
            for _ in range(chance.randint(1, 4)):  # the run that continues is killed as well
                said = killed(source, target, chance.randint(0, steps), chance.random() * 0.01)
                kills += 1
                now = reached(target, whole)
                assert now >= before
                midway += before < now < len(whole["events"])
                before = now
                if said >= steps:
                    break
            copied = copy_archive(source, target)
            assert copied.new == len(whole["events"]) - before
            assert tables(target) == whole
            Archive.open(target, Plugins()).close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_killed_during_an_update_is_unfinished_or_complete(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    def sound(db: str) -> bool:
        with Archive.open(db, Plugins()) as archive:
            report = archive.verify()
        return not report.findings and not report.unchecked

    with ExitStack() as stack:
        place = places(stack, tmp_path, lambda: request.getfixturevalue("dateline_postgres"))
        source, earlier = place("sqlite"), place("sqlite")
        with Archive.create(source, Plugins()) as archive:
            more(archive, "ferry")
            more(archive, "alma")
        copy_archive(source, earlier)
        with Archive.open(source, Plugins()) as archive:
            archive.erase(None, [3, 7], reason="Asked", basis="consent withdrawn")
            more(archive, "bora")
        whole = tables(source)
        before, unfinished, last = tables(earlier), 0, 0
        while True:
            target, last = place(kind), last + 1
            copy_archive(earlier, target)
            said = killed(source, target, 10**6, 0, last)
            try:
                assert sound(target)
            except UnfinishedCopy:
                unfinished += 1
                copy_archive(source, target)
                assert sound(target)
                assert tables(target) == whole
            else:
                assert tables(target) in (before, whole)
            if said < last:
                break
        assert unfinished > 20
        assert tables(target) == whole


def test_a_copy_killed_at_its_creation_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    source, target = str(tmp_path / "a.db"), tmp_path / "copy" / "b.db"
    target.parent.mkdir()
    with Archive.create(source, Plugins()) as archive:
        more(archive, "ferry")
    for hundredth in range(0, 12, 2):
        killed(source, str(target), 1, hundredth / 100)
        if target.exists():
            break
        assert not list(target.parent.glob("b.db*"))
    assert hundredth
    copy_archive(source, target)
    assert tables(str(target)) == tables(source)
