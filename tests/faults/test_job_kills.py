"""A rebuild by two processes survives SIGKILL of any of them at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.parallel.waiting import alive, until

from dateline import Archive, Plugins
from dateline.testing import samples

STORIES, STEP = 200, 40
#: A number of kills per hundred: all of them with ``DATELINE_KILLS=100``, which takes minutes.
SHARE = int(os.environ.get("DATELINE_KILLS", "20"))
SEEDS = {"sqlite": range(70 * SHARE // 100), "postgresql": range(30 * SHARE // 100)}
#: Further kills, as long as one kind of kill has not happened yet.
MORE = range(1000, 1030)

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks into /proc")


def children(pid: int) -> list[int]:
    """The child processes of a process, started by any of its threads."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue  # the thread has ended
    return found


def workers(pid: int) -> list[int]:
    def folds(child: int) -> bool:
        try:
            return b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            return False

    return [child for child in children(pid) if folds(child)]


def rebuild(db: str, errors: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "tests.parallel.rebuilding", db, str(STEP)]
    with errors.open("wb") as stream:
        return subprocess.Popen(
            command, env=environment, cwd=Path(__file__).parents[2], stdout=stream, stderr=stream
        )


def test_views_are_the_fold_of_the_log_whoever_is_killed_and_whenever(
    db: str, tmp_path: Path
) -> None:
    kind = "postgresql" if "://" in db else "sqlite"
    with Archive.create(db, Plugins.load(strict=True)) as archive:
        for number in range(STORIES):
            archive.record(samples.story(slug=f"ferry-{number:03}"))
        archive.rebuild()
    outcomes: Counter[str] = Counter()
    wanted = 3 if SHARE >= 100 else 1
    for number, seed in enumerate((*SEEDS[kind], *MORE)):
        met = min(outcomes["parent"], outcomes["worker"], outcomes["resumed"])
        if number >= len(SEEDS[kind]) and met >= wanted:
            break
        outcomes.update(_round(db, random.Random(seed), tmp_path / "errors"))
    print(kind, dict(outcomes))
    assert met >= wanted


def _folding(db: str, pid: int) -> bool:
    return len(workers(pid)) == 2


def _begun(db: str, pid: int) -> bool:
    """Whether some chunks are written, and others are not."""
    with Archive.open(db, Plugins.load(strict=True)) as archive:
        return any(build.unfinished and build.cursor for build in archive.builds())


def _round(db: str, chance: random.Random, errors: Path) -> list[str]:
    """Kill the parent or a worker at some moment, resume, and compare. Returns who was killed, and whether
    a part of the rebuild was done."""
    parent = rebuild(db, errors)
    seen: set[int] = set()
    victim = chance.choice(("parent", "worker"))
    wait_for = chance.choice((None, _folding, _begun))
    if wait_for is not None:
        until(lambda: parent.poll() is not None or wait_for(db, parent.pid))
    end = time.monotonic() + chance.random() * 0.5
    while time.monotonic() < end and parent.poll() is None:
        seen.update(children(parent.pid))
        time.sleep(0.005)
    seen.update(children(parent.pid))
    there = workers(parent.pid)
    if parent.poll() is not None or (victim == "worker" and not there):
        victim = "nobody"
    else:
        pid = parent.pid if victim == "parent" else chance.choice(there)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            victim = "nobody"
    while parent.poll() is None:
        seen.update(children(parent.pid))
        time.sleep(0.005)
    if victim == "parent" and parent.returncode == 0:
        victim = "nobody"  # it had just ended
    good = -signal.SIGKILL if victim == "parent" else 0
    assert parent.returncode == good, errors.read_text()

    until(lambda: not any(map(alive, seen)))

    with Archive.open(db, Plugins.load(strict=True)) as archive:
        begun = any(build.unfinished and build.cursor for build in archive.builds())
        archive.rebuild()
        builds = archive.builds()
        assert not any(build.unfinished for build in builds)
        assert all(build.position == archive.head().position for build in builds if build.serves)
        for name in archive.plugins.views:
            assert archive.verify_view(name) == [], name
        archive.prune()
    return [victim, *(["resumed"] if begun else [])]
