"""Kills hundreds of rebuilds and catch-ups: `python tests/faults/run_kills.py`.

Prints where the kills hit and how the work continued. Exits 1 when a check failed, and keeps the
archive of each such kill.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.faults.ground import Ground
from tests.faults.killing import (
    AFTER,
    BEFORE,
    BETWEEN,
    SWAP,
    Hit,
    Kind,
    Reader,
    Shot,
    Timeline,
    fire,
    plan,
    rehearse,
)


def main() -> int:
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="dateline-kills-", dir=given.folder))
    ground = Ground(folder, given.stories, step=given.step, page=given.page)
    print(f"{ground.head} events, {ground.early_head} of them early; seed {given.seed}", flush=True)
    with Reader(ground) as reader:
        failures = _all_series(ground, reader, given)
    if not failures:
        shutil.rmtree(folder)
    return min(failures, 1)


def _all_series(ground: Ground, reader: Reader, given: argparse.Namespace) -> int:
    """Run all series. Returns the number of failed kills."""
    chance, failures = random.Random(given.seed), 0
    # A fifth of the catch-ups start without a built view, so they include a swap.
    first = given.catchups // 5
    series: list[tuple[str, Kind, int, int, int]] = [
        ("rebuilds", "rebuild", given.rebuilds, given.rebuilds * 14 // 100, 4),
        ("catch-ups of built views", "catch-up", given.catchups - first, 0, 4),
        ("catch-ups of views never built", "first", first, first // 2, 2),
        ("rebuilds while events are appended", "append", given.appends, given.appends // 5, 0),
        ("catch-ups raced by a reader's own", "race", given.races, 0, 0),
    ]
    for title, kind, count, swap, ends in series:
        if count:
            timeline = rehearse(ground, kind)
            shots = plan(timeline, count, chance, swap=swap, ends=min(ends, count))
            failures += _series(ground, reader, title, timeline, shots)
    return failures


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rebuilds", type=int, default=100)
    parser.add_argument("--catchups", type=int, default=100)
    parser.add_argument("--appends", type=int, default=20)
    parser.add_argument("--races", type=int, default=10)
    parser.add_argument(
        "--stories", type=int, default=240, help="number of stories, of about 120 events each"
    )
    parser.add_argument("--step", type=int, help="events in one step of a rebuild")
    parser.add_argument("--page", type=int, help="events in one page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="folder for the archives")
    return parser.parse_args()


def _series(
    ground: Ground, reader: Reader, title: str, timeline: Timeline, shots: list[Shot]
) -> int:
    began, hits, failed = time.monotonic(), [], 0
    for number, shot in enumerate(shots):
        print(f"\r{title}: {number} of {len(shots)}", end="", file=sys.stderr, flush=True)
        try:
            hits.append(fire(ground, reader, timeline, shot))
        except Exception:
            failed += 1
            print(traceback.format_exc(limit=-3)[-1500:])
            print(f"FAILED: {shot} at {timeline.points[shot.at]}", flush=True)
            for file in ground.folder.glob(f"shot-{shot.kind}.db*"):
                file.rename(ground.folder / file.name.replace("shot-", f"failed-{number}-"))
    print(file=sys.stderr)
    print(f"{title}: {len(shots)} kills, {failed} failed, {time.monotonic() - began:.0f} s")
    _histogram(hits, timeline)
    return failed


def _histogram(hits: list[Hit], timeline: Timeline) -> None:
    for phase in (BEFORE, BETWEEN, SWAP, AFTER):
        here = [hit for hit in hits if hit.phase == phase]
        ways = Counter("abandoned" if hit.shot.abandon else hit.resumed for hit in here)
        summary = ", ".join(f"{way} {n}" for way, n in sorted(ways.items()))
        print(f"  {phase:36} {len(here):4}   {summary}")
    if not hits:
        return
    exact = sum(hit.shot.delay is None for hit in hits)
    alone = sum(hit.shot.alone for hit in hits)
    print(
        f"  killed at a point {exact}, at a random moment {len(hits) - exact}; all connections closed {alone}"
    )
    again = [hit.folded / hit.of for hit in hits if hit.resumed == "resumed" and hit.of]
    if again:
        print(f"  a resumed run folded {sum(again) / len(again):.0%} of the events (mean)")
    print(f"  concurrent reads {sum(hit.reads for hit in hits)}, all correct")
    last = Counter(hit.point for hit in hits)
    print("  last point: " + ", ".join(f"{point} {n}" for point, n in sorted(last.items())))
    print(f"  an undisturbed run took {timeline.times[-1]:.1f} s in {len(timeline.points)} points")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
