"""The cost of proof: appending with and without the tree, verifying, signing a checkpoint.

    python tests/benchmarks/proof.py [--events 200000] [--rounds 3]

Prints one line of JSON. Each measurement is a separate process; runs with and without the tree
alternate. Without the tree no node is hashed or stored, and the log is otherwise the same.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import ours
from measure import Clock
from run import BATCH, PER_STORY, _remove, _settle, step

from dateline import Archive, Plugins
from dateline.log.hashing import Frontier
from dateline.proof import keys

#: The target ratio, and the target in milliseconds.
APPEND_RATIO, CHECKPOINT_MS = 0.9, 50.0
_CHECKPOINTS = 5


def append(db: Path, stories: int, *, tree: bool) -> dict[str, Any]:
    ours.create(db)
    if tree:
        return ours.append(db, stories, BATCH)
    with (
        patch.object(Frontier, "append", lambda self, leaf: None),
        patch.object(Frontier, "to_bytes", lambda self: b""),
        # No frontier is stored, so the next transaction starts with an empty one.
        patch.object(Frontier, "from_bytes", classmethod(lambda cls, size, raw: cls())),
    ):
        return ours.append(db, stories, BATCH)


def verify(db: Path) -> dict[str, Any]:
    clock = Clock()
    with Archive.open(db, Plugins()) as archive:
        with clock:
            report = archive.verify()
        # The facts of the workload quote no real document; this is the only expected finding.
        assert {finding.rule for finding in report.findings} <= {"V5"}, report.findings[:3]
        return clock.result(report.position)


def checkpoint(db: Path) -> dict[str, Any]:
    """Milliseconds of several checkpoints with an event before each; the first has cold pages."""
    taken = []
    with Archive.open(db, Plugins()) as archive:
        key = keys.create(db.with_suffix(".key"), archive.head().archive)
        slug = archive.stories()[0].slug
        for number in range(_CHECKPOINTS):
            archive.record([{"type": "story.retitled", "title": f"{number}"}], story=slug)
            clock = Clock()
            with clock:
                archive.checkpoint(key)
            taken.append(round(clock.wall * 1000, 2))
    return {"ms": taken}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path, help="folder for the temporary databases")
    given = parser.parse_args()
    stories = max(2, given.events // PER_STORY)
    with tempfile.TemporaryDirectory(prefix="dateline-bench-", dir=given.dir) as folder:
        print(json.dumps(measured(Path(folder), stories, given.rounds)))


def measured(folder: Path, stories: int, rounds: int) -> dict[str, Any]:
    ratios, cpus, last = [], [], folder / "last.db"
    for turn in range(rounds):
        runs = {}
        for tree in (True, False) if turn % 2 else (False, True):
            db = folder / f"{turn}-{tree}.db"
            runs[tree] = step("proof", "append", db, stories=stories, tree=tree)
            if tree:
                _remove(last)
                db.rename(last)
            else:
                _remove(db)
        ratios.append(runs[False]["wall"] / runs[True]["wall"])
        cpus.append(runs[False]["cpu"] / runs[True]["cpu"])
    _settle(last)
    verified = [step("proof", "verify", last) for _ in range(rounds)]
    signed = step("proof", "checkpoint", last)["ms"]
    ratio = round(median(ratios), 3)
    return {
        "events": stories * PER_STORY,
        "append_ratio": ratio,
        "append_ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "append_ratio_cpu": round(median(cpus), 3),
        "append_reached": ratio >= APPEND_RATIO,
        "verify_us": round(median(run["wall"] / run["events"] for run in verified) * 1e6, 1),
        "verify_peak_mb": max(run["peak_mb"] for run in verified),
        "checkpoint_ms": signed,
        "checkpoint_reached": max(signed) < CHECKPOINT_MS,
    }


if __name__ == "__main__":
    main()
