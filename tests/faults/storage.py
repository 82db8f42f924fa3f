"""Disks that are full or read-only, files that may not grow, and a clock that is set back."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.faults import child
from tests.faults.child import Acknowledge
from tests.faults.invariants import PLUGINS, opened
from tests.faults.kills import judge
from tests.faults.operations import OPERATIONS, Grounds, cli, filled
from tests.faults.outcome import Row, seemly

from dateline import Archive
from dateline.log import append as appending
from dateline.testing import samples

#: Commands that only read from the user's point of view.
READING = (
    ("log", "ferry"),
    ("stories",),
    ("verify",),
    ("status",),
    ("show", "ferry", "timeline"),
    ("export", "--all", "-f", "ndjson"),
)
WRITING = (
    ("retitle", "ferry", "Fictional: another title", "--reason", "Shorter"),
    ("checkpoint", "--key", "{a.key}"),
    ("rebuild", "--all"),
)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A separate file system of that size. Raises PermissionError when none can be mounted."""
    place = folder / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "dateline-faults", place],
        capture_output=True,
        check=False,
        text=True,
    )
    if mounted.returncode:
        place.rmdir()
        raise PermissionError(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        place.rmdir()


def _leave(disk: Path, kib: int) -> None:
    """Shrink the disk until only so much is free."""
    has = os.statvfs(disk)
    used = (has.f_blocks - has.f_bfree) * has.f_frsize // 1024
    subprocess.run(["mount", "-o", f"remount,size={max(4, used + kib)}k", disk], check=True)


def _more_room(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)


def _until_refused(place: Path, acknowledge: Acknowledge) -> int:
    """Append until it fails, and acknowledge each append."""
    for number in range(2000):
        code = cli(
            place, "retitle", "ferry", f"Fictional: title {number} {'x' * 150}", "--reason", "-"
        )
        if code:
            return code
        acknowledge(str(number))
    return 0


def _retitled(place: Path) -> int:
    with opened(place / "a.db") as archive:
        titles = [getattr(e.data, "title", "") for e in archive.events("ferry")]
    return sum(title.startswith("Fictional: title ") for title in titles)


def disk_full(folder: Path, row: Row, free: range) -> None:
    """Append until the disk is full, then check the archive and append with more room."""
    grounds = Grounds(folder)
    for kib in free:
        with small_disk(folder, "8m") as disk:
            place = disk / "archive"
            grounds.copy(OPERATIONS[2], place)
            _leave(disk, kib)
            row.runs += 1
            ended = child.run(folder, partial(_until_refused, place))
            _judge(row, f"disk full with {kib} KiB", place, ended, partial(_more_room, disk))


def every_operation_on_a_full_disk(folder: Path, row: Row, free: range) -> None:
    grounds = Grounds(folder)
    for operation in OPERATIONS:
        for kib in free:
            with small_disk(folder, "16m") as disk:
                place = grounds.copy(operation, disk / "archive")
                _leave(disk, kib)
                row.runs += 1
                try:
                    ended = child.run(folder, partial(operation.work, place))
                    _more_room(disk)
                    judge(operation, place, ended, row)
                except Exception as error:
                    what = f"{operation.name} with {kib} KiB"
                    row.broken.append(f"{what}: {type(error).__name__}: {error}"[:1500])


def file_size_limit(folder: Path, row: Row, limits: range) -> None:
    """RLIMIT_FSIZE: writing beyond it fails with EFBIG, because the signal is ignored."""
    grounds = Grounds(folder)
    for kib in limits:
        place = grounds.copy(OPERATIONS[2], folder / "limited")

        row.runs += 1
        ended = child.run(folder, partial(_limited, place, kib))
        _judge(row, f"files of {kib} KiB", place, ended, lambda: None)
        shutil.rmtree(place)


def _limited(place: Path, kib: int, acknowledge: Acknowledge) -> int:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, hard))
    return _until_refused(place, acknowledge)


def _judge(
    row: Row, what: str, place: Path, ended: child.Ended, make_room: Callable[[], None]
) -> None:
    try:
        seemly(ended)
        assert ended.code == 1, "nothing was refused"
        row.refused += 1
        row.acknowledged += len(ended.acknowledged)
        make_room()
        there = _retitled(place)
        row.missing += max(0, len(ended.acknowledged) - there)
        row.duplicates += max(0, there - len(ended.acknowledged))
        with opened(place / "a.db") as archive:
            archive.record([{"type": "story.retitled", "title": "It goes on"}], story="ferry")
    except Exception as error:
        row.broken.append(f"{what}: {type(error).__name__}: {error}"[:1500])


# -- read-only ---------------------------------------------------------------------------


def read_only(folder: Path, row: Row) -> list[str]:
    """Run every command on an archive in a read-only folder, and on a read-only file. Each command works
    or fails with one error, and nothing changes. Returns the commands that worked."""
    answered = []
    for what in ("folder", "file"):
        place = folder / f"read-only-{what}"
        place.mkdir()
        filled(place)
        before = {path.name: path.read_bytes() for path in place.iterdir()}
        for path in [place] if what == "folder" else []:
            path.chmod(0o555)
        for path in place.iterdir():
            # Keys that others can read would be refused.
            path.chmod({".key": 0o600, ".keys": 0o400}.get(path.suffix, 0o444))
        _give_away(place)
        for words in (*READING, *WRITING):
            given = [str(place / word[1:-1]) if word.startswith("{") else word for word in words]

            row.runs += 1
            ended = child.run(folder, partial(_as_nobody, place, given))
            try:
                seemly(ended, verdict=words[0] == "verify")
                row.refused += ended.code == 1
                if ended.code == 0:
                    assert words in READING, f"{words} wrote"
                    answered.append(f"{what}: {' '.join(words)}")
                after = {path.name: path.read_bytes() for path in place.iterdir()}
                after = {name: after[name] for name in before}
                assert after == before, "it was written"
            except Exception as error:
                failure = f"read-only {what}, {words}: {type(error).__name__}: {error}"
                row.broken.append(failure[:1500])
        place.chmod(0o755)
    return answered


_NOBODY = 65534


def _give_away(place: Path) -> None:
    """Root can write everywhere, so give the files to another user, who can read them all."""
    if os.geteuid() == 0:
        for path in (place, *place.iterdir()):
            os.chown(path, _NOBODY, _NOBODY)


def _as_nobody(place: Path, words: list[str], acknowledge: Acknowledge) -> int:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    os.environ["XDG_CONFIG_HOME"] = str(place)
    return cli(place, *words)


# -- the clock ---------------------------------------------------------------------------------


def clock_set_back(folder: Path, row: Row) -> None:
    """Events recorded with earlier and earlier clocks keep their order, also by time."""
    place = folder / "clock"
    place.mkdir()
    filled(place)
    plain = appending.now_us
    try:
        with Archive.open(place / "a.db", PLUGINS) as archive:
            for hour in range(5):
                appending.now_us = lambda hour=hour: plain() - hour * 3_600_000_000  # type: ignore[misc]
                archive.record([samples.figure(text=f"At {hour}")], story="ferry")
                row.runs, row.acknowledged = row.runs + 1, row.acknowledged + 1
    finally:
        appending.now_us = plain
    with opened(place / "a.db") as archive:
        events = list(archive.events("ferry"))
        stamps = [event.recorded_us for event in events]
        texts = [getattr(event.data, "text", "") for event in events[-5:]]
    row.missing += sum(f"At {hour}" not in texts for hour in range(5))
    if stamps != sorted(stamps) or texts != [f"At {hour}" for hour in range(5)]:
        row.broken.append(f"a clock that was set back reordered a story: {texts} {stamps[-5:]}")
