"""Kills a process while it folds views, then checks the archive.

A `Shot` states what the child does and where it is killed. `fire` copies the ground, runs the child and
a concurrent reader, kills the child, checks every invariant, finishes the work and checks again.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import msgspec
from tests.faults.ground import Ground, append
from tests.faults.observed import NAMES, Tally, by_key, plugins
from tests.log.roots import root_at

from dateline import Archive
from dateline.log import read as log
from dateline.log.engine import reading
from dateline.views import store, stored_rows
from dateline.views.generation import Build
from dateline.views.projection import schema_of

#: ``rebuild``: every view is live and at the head. ``append``: events arrive during the rebuild.
#: ``catch-up``: every view is behind. ``first``: a catch-up before any view is built.
#: ``race``: every view is behind, and the concurrent reader catches up as well.
Kind = Literal["rebuild", "append", "catch-up", "first", "race"]

_ROOT = Path(__file__).parents[2]
_PATIENCE = 120.0
#: The point where a child of the kind ``append`` waits for events: its first step is committed.
_APPENDING = "bulk:committed"


def _python(module: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    code = f"from tests.faults.{module} import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=_ROOT, stdin=subprocess.PIPE, **options
    )


# -- the concurrent reader ----------------------------------------------------------------------


class Reader:
    """The process of the onlooker. It serves many shots: `start` and `stop` it for each."""

    def __init__(self, ground: Ground) -> None:
        self.running = False
        self._head = ground.head
        self._process = _python("onlooker", str(ground.path("bare")), stdout=subprocess.PIPE)
        self._heard = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        with self._process:
            pass

    def start(self, db: Path, kind: Kind) -> None:
        """Start a loop. Rows at their position are always read, `Archive.view` only where it has
        nothing to catch up, or is meant to race."""
        head = self._head if kind in ("rebuild", "race") else None
        self._tell({"db": str(db), "head": head, "built": kind != "first"})
        self.running, self._heard = True, b""

    def stop(self) -> int:
        """End the loop. Returns the number of reads; raises AssertionError when one was wrong."""
        self.running = False
        self._tell(None)
        while self._heard.count(b"\n") < 2 or not self._heard.endswith(b"\n"):
            assert self._hear(_PATIENCE), "the reader is stuck"
        report = msgspec.json.decode(self._heard.strip().splitlines()[-1])
        assert not report["wrong"], "\n".join(report["wrong"])
        return int(report["reads"])

    def go_round(self) -> None:
        """Wait for a complete round."""
        while self._hear(0):
            pass
        until = self._heard.count(b".") + 2
        while self._heard.count(b".") < until and b"!" not in self._heard:
            assert self._hear(_PATIENCE), "the reader is stuck"

    def _tell(self, what: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(what) + b"\n")
        self._process.stdin.flush()

    def _hear(self, patience: float) -> bool:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        if not select.select([pipe], [], [], patience)[0]:
            return False
        heard = os.read(pipe, 1 << 16)
        assert heard, "the reader has ended"
        self._heard += heard
        return True


# -- the child ---------------------------------------------------------------------------------


class Child:
    """The process to kill. `points` are those it announced, `times` when each arrived."""

    def __init__(self, ground: Ground, db: Path, kind: Kind, holds: Sequence[int]) -> None:
        read_end, write_end = os.pipe()
        order = {
            "db": str(db),
            "pipe": write_end,
            "holds": list(holds),
            "first": _APPENDING if kind == "append" else None,
            "operation": "rebuild" if kind in ("rebuild", "append") else "catch_up",
            "names": NAMES,
            "step": ground.step,
            "page": ground.page,
            "tail": 50 if kind == "append" else None,
        }
        self.points: list[str] = []
        self.times: list[float] = []
        self.started = time.monotonic()
        self._process = _python(
            "victim",
            msgspec.json.encode(order).decode(),
            pass_fds=[write_end],
            stderr=subprocess.PIPE,
        )
        os.close(write_end)
        self._pipe, self._heard = read_end, b""

    def wait_for(self, point: int) -> bool:
        """Wait for its `point`-th point; False when it ended first."""
        while len(self.points) <= point:
            assert select.select([self._pipe], [], [], _PATIENCE)[0], "the child is stuck"
            if not self._listen():
                return False
        return True

    def _listen(self) -> bool:
        heard = os.read(self._pipe, 1 << 16)
        *lines, self._heard = (self._heard + heard).split(b"\n")
        self.points += [line.decode() for line in lines]
        self.times += [time.monotonic() - self.started] * len(lines)
        return bool(heard)

    def go_on(self) -> None:
        """Let it continue from the point where it waits."""
        assert self._process.stdin is not None
        self._process.stdin.write(b".")
        self._process.stdin.flush()

    def kill(self) -> None:
        """Send SIGKILL, whether it is still working or not."""
        self._process.send_signal(signal.SIGKILL)
        while self._listen():
            pass
        self.end(good=(0, -signal.SIGKILL))

    def end(self, good: Sequence[int] = (0,)) -> str:
        """Wait for its end and return its stderr. Raises AssertionError for an exit code that is not
        `good`."""
        assert self._process.stdin is not None and self._process.stderr is not None
        self._process.stdin.close()
        errors = self._process.stderr.read().decode()
        self._process.stderr.close()
        os.close(self._pipe)
        assert self._process.wait(_PATIENCE) in good, errors
        return errors


# -- where it is killed -----------------------------------------------------------------------------

BEFORE = "before the first commit"
BETWEEN = "between first page and last commit"
SWAP = "inside the swap"
AFTER = "after the last commit"


def phase(points: Sequence[str], last: int) -> str:
    """The phase of a child that announced `points`; `last` is how many commits end its work."""
    if "run:done" in points or _ends(points) >= last:
        return AFTER
    if points and points[-1].startswith("swap:") and points[-1] != "swap:committed":
        return SWAP
    pages = {"bulk:committed", "page:committed"}
    return BETWEEN if pages.intersection(points) else BEFORE


def _ends(points: Sequence[str]) -> int:
    """Commits that may end the work: swaps, or the pages of a catch-up without one."""
    swaps = points.count("swap:committed")
    return swaps or (0 if "begin:committed" in points else points.count("page:committed"))


@dataclass(frozen=True)
class Shot:
    """What the child does and where it is killed.

    It is held at point number `at` until the reader completed a round; with a `delay` it is not held
    but killed so many seconds after that point arrived. With `alone` all connections are closed before
    the archive is checked, so that the database has to recover from its WAL. With `abandon` the
    unfinished build is pruned, not resumed.
    """

    kind: Kind
    at: int
    delay: float | None = None
    alone: bool = False
    abandon: bool = False


@dataclass
class Hit:
    """The result of a shot."""

    shot: Shot
    phase: str
    point: str
    resumed: str
    folded: int
    of: int
    reads: int = 0
    seconds: float = 0.0


@dataclass
class Timeline:
    """The points of an undisturbed run of a kind, and the time of each."""

    kind: Kind
    points: list[str]
    times: list[float]
    last: int = field(init=False)

    def __post_init__(self) -> None:
        self.last = _ends(self.points)

    def where(self, wanted: str) -> list[int]:
        """The numbers of the points in a phase."""
        phases = [phase(self.points[: at + 1], self.last) for at in range(len(self.points))]
        return [at for at, found in enumerate(phases) if found == wanted]

    def gap(self, at: int) -> float:
        """Seconds to the next point."""
        return self.times[at + 1] - self.times[at] if at + 1 < len(self.times) else 0.0


def rehearse(ground: Ground, kind: Kind) -> Timeline:
    """Run the child to its end and check its result."""
    with scene(ground, kind) as db:
        child = Child(ground, db, kind, [])
        if kind == "append":
            _append_while_held(ground, db, child)
        while child.wait_for(len(child.points)):
            pass
        child.end()
        with Archive.open(db, plugins()[0]) as archive:
            inspect(ground, archive)
            assert [build.position for build in live(archive)] == [ground.head] * len(NAMES)
    return Timeline(kind, child.points, child.times)


def _append_while_held(ground: Ground, db: Path, child: Child) -> None:
    """Append the later events after the first step: the tail of the rebuild."""
    while _APPENDING not in child.points:
        assert child.wait_for(len(child.points)), child.end()
    with Archive.open(db, plugins()[0]) as archive:
        append(archive, ground.later)
    child.go_on()


def plan(
    timeline: Timeline, count: int, chance: random.Random, *, swap: int = 0, ends: int = 0
) -> list[Shot]:
    """`count` shots: `swap` of them inside the swap, at each of its points in turn, `ends` before the
    first and after the last commit in turn; of the others a third at points, the rest at any time."""
    shots = []
    places = timeline.where(SWAP)
    for n in range(swap):
        at = places[n * len(places) // swap]
        shots.append((at, None if n % 3 else chance.random() * timeline.gap(at)))
    outside = (timeline.where(BEFORE), timeline.where(AFTER))
    shots += [(chance.choice(outside[n % 2]), None) for n in range(ends)]
    places = timeline.where(BETWEEN)
    gaps = [timeline.gap(at) for at in places]
    for n in range(count - len(shots)):
        if n % 3 == 0:
            shots.append((chance.choice(places), None))
        else:
            [at] = chance.choices(places, gaps)
            shots.append((at, chance.random() * timeline.gap(at)))
    return [
        Shot(timeline.kind, at, delay, alone=n % 2 == 1, abandon=n % 10 == 9)
        for n, (at, delay) in enumerate(shots)
    ]


# -- one shot ----------------------------------------------------------------------------------


@contextmanager
def scene(ground: Ground, kind: Kind) -> Iterator[Path]:
    """A copy of the ground, which is removed unless the block fails."""
    db = ground.path(f"shot-{kind}")
    _remove(db)
    names = {"rebuild": "level", "append": "short", "first": "bare"}
    shutil.copy(ground.path(names.get(kind, "behind")), db)
    yield db
    _remove(db)


def _remove(db: Path) -> None:
    for file in db.parent.glob(f"{db.name}*"):
        file.unlink()


def fire(ground: Ground, reader: Reader, timeline: Timeline, shot: Shot) -> Hit:
    """Run the child, kill it, check, finish its work and check again. Raises AssertionError."""
    started, reads = time.monotonic(), 0
    with scene(ground, shot.kind) as db:
        reader.start(db, shot.kind)
        try:
            child = _killed(ground, db, shot, reader)
            if shot.alone:
                reads += reader.stop()
            hit = _aftermath(ground, db, shot, timeline, child, reader)
        except BaseException:
            if reader.running:
                with suppress(AssertionError):
                    reader.stop()
            raise
        reads += reader.stop()
    hit.reads, hit.seconds = reads, time.monotonic() - started
    return hit


def _killed(ground: Ground, db: Path, shot: Shot, reader: Reader) -> Child:
    child = Child(ground, db, shot.kind, [shot.at] if shot.delay is None else [])
    try:
        if shot.kind == "append":
            _append_while_held(ground, db, child)
        reached = child.wait_for(shot.at)
        if shot.delay is not None:
            time.sleep(shot.delay)
        elif reached and shot.kind != "race":  # a racing reader waits for the lock the child holds
            reader.go_round()
    finally:
        child.kill()
    return child


def _aftermath(
    ground: Ground, db: Path, shot: Shot, timeline: Timeline, child: Child, reader: Reader
) -> Hit:
    loaded, tally = plugins()
    with Archive.open(db, loaded) as archive:
        inspect(ground, archive)
        for name in NAMES:
            assert archive.verify_view(name) == []
        before = {build.name: build for build in archive.builds() if build.unfinished}
        _inspect_unfinished(ground, archive, child, before)
        if not reader.running:
            reader.start(db, shot.kind)
        if shot.abandon:
            pruned = archive.prune(NAMES)
            assert {build.name for build in pruned if build.unfinished} == set(before)
            before = {}
            inspect(ground, archive)
        folded, of = _finish(ground, archive, shot.kind, tally, before)
        if shot.kind != "race":
            reader.go_round()
        _inspect_pruned(ground, archive, undo=shot.alone and shot.kind == "rebuild")
    resumed = "from scratch" if folded == of else "nothing left" if not folded else "resumed"
    where = phase(child.points, timeline.last)
    return Hit(shot, where, child.points[-1] if child.points else "", resumed, folded, of)


def _finish(
    ground: Ground, archive: Archive, kind: Kind, tally: Tally, before: dict[str, Build]
) -> tuple[int, int]:
    """Finish the child's work. Returns (events folded, events to fold without the child's work)."""
    left = _left(archive, before, kind)
    tally.folded = 0
    if kind in ("rebuild", "append"):
        archive.rebuild(NAMES)
    else:
        archive.catch_up(NAMES)
    folded = tally.folded
    of = ground.head - (ground.early_head if kind in ("catch-up", "race") else 0)
    if kind != "race":
        assert folded == left, f"it folded {folded} events; {left} of {of} were left"
    inspect(ground, archive)
    assert [build.position for build in live(archive)] == [ground.head] * len(NAMES)
    return folded, of


# -- invariants ----------------------------------------------------------------------------


def live(archive: Archive) -> list[Build]:
    """The live generation of each view; checks that there is exactly one each."""
    found = [build for build in archive.builds() if build.state == "live"]
    assert sorted(build.name for build in found) == sorted(NAMES), found
    assert all(build.target is None and build.cursor is None for build in found), found
    return found


def inspect(ground: Ground, archive: Archive) -> None:
    """Check that no acknowledged event is missing, and that every view equals the fold of the log up to
    its position."""
    head = ground.head
    with reading(archive._engine) as connection:
        for check in ("quick_check", "foreign_key_check"):
            found = connection.exec_driver_sql(f"PRAGMA {check}").scalars().all()
            assert found in ([], ["ok"]), found
        sizes = connection.exec_driver_sql(
            "SELECT count(*), min(position), max(position), count(DISTINCT event_id) FROM events"
        ).one()
        assert tuple(sizes) == (head, 1, head, head)
        at = log.head(connection)
        assert at.position == head
        assert root_at(connection, head) == at.root
        for name in NAMES:
            live_ones = [b for b in store.builds(connection, name) if b.state == "live"]
            assert len(live_ones) <= 1, live_ones
            current = store.current(connection, name)
            assert [current] == (live_ones or [None])
            if current is None:
                continue
            assert current.position <= head
            rows = stored_rows.read(connection, schema_of(archive.plugins.view(name)), current)
            assert by_key(name, rows) == ground.folds.at(name, current.position), name


def _inspect_unfinished(
    ground: Ground, archive: Archive, child: Child, before: dict[str, Build]
) -> None:
    """Check that an unfinished build holds exactly the stories up to its cursor, complete."""
    swapped = child.points.count("swap:committed")
    for name in NAMES[swapped + 1 :]:  # the state of the next one is unknown
        if "begin:committed" in child.points:
            assert name in before
        if "bulk:committed" in child.points:
            assert before[name].cursor is not None, "a step was committed, but the cursor is lost"
    with reading(archive._engine) as connection:
        stories = {story.slug: story.id.bytes for story in log.list_stories(connection)}
        for name, build in before.items():
            rows = stored_rows.read(connection, schema_of(archive.plugins.view(name)), build)
            assert build.target is not None
            reached = max(build.target, build.position)
            done = [
                row
                for row in ground.folds.at(name, reached)
                if build.position > 0 or stories[row[0]] <= (build.cursor or b"")
            ]
            assert by_key(name, rows) == done, (
                f"{name}: the unfinished build has other rows than those done"
            )


def _left(archive: Archive, before: dict[str, Build], kind: Kind) -> int:
    """The number of events that Tally still has to fold if the work continues where it stopped."""
    with reading(archive._engine) as connection:
        head = log.head(connection).position
        build = before.get("tally")
        if build is None:
            current = store.current(connection, "tally")
            kept = kind not in ("rebuild", "append") and current is not None
            return head - (current.position if kept and current is not None else 0)
        assert build.target is not None
        after = connection.exec_driver_sql(
            "SELECT count(*) FROM events WHERE story > ? AND position <= ?",
            (build.cursor or b"", build.target),
        ).scalar_one()
        return int(after) + head - max(build.target, build.position)


def _inspect_pruned(ground: Ground, archive: Archive, *, undo: bool) -> None:
    """Check the end: no unfinished build, an undo restores the same rows, and prune leaves nothing."""
    assert not [build for build in archive.builds() if build.unfinished]
    if undo:
        generations = {build.name: build.generation for build in live(archive)}
        for name in NAMES:
            assert archive.undo_rebuild(name).generation < generations[name]
        inspect(ground, archive)
    archive.prune(NAMES)
    assert archive.builds() == sorted(live(archive), key=lambda build: build.name)
    with reading(archive._engine) as connection:
        tables = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_\\_g%' ESCAPE '\\'"
        )
        assert Counter(tables.scalars()) == Counter(build.table for build in live(archive))
    inspect(ground, archive)
