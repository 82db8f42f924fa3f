"""Kills writers, sessions and servers: `python tests/faults/run_writers.py --runs 20 --events 2000`.

Prints a row for each run and a total. Exits 1 when a check failed, and keeps the folder of that run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import msgspec

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.faults.writing import Outcome, run

_COLUMNS = {
    "acknowledged": "acked", "stored": "stored", "lost": "lost", "duplicates": "twice",
    "skipped": "skipped", "cut": "commits cut", "cut_committed": "of them made",
    "replies_lost": "replies lost", "rolled_back": "rolled back",
    "writers_killed": "writers killed", "backends_killed": "terminated", "crashes": "crashes",
    "restarts": "restarts", "seconds": "s",
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument(
        "--events", type=int, default=2000, help="minimum of acknowledged events in each run"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("run  " + "  ".join(_COLUMNS.values()), flush=True)
    outcomes, failed = [], 0
    for number in range(given.runs):
        folder = Path(tempfile.mkdtemp(prefix="dateline-writers-"))
        try:
            outcome = run(folder, given.events, given.seed + number)
            _row(str(number + 1), outcome)
            outcomes.append(outcome)
            held = not (outcome.lost or outcome.duplicates or outcome.skipped) and outcome.cut > 0
        except Exception:
            traceback.print_exc()
            held = False
        if held:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            failed += 1
            print(f"run {number + 1} FAILED: see {folder}", flush=True)
    sums = {name: sum(getattr(outcome, name) for outcome in outcomes) for name in _COLUMNS}
    _row("all", msgspec.convert(sums, Outcome))
    print(f"{len(outcomes)} runs completed, {failed} failed")
    return min(failed, 1)


def _row(title: str, outcome: Outcome) -> None:
    cells = [f"{getattr(outcome, n):{len(head)}.0f}" for n, head in _COLUMNS.items()]
    print(f"{title:>3}  " + "  ".join(cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
