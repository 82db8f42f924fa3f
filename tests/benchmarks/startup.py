"""What a command costs before it does anything: its CPU time as a ratio to importing what it stands on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

#: A median of fewer rounds than this says little about a fifth of a second.
ROUNDS = 9

_DATELINE = (sys.executable, "-c", "import sys; from dateline.cli import main; main()")
_FACT = ("--text", "143 of 193 passengers were ashore by noon.", "--exact", "143 of 193 passengers")
#: The commands, and the modules without which they could not run.
COMMANDS = {
    "show a warm view": (("show", "ferry", "figures"), "click, sqlalchemy"),
    "record a fact": (("record", "ferry", "figure", *_FACT), "click, sqlalchemy"),
    "status": (("status",), "click, sqlalchemy"),
    "--help": (("--help",), "click"),
}
#: The most that a command may cost, as a ratio.
TARGETS = {"show a warm view": 1.6, "record a fact": 1.6, "status": 1.6, "--help": 2.2}


def measure(folder: Path, rounds: int) -> dict[str, dict[str, Any]]:
    """Run each command and its base in turn. CPU milliseconds, and ratios within a round."""
    db = _archive(folder)
    bases = dict.fromkeys(base for _, base in COMMANDS.values())
    ratios: dict[str, list[float]] = {name: [] for name in COMMANDS}
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(max(rounds, ROUNDS) + 1):
        base = {names: _cpu(sys.executable, "-c", f"import {names}") for names in bases}
        for name, (arguments, names) in COMMANDS.items():
            used = _cpu(*_DATELINE, "--db", str(db), *arguments)
            if turn:  # the first writes bytecode
                times[name].append(used * 1000)
                ratios[name].append(used / base[names])
    return {name: _line(name, times[name], ratios[name]) for name in COMMANDS}


def _line(name: str, times: list[float], ratios: list[float]) -> dict[str, Any]:
    middle = round(median(ratios), 2)
    return {
        "cpu_ms": round(median(times)),
        "to": COMMANDS[name][1],
        "ratio": [middle, round(min(ratios), 2), round(max(ratios), 2)],
        "target": TARGETS[name],
        "reached": middle <= TARGETS[name],
    }


def table(found: dict[str, dict[str, Any]]) -> str:
    lines = ["start-up                 CPU ms  ratio (range)      of importing"]
    for name, line in found.items():
        middle, low, high = line["ratio"]
        verdict = "reached" if line["reached"] else "NOT REACHED"
        ratio = f"{middle:.2f} ({low:.2f}-{high:.2f})"
        lines.append(
            f"{name:22} {line['cpu_ms']:8}  {ratio:17}  {line['to']:18} <= {line['target']:g} {verdict}"
        )
    return "\n".join(lines)


def _archive(folder: Path) -> Path:
    from dateline import Archive
    from dateline.testing import samples

    db = folder / "startup.db"
    with Archive.create(db) as archive:
        archive.record(samples.story())
        archive.catch_up()
    return db


def _cpu(*command: str) -> float:
    """CPU seconds of a command, as installed: with bytecode."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parent,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
