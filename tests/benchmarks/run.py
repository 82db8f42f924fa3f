"""Compares Dateline with the limit of the machine and with the eventsourcing library.

    python tests/benchmarks/run.py [--events 200000] [--rounds 3] [--json FILE] [--only NAME]

Each measurement is a separate process. The contenders of a round run in turn, each round starts with
another one, and ratios are computed within a round. The median is printed with its range.
``pip install 'dateline[bench]'`` installs the eventsourcing library.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import pstats
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
PER_STORY = 100
BATCH = 10_000
SINGLES, HUNDREDS = 3_000, 50_000
#: How many facts are imported.
IMPORTED = 20_000
#: The events of the peer's log, in both databases.
PEER_REPLAY = 2_000
#: Where others keep events.
STORED = {"peer": "stored_events", "plain": "events"}
CATCH_UP = 2_000
#: So many times one event is caught up, and in so many stories.
ONE_EVENT = 200
#: The memory measurement has so many times the events.
TIMES = 10
#: A run is quiet if other work used fewer cores than this.
QUIET = 0.35

NAMES = (
    "append", "hundreds", "making", "single", "imports", "replay", "views", "jobs", "one_of_all",
    "catch_up", "one_event", "memory", "startup",
)  # fmt: skip
#: The bundled views.
VIEWS = (
    "timeline", "statements", "figures", "people", "places", "sources", "disputes", "changes",
)  # fmt: skip
#: With --postgres.
SERVED = (
    "one_writer", "writers", "making_one", "making_all", "pg_replay", "pg_views", "pg_jobs",
)  # fmt: skip
LABELS = {
    "ours": "dateline", "limit": "limit", "peer": "eventsourcing", "plain": "SQLAlchemy script",
    "one": "dateline, 1 process", "small": "dateline", "large": f"dateline, x{TIMES}",
}  # fmt: skip
TITLES = {
    "append": f"append, batches of {BATCH:,}",
    "hundreds": "append, batches of 100",
    "making": "same, making event objects",
    "single": "append, one durable event",
    "imports": "import of complete lines",
    "replay": "replay of figures",
    "views": "replay of all eight views",
    "jobs": "same, by 2 processes",
    "one_of_all": "replay of figures, all kinds of facts",
    "catch_up": "catch up, one event a story",
    "one_event": "catch up all views, one event",
    "memory": "rebuild, memory and scale",
    "one_writer": "append, batches of 100, 1 writer",
    "writers": "same, 8 writers at once",
    "making_one": "1 writer, making event objects",
    "making_all": "8 writers, making event objects",
    "pg_replay": "replay of one view",
    "pg_views": "replay of all eight views",
    "pg_jobs": "same, by 2 processes",
}
#: (measurement, contender) -> the target ratio of speeds.
TARGETS = {
    ("append", "limit"): 0.8,
    ("hundreds", "limit"): 0.75,
    ("imports", "limit"): 0.35,
    ("making", "peer"): 2.5,
    ("single", "limit"): 0.65,
    ("replay", "limit"): 0.6,
    ("views", "limit"): 0.6,
    ("jobs", "limit"): 1.0,
    ("one_of_all", "limit"): 0.75,
    ("one_event", "limit"): 0.65,
    ("replay", "peer"): 15.0,
    ("one_writer", "limit"): 0.6,
    ("writers", "limit"): 0.6,
    ("making_one", "peer"): 3.0,
    ("making_all", "peer"): 3.0,
    ("pg_replay", "limit"): 0.7,
    ("pg_replay", "peer"): 15.0,
    ("pg_views", "limit"): 0.6,
    ("pg_jobs", "one"): 1.4,
}
PEAK_MB, PEAK_SPREAD, SLOWDOWN = 150.0, 0.1, 1.15

Run = dict[str, Any]


class Bench:
    """Runs the measurements in a temporary folder. `runs` holds them by measurement and contender."""

    def __init__(self, folder: Path, events: int, rounds: int) -> None:
        self.folder, self.rounds = folder, rounds
        self.stories = max(2, events // PER_STORY)
        self.events = self.stories * PER_STORY
        self.peer = importlib.util.find_spec("eventsourcing") is not None
        self.runs: dict[str, dict[str, list[Run]]] = {}
        self.startup: dict[str, dict[str, Any]] = {}
        self._made: dict[str, Path] = {}
        self._count = 0

    def measure(self, name: str) -> None:
        getattr(self, f"_{name}")()

    # -- the measurements --------------------------------------------------------------------

    def _append(self) -> None:
        self._logs("append", "append", {"stories": self.stories, "batch": BATCH}, "plain")

    def _hundreds(self) -> None:
        stories = min(self.stories, HUNDREDS // PER_STORY)
        self._logs("hundreds", "append", {"stories": stories, "batch": 100})

    def _making(self) -> None:
        """From payloads to the disk: the clock includes making event objects."""

        def contend(who: str) -> Run:
            db = self._path()
            if who == "ours":
                step("ours", "create", db)
            run: Run = step(who, "append", db, stories=self.stories, batch=BATCH, making=True)
            return run

        self._round_robin("making", ["ours", "peer"], contend)

    def _single(self) -> None:
        events = min(SINGLES, self.events // 10)
        stories = max(2, events // PER_STORY)
        self._logs("single", "single", {"stories": stories, "events": events})

    def _imports(self) -> None:
        """Import complete lines of ten stories. The events and the views must be equal."""
        file, wrote = self.folder / "lines.ndjson", dict[str, Any]()
        facts = min(IMPORTED, self.events // 2)
        step("lines", "write", file, facts=facts, stories=10)

        def contend(who: str) -> Run:
            db = self._path()
            step("ours", "create", db)
            run: Run = step("limit_import" if who == "limit" else who, "load", db, file=str(file))
            if who not in wrote:
                step("ours", "replay", db, views=VIEWS)
                rows = step("checks", "tables", db, named="{}__g1", views=VIEWS)
                wrote[who] = step("checks", "events", db), rows
            return run

        self._round_robin("imports", ["ours", "limit"], contend)
        require_same("imports", wrote["ours"], wrote["limit"])

    def _logs(self, name: str, work: str, given: dict[str, Any], *more: str) -> None:
        """Append to an empty database. Dateline and the limit must write equal logs, and the others as
        many events."""
        wrote: dict[str, Any] = {}

        def contend(who: str) -> Run:
            db = self._path()
            if who in ("ours", "limit"):
                step("ours", "create", db)
            run: Run = step(who, work, db, **given)
            if who in ("ours", "limit"):
                wrote[who] = step("checks", "log", db)
            else:
                count = step("checks", "count", db, table=STORED[who])
                require_same(name, run["events"], count)
            return run

        self._round_robin(name, ["ours", "limit", "peer", *more], contend)
        require_same(name, wrote["ours"], wrote["limit"])

    def _replay(self) -> None:
        wrote: dict[str, Any] = {}

        def contend(who: str) -> Run:
            if who == "peer":
                base = self._peer_log()
            elif who == "plain":
                base = self._make("plain", "plain", self.stories)
            else:
                base = self._log(self.stories)
            db = self._copy(base)
            run: Run = step(who, "replay", db)
            if who not in wrote:
                wrote[who] = replayed(db, who, run["events"])
            return run

        self._round_robin("replay", ["ours", "limit", "peer", "plain"], contend)
        require_alike(wrote)

    def _views(self) -> None:
        self._replays("views", VIEWS)

    def _jobs(self) -> None:
        self._replays("jobs", VIEWS, jobs=2)

    def _one_of_all(self) -> None:
        self._replays("one_of_all", ("figures",))

    def _replays(self, name: str, views: Sequence[str], jobs: int = 1) -> None:
        """Replay of `views` from a log with every kind of fact. All rows must be equal."""

        def contend(who: str) -> tuple[Run, Any]:
            db = self._copy(self._make("mixed", "ours", self.stories, "append_mixed"))
            return replayed_views(who, db, "limit_views", "replay", views, jobs)

        self._contend(name, jobs, contend)

    def _contend(self, name: str, jobs: int, contend: Callable[[str], tuple[Run, Any]]) -> None:
        """Dateline, with one process too if `jobs` are more, and the limit must write equal rows."""
        wrote: dict[str, Any] = {}

        def run(who: str) -> Run:
            found, wrote[who] = contend(who)
            return found

        self._round_robin(name, ["ours", *(["one"] if jobs > 1 else []), "limit"], run)
        for rows in wrote.values():
            require_same(name, wrote["ours"], rows)

    def _catch_up(self) -> None:
        events = min(CATCH_UP, self.events // 10)

        def contend(who: str) -> Run:
            run: Run = step(who, "catch_up", self._copy(self._log(self.stories)), events=events)
            return run

        self._round_robin("catch_up", ["ours"], contend)

    def _one_event(self) -> None:
        """A process that stays open catches all views up with one new fact. All rows must be equal."""
        wrote: dict[str, Any] = {}

        def contend(who: str) -> Run:
            stories = min(self.stories, ONE_EVENT)
            events = min(ONE_EVENT, self.events // 100)
            db = self._copy(self._make(f"mixed-{stories}", "ours", stories, "append_mixed"))
            module = "limit_views" if who == "limit" else who
            # The limit has these eight views, and Dateline more.
            given = {} if who == "limit" else {"views": VIEWS}
            run: Run = step(module, "catch_up_one", db, events=events, **given)
            named = "limit_{}" if who == "limit" else "{}__g1"
            wrote[who] = step("checks", "tables", db, named=named, views=VIEWS)
            return run

        self._round_robin("one_event", ["ours", "limit"], contend)
        require_same("one_event", wrote["ours"], wrote["limit"])

    def _memory(self) -> None:
        """The same rebuild with N and with ten times N events, the small one before and after the large."""
        small, large = self._log(self.stories), self._log(self.stories * TIMES)
        for base in (small, large, small):
            db = large if base is large else self._copy(base)
            _settle(db)
            run = step("ours", "replay", db)
            self._note("memory", "large" if base is large else "small", run)
            if db is not large:
                _remove(db)

    def _startup(self) -> None:
        import startup

        self.startup = startup.measure(self.folder, self.rounds)

    # -- helpers ------------------------------------------------------------------------

    def _round_robin(self, name: str, who: list[str], contend: Callable[[str], Run]) -> None:
        who = [each for each in who if each != "peer" or self.peer]
        for turn in range(self.rounds):
            first = turn % len(who)
            for each in who[first:] + who[:first]:
                self._note(name, each, contend(each))
                self._clean()

    def _note(self, name: str, who: str, run: Run) -> None:
        self.runs.setdefault(name, {}).setdefault(who, []).append(run)
        label = LABELS.get(who, who)
        rate = run["events"] / run["wall"]
        say(f"{name:9} {label:14} {rate:10,.0f} events/s  {run['peak_mb']:6.1f} MB")

    def _path(self) -> Path:
        self._count += 1
        return self.folder / f"run-{self._count}.db"

    def _clean(self) -> None:
        for path in self.folder.glob("run-*"):
            path.unlink()

    def _log(self, stories: int) -> Path:
        return self._make(f"log-{stories}", "ours", stories)

    def _peer_log(self) -> Path:
        return self._make("peer", "peer", min(self.stories, PEER_REPLAY // PER_STORY))

    def _make(self, name: str, who: str, stories: int, work: str = "append") -> Path:
        """A log for measurements that read, written once."""
        if name not in self._made:
            say(f"writing a log of {stories * PER_STORY:,} events ({LABELS[who]})")
            path = self.folder / f"{name}.db"
            if who == "ours":
                step("ours", "create", path)
            step(who, work, path, stories=stories, batch=BATCH)
            self._made[name] = path
        return self._made[name]

    def _copy(self, base: Path) -> Path:
        path = self._path()
        shutil.copyfile(base, path)
        _settle(path)
        return path


def step(
    module: str, name: str, db: Path | str, *, profile: Path | None = None, **given: Any
) -> Any:
    keywords = json.dumps({"db": str(db), **given})
    options = [] if profile is None else ["--profile", str(profile)]
    command = [sys.executable, str(HERE / "one.py"), *options, module, name, keywords]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{module}.{name} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def replayed_views(
    who: str, db: Path | str, limit: str, name: str, views: Sequence[str], jobs: int
) -> tuple[Run, Any]:
    """One replay, and the digests of what it wrote."""
    if who == "limit":
        run: Run = step(limit, name, db, views=views)
    else:
        run = step("ours", "replay", db, views=views, jobs=1 if who == "one" else jobs)
    named = "limit_{}" if who == "limit" else "{}__g1"
    return run, step("checks", "tables", db, named=named, views=views)


def _settle(path: Path) -> None:
    """Sync a file, so that no measurement pays for writing it."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def require_same(name: str, ours: Any, limit: Any) -> None:
    if ours != limit:
        raise SystemExit(
            f"{name}: the contenders did different work\ndateline {ours}\nlimit    {limit}"
        )


def replayed(db: Path | str, who: str, events: int) -> dict[str, Any]:
    """What a replay of figures wrote: all rows and, of so many stories as the peer has, all but the
    positions, because the peer writes its stories one after the other."""
    table = "figures_limit" if who == "limit" else "figures"
    first = min(events, PEER_REPLAY) // PER_STORY
    return {
        "rows": None if who == "peer" else step("checks", "rows", db, table=table),
        "first": step("checks", "first", db, table=table, stories=first),
    }


def require_alike(wrote: dict[str, Any]) -> None:
    for who, found in wrote.items():
        if who != "peer":
            require_same(f"replay, {who}", wrote["ours"]["rows"], found["rows"])
        require_same(f"replay, {who}", wrote["ours"]["first"], found["first"])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# -- results --------------------------------------------------------------------------


def ratios(runs: dict[str, list[Run]], base: str) -> dict[str, Any]:
    """The ratio of Dateline's speed to `base`'s in each round; for wall time only quiet rounds, if any."""
    pairs = list(zip(runs["ours"], runs[base], strict=True))
    quiet = [pair for pair in pairs if all(run["others"] < QUIET for run in pair)]

    def of(key: str, some: list[tuple[Run, Run]]) -> list[float]:
        each = [(b[key] / b["events"]) / (o[key] / o["events"]) for o, b in some]
        return [round(value, 3) for value in (median(each), min(each), max(each))]

    return {
        "wall": of("wall", quiet or pairs),
        "cpu": of("cpu", pairs),
        "quiet_pairs": len(quiet),
        "pairs": len(pairs),
    }


def summary(runs: dict[str, dict[str, list[Run]]]) -> list[dict[str, Any]]:
    """One entry for each line of the table."""
    lines = []
    for name, by in runs.items():
        for who, each in by.items():
            line: dict[str, Any] = {
                "measurement": name,
                "contender": LABELS.get(who, who),
                "events": each[0]["events"],
                "events_per_s": round(median(run["events"] / run["wall"] for run in each)),
                "cpu_us": round(median(run["cpu"] / run["events"] for run in each) * 1e6, 1),
                "peak_mb": round(max(run["peak_mb"] for run in each), 1),
            }
            if name != "memory" and who != "ours":
                line["ratio"] = ratios(by, who)
                line["target"] = TARGETS.get((name, who))
                if line["target"] is not None:
                    line["reached"] = line["ratio"]["wall"][0] >= line["target"]
            lines.append(line)
    return lines


def memory(by: dict[str, list[Run]]) -> dict[str, Any]:
    """Peak memory, and time per event, with N and with ten times N events."""
    large = by["large"][0]
    peaks = [max(run["peak_mb"] for run in by[size]) for size in ("small", "large")]

    def slower(key: str) -> float:
        small = median(run[key] / run["events"] for run in by["small"])
        return float(round(large[key] / large["events"] / small, 3))

    return {
        "events": [by["small"][0]["events"], large["events"]],
        "peak_mb": peaks,
        "peak_reached": max(peaks) < PEAK_MB,
        "spread": round(peaks[1] / peaks[0] - 1, 3),
        "spread_reached": abs(peaks[1] / peaks[0] - 1) <= PEAK_SPREAD,
        "slowdown": slower("wall"),
        "slowdown_cpu": slower("cpu"),
        "slowdown_reached": slower("wall") <= SLOWDOWN,
    }


def machine() -> dict[str, Any]:
    names = ("msgspec", "sqlalchemy", "eventsourcing")
    found = {d.name.lower(): d.version for d in metadata.distributions() if d.name}
    cpu = ""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    except OSError:
        pass
    return {
        "cores": os.cpu_count(),
        "cpu": cpu or platform.processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: found[name] for name in names if name in found},
        "load": os.getloadavg()[0],
    }


_HEAD = (
    "measurement", "contender", "events", "events/s", "CPU µs", "peak MB", "dateline / it (range)",
    "by CPU", "quiet", "target",
)  # fmt: skip
_NUMBERS = range(2, 6)


def table(lines: list[dict[str, Any]]) -> str:
    cells: list[tuple[str, ...]] = [_HEAD]
    for line in lines:
        own = (
            TITLES[line["measurement"]], line["contender"], f"{line['events']:,}",
            f"{line['events_per_s']:,}", f"{line['cpu_us']:.1f}", f"{line['peak_mb']:.0f}",
        )  # fmt: skip
        cells.append(own + _ratio_cells(line))
    widths = [max(len(row[at]) for row in cells) for at in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at in _NUMBERS else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def _ratio_cells(line: dict[str, Any]) -> tuple[str, ...]:
    ratio = line.get("ratio")
    if ratio is None:
        return ("", "", "", "")
    middle, low, high = ratio["wall"]
    target = ""
    if line["target"] is not None:
        target = f"≥ {line['target']:g} {'reached' if line['reached'] else 'NOT REACHED'}"
    return (
        f"{middle:.2f} ({low:.2f}-{high:.2f})", f"{ratio['cpu'][0]:.2f}",
        f"{ratio['quiet_pairs']}/{ratio['pairs']}", target,
    )  # fmt: skip


def memory_words(found: dict[str, Any]) -> str:
    small, large = found["events"]

    def verdict(key: str) -> str:
        return "reached" if found[f"{key}_reached"] else "NOT REACHED"

    peaks = found["peak_mb"]
    return (
        f"memory: {peaks[0]:.0f} MB at {small:,}, {peaks[1]:.0f} MB at {large:,} "
        f"(< {PEAK_MB:g} {verdict('peak')}; {found['spread']:+.0%}, within {PEAK_SPREAD:.0%} "
        f"{verdict('spread')})\n"
        f"time per event at {large:,} relative to {small:,}: {found['slowdown']:.2f} wall, "
        f"{found['slowdown_cpu']:.2f} CPU (<= {SLOWDOWN:g} {verdict('slowdown')})"
    )


def profiles(bench: Bench) -> None:
    """Print where append and replay spend their time, including the overhead of the profiler."""
    for name in ("append", "replay"):
        file = bench.folder / f"{name}.prof"
        if name == "append":
            db = bench._path()
            step("ours", "create", db)
            step("ours", name, db, profile=file, stories=bench.stories, batch=BATCH)
        else:
            db = bench._copy(bench._log(bench.stories))
            step("ours", name, db, profile=file)
        print(f"\n{TITLES[name]}, own time:")
        pstats.Stats(str(file)).strip_dirs().sort_stats("tottime").print_stats(20)
        bench._clean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--only", action="append", choices=NAMES + SERVED, metavar="NAME",
                        help=f"one of {', '.join(NAMES)}; may be repeated")  # fmt: skip
    parser.add_argument("--postgres", action="store_true",
                        help=f"measure on a PostgreSQL server: {', '.join(SERVED)}")  # fmt: skip
    parser.add_argument(
        "--profile", action="store_true", help="profile Dateline instead of measuring"
    )
    parser.add_argument("--dir", type=Path, help="folder for the temporary databases")
    given = parser.parse_args()
    facts, began = machine(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print(", ".join(f"{key} {value}" for key, value in facts.items()), flush=True)
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="dateline-bench-", dir=given.dir)
        )
        if given.postgres:
            import served

            bench = stack.enter_context(served.running(given.events, given.rounds))
            facts["postgres"] = bench.version
        else:
            bench = Bench(Path(folder), given.events, given.rounds)
        if given.profile:
            profiles(bench)
            return
        if not bench.peer:
            print("eventsourcing is skipped: it is not installed (pip install 'dateline[bench]')")
        for name in given.only or (SERVED if given.postgres else NAMES):
            bench.measure(name)
    lines = summary(bench.runs)
    if lines:
        print(table(lines))
    report = {"began": began, "machine": facts, "rounds": given.rounds, "lines": lines}
    if "memory" in bench.runs:
        report["memory"] = memory(bench.runs["memory"])
        print(memory_words(report["memory"]))
    if bench.startup:
        import startup

        report["startup"] = bench.startup
        print(startup.table(bench.startup))
    if given.json:
        given.json.write_text(json.dumps({**report, "runs": bench.runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
