"""A power cut: the contents of a disk when nothing more reaches it.

The archive is on an ext4 file system in an image. The file system is shut down without writing out its
journal (EXT4_IOC_SHUTDOWN). After the next mount, synced data is there, and the rest only by chance. The
process is frozen before, so that it acknowledges nothing after the cut. Torn sectors and writes that a
disk reorders are not simulated.
"""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.faults import child
from tests.faults.kills import judge
from tests.faults.operations import Grounds, Operation
from tests.faults.outcome import Row

#: From linux/fs/ext4/ext4.h: shut down at once, without flushing the journal.
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2
_MIB = 48


class Disk:
    """An ext4 file system on an image in a folder. Raises PermissionError when none can be made."""

    def __init__(self, folder: Path) -> None:
        self.path, self._image = folder / "disk", folder / "disk.img"
        with self._image.open("wb") as file:
            file.truncate(_MIB << 20)
        _run("mkfs.ext4", "-q", "-F", self._image)
        self.path.mkdir()
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", "loop", self._image, self.path)

    def cut(self) -> None:
        """Cut the power: nothing reaches the image from now on."""
        here = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(here, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(here)

    def start_again(self) -> None:
        _run("umount", self.path)
        self._mount()

    def remove(self) -> None:
        _run("umount", self.path)
        self.path.rmdir()
        self._image.unlink()


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    made = Disk(folder)
    try:
        yield made
    finally:
        made.remove()


def cut_at_random(
    operation: Operation, shots: int, chance: random.Random, row: Row, folder: Path
) -> None:
    """Cut the power at random moments of an operation, and right after it is done."""
    grounds = Grounds(folder)
    with disk(folder) as made:
        took = _time(grounds, operation, made, folder)
        for moment in (None, *(chance.uniform(0, took * 1.1) for _ in range(shots - 1))):
            _shoot(grounds, operation, made, moment, row, folder)


def cut_when_done(operation: Operation, row: Row, folder: Path) -> None:
    """Cut the power right after an operation is done."""
    with disk(folder) as made:
        _shoot(Grounds(folder), operation, made, None, row, folder)


def _shoot(
    grounds: Grounds,
    operation: Operation,
    made: Disk,
    moment: float | None,
    row: Row,
    folder: Path,
) -> None:
    row.runs += 1
    place = grounds.copy(operation, made.path / "shot")
    os.sync()
    try:
        end = _cut_after(made, moment)
        ended = child.run(folder, partial(operation.work, place), meanwhile=end)
        made.start_again()
        judge(operation, place, ended, row)
    except Exception as error:
        what = f"{operation.name} when it was done" if moment is None else f"at {moment:.4f} s"
        row.broken.append(f"{what}: {type(error).__name__}: {error}"[:1500])
    shutil.rmtree(place)


def _time(grounds: Grounds, operation: Operation, made: Disk, folder: Path) -> float:
    place = grounds.copy(operation, made.path / "rehearsal")
    began = time.monotonic()
    child.run(folder, partial(operation.work, place))
    took = time.monotonic() - began
    shutil.rmtree(place)
    return took


def _cut_after(made: Disk, seconds: float | None) -> Callable[[int], None]:
    """Cut the power after some seconds, or when the process is done."""

    def end(pid: int) -> None:
        if seconds is not None:
            time.sleep(seconds)
            os.kill(pid, signal.SIGSTOP)  # nobody waited for it yet, so the id is still its own
        while _state(pid) not in "TZ":
            time.sleep(0.001)
        made.cut()
        os.kill(pid, signal.SIGKILL)

    return end


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2][0]


def _run(*words: str | Path) -> None:
    try:
        done = subprocess.run(words, capture_output=True, check=False, text=True)
    except FileNotFoundError as error:
        raise PermissionError(f"no disk can be made here: {error}") from None
    if done.returncode:
        raise PermissionError(f"no disk can be made here: {done.stderr.strip()}")
