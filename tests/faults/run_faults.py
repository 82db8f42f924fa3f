"""Injects every kind of fault: `python tests/faults/run_faults.py`.

Prints a table: the fault, the runs, the units acknowledged, how many of those are missing or
duplicated, and how many runs ended with one clear error. Exits 1 and prints the failures when a check
failed. A fault that cannot be made on this machine is listed with the reason.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.faults import child, damage, migrations, power, servers, storage
from tests.faults.kills import Range
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.outcome import HEADER, Row

from dateline.testing.postgres import Unavailable

#: The title of a fault, and a function of (row, folder) that fills its row.
Fault = tuple[str, Callable[[Row, Path], object]]
_WIDTHS = (58, 6, 13, 8, 11, 16, 7)


def faults(every: int, chance: random.Random) -> Iterator[Fault]:
    """All faults; `every` thins out the places where they are injected."""
    many = max(1, 200 // every)
    few = max(1, 12 // every)
    for operation in OPERATIONS:
        yield (
            f"kill -9 at random times: {operation.name}",
            partial(_at_random, operation, max(2, 20 // every), chance),
        )
    for operation in OPERATIONS:
        yield (
            f"power cut at random times: {operation.name}",
            partial(power.cut_at_random, operation, max(2, 20 // every), chance),
        )
    for error in (None, "EIO", "ENOSPC"):
        what = "kill -9 at each write call" if error is None else f"{error} at write calls"
        step = every if error is None else every * 8
        for operation in OPERATIONS:
            yield f"{what}: {operation.name}", partial(_at_calls, operation, step, error)
    yield "disk full while appending", _on_disk(storage.disk_full, range(40, 400, 60 * every))
    yield (
        "disk full before each operation",
        _on_disk(storage.every_operation_on_a_full_disk, range(0, 320, 40 * every)),
    )
    yield (
        "file size limit (EFBIG) while appending",
        lambda row, folder: storage.file_size_limit(folder, row, range(190, 400, 20 * every)),
    )
    yield "read-only folder and file", lambda row, folder: storage.read_only(folder, row)
    yield "clock set back", lambda row, folder: storage.clock_set_back(folder, row)

    def flips(row: Row, folder: Path) -> None:
        damage.flips(damage.Specimen(folder), row, many, chance)

    def cuts(row: Row, folder: Path) -> None:
        damage.cuts(damage.Specimen(folder), row, many // 2 + 1, chance)

    yield "one bit flipped anywhere in the file", flips
    yield "file cut short at a random length", cuts
    yield "write-ahead log or its index lost", lambda row, folder: damage.wal_lost(folder, row)
    yield (
        "kill -9 and error at each statement of migrations",
        lambda row, folder: migrations.at_each_statement(folder, row, every),
    )
    yield (
        "two processes upgrading at once",
        lambda row, folder: migrations.two_at_once(folder, row, few),
    )
    yield "PostgreSQL killed: append, erase", lambda row, _: servers.killed(row, 2 * few, chance)
    yield (
        "PostgreSQL out of disk: append, erase",
        lambda row, _: servers.out_of_disk(row, (0, 64, 400, 2000, 9000)[: few + 1]),
    )


def _at_random(
    operation: Operation, shots: int, chance: random.Random, row: Row, folder: Path
) -> None:
    Range(folder).at_random(operation, row, shots, chance)


def _at_calls(operation: Operation, every: int, error: str | None, row: Row, folder: Path) -> None:
    why = child.why_not()
    if why is not None:
        raise Unavailable(why)
    Range(folder).at_each_call(operation, row, every, error)


def _on_disk(
    fault: Callable[[Path, Row, range], None], free: range
) -> Callable[[Row, Path], object]:
    return lambda row, folder: fault(folder, row, free)


def run(title: str, fault: Callable[[Row, Path], object]) -> Row | str:
    """The row of the fault, or the reason why it cannot be made here."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-faults-"))
    folder.chmod(0o755)  # one of the faults runs commands as another user
    row = Row(title)
    try:
        fault(row, folder)
    except (Unavailable, PermissionError) as reason:
        return str(reason)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return row


def main() -> int:
    given = _arguments()
    print(_line(HEADER), _line(["-" * width for width in _WIDTHS]), sep="\n", flush=True)
    held, began = True, time.monotonic()
    for title, fault in faults(given.every, random.Random(given.seed)):
        if given.only not in title:
            continue
        row = run(title, fault)
        if isinstance(row, str):
            print(f"{title}: not possible here: {row}", flush=True)
            continue
        held &= row.holds
        print(_line(row.cells()), flush=True)
        for failure in row.broken:
            print(f"    {failure}", flush=True)
    print(
        f"{time.monotonic() - began:.0f} s; " + ("all checks passed" if held else "CHECKS FAILED")
    )
    return 0 if held else 1


def _line(cells: object) -> str:
    assert isinstance(cells, list | tuple)
    first, *rest = zip(cells, _WIDTHS, strict=True)
    return "  ".join([f"{first[0]:{first[1]}}", *(f"{cell:>{width}}" for cell, width in rest)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--every", type=int, default=1, help="inject faults only at every N-th place"
    )
    parser.add_argument("--only", default="", help="only faults whose title contains this text")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
