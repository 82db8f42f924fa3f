"""PostgreSQL killed, or out of disk, while events are appended and a subject is erased."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy.engine import URL
from tests.erasure import scene
from tests.faults import child
from tests.faults.child import Acknowledge, Ended
from tests.faults.invariants import PLUGINS, opened
from tests.faults.outcome import Row, seemly
from tests.faults.storage import small_disk

from dateline import Archive
from dateline.testing import samples
from dateline.testing.postgres import Cluster, connect

ServerWork = Callable[[str, Path, Acknowledge], int]
_APPENDS = 400
_WAL = ("min_wal_size=32MB", "max_wal_size=32MB", "max_connections=20")


class Archives:
    """Databases of one server, each filled for an erasure, and their keys."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster, self._folder, self._number = cluster, folder, 0

    def make(self) -> tuple[str, Path]:
        self._number += 1
        name = f"faults_{self._number}"
        with connect(self.cluster.url) as outside:
            outside.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        url = _text(self.cluster.url.set(database=name))
        keys = self._folder / f"{name}.keys"
        with Archive.create(url, PLUGINS, keys) as archive:
            scene.fill(archive)
            archive.catch_up()
        return url, keys


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def server(size: str | None = None) -> Iterator[tuple[Archives, Path]]:
    """A server that syncs, as in production; with `size` on a separate disk of that size."""
    with tempfile.TemporaryDirectory(prefix="dateline-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server may run as another user
        if size is None:
            (folder / "pg").mkdir()
            with Cluster(folder / "pg") as cluster:
                yield Archives(cluster, folder), folder / "pg"
            return
        with small_disk(folder, size) as disk:
            (disk / "pg").mkdir()
            with Cluster(disk / "pg", _WAL) as cluster:
                yield Archives(cluster, folder), disk


def append(url: str, keys: Path, acknowledge: Acknowledge) -> int:
    with Archive.open(url, PLUGINS, keys) as archive:
        for number in range(_APPENDS):
            line = {"type": "story.retitled", "title": f"Append {number} {'x' * 100}"}
            archive.record([line], story="ferry")
            acknowledge(str(number))
    return 0


def erase(url: str, keys: Path, acknowledge: Acknowledge) -> int:
    with Archive.open(url, PLUGINS, keys) as archive:
        archive.erase(scene.WITNESS, reason=scene.REASON, basis=scene.BASIS)
    acknowledge("done")
    return 0


def killed(row: Row, runs: int, chance: random.Random) -> None:
    """Kill the whole server at random moments of appends and erasures."""
    with server() as (archives, _):
        for number in range(runs):
            work: ServerWork = append if number % 2 else erase
            url, keys = archives.make()
            delay = chance.uniform(0.02, 0.8 if work is append else 0.3)
            judged = partial(_killed, archives.cluster, row, work, url, keys, delay)
            _counted(row, f"server killed after {delay:.3f} s of {_name(work)}", judged)


def _killed(
    cluster: Cluster, row: Row, work: ServerWork, url: str, keys: Path, delay: float
) -> None:
    def kill(pid: int) -> None:
        time.sleep(delay)
        cluster.kill()

    ended = child.run(keys.parent, partial(work, url, keys), meanwhile=kill)
    _start(cluster)
    _judge(row, work, url, keys, ended)


def out_of_disk(row: Row, free: tuple[int, ...]) -> None:
    """Leave the server only so many KiB when an append or an erasure begins."""
    with server("256m") as (archives, disk):
        for kib in free:
            for work in (append, erase):
                url, keys = archives.make()
                judged = partial(_starved, archives.cluster, row, work, url, keys, disk, kib)
                _counted(row, f"{kib} KiB left to {_name(work)}", judged)


def _starved(
    cluster: Cluster, row: Row, work: ServerWork, url: str, keys: Path, disk: Path, kib: int
) -> None:
    filler = disk / "filler"
    try:
        _fill(disk, filler, kib)
        ended = child.run(keys.parent, partial(work, url, keys))
    finally:
        filler.unlink(missing_ok=True)
    _start(cluster)
    _judge(row, work, url, keys, ended)


def _fill(disk: Path, filler: Path, leave: int) -> None:
    with open(filler, "wb") as file:
        for _ in range(50):  # the server uses space itself meanwhile
            has = os.statvfs(disk)
            size = max(4096, has.f_bavail * has.f_frsize - leave * 1024)
            try:
                os.posix_fallocate(file.fileno(), 0, size)
                return
            except OSError:
                file.truncate(0)
    raise RuntimeError("the disk cannot be filled")


def _start(cluster: Cluster) -> None:
    """Start the server if it is down, also after it stopped on a full disk."""
    for _ in range(20):
        try:
            connect(cluster.url).close()
            return
        except Exception:
            try:
                os.kill(cluster.pid, 0)
            except (AssertionError, ProcessLookupError):
                pass
            else:
                cluster.kill()
            time.sleep(0.3)
            cluster.start()
    raise RuntimeError("the server does not start again")


def _name(work: ServerWork) -> str:
    return "append" if work is append else "erase"


def _counted(row: Row, what: str, judged: Callable[[], None]) -> None:
    row.runs += 1
    try:
        judged()
    except Exception as error:
        row.broken.append(f"{what}: {type(error).__name__}: {error}"[:1500])


def _judge(
    row: Row,
    work: ServerWork,
    url: str,
    keys: Path,
    ended: Ended,
) -> None:
    seemly(ended)
    row.refused += ended.code == 1
    row.acknowledged += len(ended.acknowledged)
    with opened(url, keys) as archive:
        events = list(archive.events("ferry"))
        erased = sum(event.type == "content.erased" for event in events)
        titles = [getattr(event.data, "title", "") for event in events]
        there = sum(title.startswith("Append ") for title in titles) if work is append else erased
        row.missing += max(0, len(ended.acknowledged) - there)
        # At most one append that was not acknowledged may be there.
        row.duplicates += max(0, there - len(ended.acknowledged) - 1)
        if erased:
            assert scene.CANARY not in repr(events)
        elif work is erase:
            archive.erase(scene.WITNESS, reason=scene.REASON, basis=scene.BASIS)
        archive.record([samples.figure(text="It goes on")], story="ferry", anew=True)
    with opened(url, keys):
        pass
