"""Writers on PostgreSQL while writers, sessions and the server are killed and replies get lost.

Each writer acknowledges a batch in its own file once the commit has returned. A batch whose commit did
not return is tried again with the same event ids until it does. At the end no event may be duplicated,
and no acknowledged event may be missing.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import msgspec
from tests.faults.proxy import Proxy
from tests.races.audit import audit

from dateline.log import schema
from dateline.log.engine import open_engine
from dateline.testing.postgres import Cluster, connect

WRITERS, READERS = 8, 2
#: These connect through the proxy that drops replies.
PROXIED = ("writer-6", "writer-7")
_ROOT = Path(__file__).parents[2]
_PATIENCE = 120.0
#: fsync is on. A commit waits 3 ms for other commits, which makes it easier to hit.
_SETTINGS = ("commit_delay=3000", "commit_siblings=0")
_BUSY = (
    "SELECT pid, query FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND state = 'active'"
)


class Outcome(msgspec.Struct):
    """The counts of one run. `cut` counts commits under way when their writer, session or server was
    killed, `cut_committed` those of them that were made nevertheless. `replies_lost` counts cuts of
    the writers behind the proxy, whatever ended their session."""

    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    duplicates: int = 0
    skipped: int = 0
    writers_killed: int = 0
    backends_killed: int = 0
    crashes: int = 0
    restarts: int = 0
    replies_lost: int = 0
    rolled_back: int = 0
    cut: int = 0
    cut_committed: int = 0
    seconds: float = 0.0


class Crew:
    """The processes that write and read; a killed one is started again."""

    writers = tuple(f"writer-{number}" for number in range(WRITERS))

    def __init__(self, folder: Path, url: str, through: str, seed: int) -> None:
        self.folder, self._url, self._through, self._seed = folder, url, through, seed
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._starts = 0

    def __enter__(self) -> Self:
        for name in self.writers:
            self.start(name)
        for number in range(READERS):
            self.start(f"reader-{number}")
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()

    def start(self, name: str) -> None:
        self._starts += 1
        order = {
            "db": self._through if name in PROXIED else self._url,
            "file": str(self.folder / name),
            "stop": str(self.folder / "stop"),
            "end": str(self.folder / "end"),
            "seed": self._seed * 1000 + self._starts,
        }
        code = f"from tests.faults.{name.split('-')[0]} import main; main()"
        with open(self.folder / f"{name}.err", "ab") as errors:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-c", code, json.dumps(order)], cwd=_ROOT, stderr=errors
            )

    def kill_writer(self) -> None:
        """Kill a writer that is committing, and start its successor."""
        name = self._committing()
        self._processes[name].kill()
        self._processes[name].wait()
        self.start(name)

    def _committing(self) -> str:
        """A writer whose last line is ``committing``. It may be further when this returns."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for name in set(self.writers) - set(PROXIED):
                with suppress(FileNotFoundError), open(self.folder / name, "rb") as file:
                    file.seek(max(0, os.path.getsize(file.name) - 40))
                    if b"committing" in file.read():
                        return name
        raise AssertionError("no writer is committing")

    def stop(self) -> None:
        """Let all processes finish their work. Raises AssertionError when one failed."""
        (self.folder / "stop").touch()
        self._wait("writer")
        with connect(self._url) as outside:
            [position] = outside.execute("SELECT position FROM log_head").fetchone()
        whole = self.folder / "end.new"
        whole.write_text(str(position))
        whole.rename(self.folder / "end")
        self._wait("reader")

    def _wait(self, kind: str) -> None:
        for name, process in self._processes.items():
            if name.startswith(kind):
                code = process.wait(_PATIENCE)
                assert code == 0, (self.folder / f"{name}.err").read_text()[-2000:]

    def journal(self, name: str) -> list[dict[str, Any]]:
        """The lines of a process, without a last line cut short by a kill."""
        path = self.folder / name
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1] if line]

    def cut(self, *, proxied: bool = False) -> list[bool]:
        """For each commit under way during a kill, whether it was made."""
        names = [name for name in self.writers if (name in PROXIED) == proxied]
        entries = [entry for name in names for entry in self.journal(name)]
        return [e["committed"] for e in entries if e["what"] == "cut" and e["committing"]]

    def acknowledged(self) -> list[UUID]:
        found: list[UUID] = []
        for name in self.writers:
            for entry in self.journal(name):
                if entry["what"] == "acknowledged":
                    found += map(UUID, entry["ids"])
        return found


def run(folder: Path, events: int, seed: int) -> Outcome:
    """Write until `events` are acknowledged and every kind of kill happened; then check the log."""
    began, chance, outcome = time.monotonic(), random.Random(seed), Outcome()
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(folder, _SETTINGS, tcp=True))
        url = cluster.url.render_as_string(hide_password=False)
        schema.create(url).dispose()
        assert cluster.url.port is not None
        proxy = stack.enter_context(Proxy(cluster.url.port, seed))
        through = cluster.url.set(port=proxy.port).render_as_string(hide_password=False)
        crew = stack.enter_context(Crew(folder, url, through, seed))
        faults = [_kill_writer, _terminate, _crash, _kill_writer, _restart]
        turn = 0
        _until(lambda: len(crew.acknowledged()) > 50)
        while len(crew.acknowledged()) < events or turn < len(faults) or outcome.cut == 0:
            time.sleep(chance.uniform(0.3, 0.8))
            faults[turn % len(faults)](cluster, crew, chance, outcome)
            turn += 1
            outcome.cut = len(crew.cut())
        crew.stop()
        _look(url, crew, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not reached():
        assert time.monotonic() < end, "the condition was never reached"
        time.sleep(0.01)


# -- kills -------------------------------------------------------------------------------


def _kill_writer(cluster: Cluster, crew: Crew, chance: random.Random, outcome: Outcome) -> None:
    crew.kill_writer()
    outcome.writers_killed += 1


def _backend(cluster: Cluster) -> int | None:
    """A session that is committing, or after a while any session in a transaction."""
    with connect(cluster.url) as outside:
        for attempt in range(300):
            rows = outside.execute(_BUSY).fetchall()
            at_commit = [pid for pid, query in rows if query == "COMMIT"]
            if at_commit or (rows and attempt > 200):
                return int((at_commit or rows[0])[0])
    return None


def _terminate(cluster: Cluster, crew: Crew, chance: random.Random, outcome: Outcome) -> None:
    pid = _backend(cluster)
    if pid is not None:
        with connect(cluster.url) as outside:
            outside.execute("SELECT pg_terminate_backend(%s)", (pid,))
        outcome.backends_killed += 1


def _crash(cluster: Cluster, crew: Crew, chance: random.Random, outcome: Outcome) -> None:
    """Kill one session's process: the server ends all others and recovers."""
    pid = _backend(cluster)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            outcome.crashes += 1
        _until(lambda: _answers(cluster))


def _answers(cluster: Cluster) -> bool:
    import psycopg

    try:
        connect(cluster.url).close()
    except psycopg.OperationalError:
        return False
    return True


def _restart(cluster: Cluster, crew: Crew, chance: random.Random, outcome: Outcome) -> None:
    cluster.kill()
    cluster.start()
    outcome.restarts += 1


# -- checks ------------------------------------------------------------------------------


def _look(url: str, crew: Crew, outcome: Outcome) -> None:
    engine = open_engine(url)
    stored = audit(engine)
    engine.dispose()
    there, acknowledged = set(stored), crew.acknowledged()
    outcome.acknowledged, outcome.stored = len(acknowledged), len(stored)
    outcome.lost = len(set(acknowledged) - there)
    outcome.duplicates = len(stored) - len(there) + len(acknowledged) - len(set(acknowledged))
    for name in crew.writers:
        entries = crew.journal(name)
        outcome.rolled_back += sum(entry["what"] == "rolled back" for entry in entries)
    cut = crew.cut()
    outcome.cut, outcome.cut_committed = len(cut), sum(cut)
    outcome.replies_lost = len(crew.cut(proxied=True))
    for number in range(READERS):
        read = [UUID(id_) for e in crew.journal(f"reader-{number}") for id_ in e["ids"]]
        # The reader went through all positions in order, so it must have seen the whole log.
        outcome.skipped += len(there - set(read))
        assert read == stored[: len(read)], f"reader-{number} saw another order"
