"""Kills or fails an operation at each of its system calls, then checks the archive."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults import child
from tests.faults.child import Ended, Fault
from tests.faults.operations import Grounds, Operation
from tests.faults.outcome import Row, seemly


class Range:
    """Runs operations with faults, each in a fresh copy of its ground."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._grounds = folder, Grounds(folder)

    def rehearse(self, operation: Operation) -> dict[str, int]:
        """How often the operation makes each system call that writes."""
        shutil.rmtree(self._folder / "rehearsal", ignore_errors=True)
        place = self._grounds.copy(operation, self._folder / "rehearsal")
        ended = child.run(place, partial(operation.work, place), traced=True)
        assert ended.code == 0, ended.err
        assert operation.there(place) == operation.units == len(ended.acknowledged)
        shutil.rmtree(place)
        return dict(ended.calls)

    def _time(self, operation: Operation) -> float:
        """How long the operation takes without a fault."""
        place = self._grounds.copy(operation, self._folder / "rehearsal")
        began = time.monotonic()
        child.run(place, partial(operation.work, place))
        took = time.monotonic() - began
        shutil.rmtree(place)
        return took

    def at_each_call(
        self, operation: Operation, row: Row, every: int = 1, error: str | None = None
    ) -> None:
        """Kill it, or fail it with `error`, at every `every`-th of its calls."""
        calls = self.rehearse(operation)
        faults = [fault for call, n in calls.items() for fault in _faults(call, n, error)]
        for fault in faults[:: max(1, every)]:
            self.shoot(operation, row, fault)

    def at_random(self, operation: Operation, row: Row, shots: int, chance: random.Random) -> None:
        """Kill it at random moments."""
        took = self._time(operation)
        for _ in range(shots):
            self.shoot(operation, row, chance.uniform(0, took * 1.1))

    def shoot(self, operation: Operation, row: Row, fault: Fault | float) -> None:
        """One run with a fault, then every check; failures are added to `row`."""
        place = self._grounds.copy(operation, self._folder / "shot")
        at = fault.injected if isinstance(fault, Fault) else f"{fault:.4f} s"
        try:
            row.runs += 1
            if isinstance(fault, Fault):
                ended = child.run(place, partial(operation.work, place), fault)
            else:
                end = child.killed_after(fault)
                ended = child.run(place, partial(operation.work, place), meanwhile=end)
            judge(operation, place, ended, row)
        except Exception as error:
            row.broken.append(f"{operation.name} at {at}: {type(error).__name__}: {error}"[:1500])
        finally:
            shutil.rmtree(place)


def judge(operation: Operation, place: Path, ended: Ended, row: Row) -> None:
    """Count the units that exist, repeat the operation, and count duplicates."""
    seemly(ended)
    row.refused += ended.code not in (0, None, child.UNACKNOWLEDGED)
    row.acknowledged += len(ended.acknowledged)
    there = operation.there(place)
    row.missing += max(0, len(ended.acknowledged) - there)
    again = child.run(place, partial(operation.work, place))
    seemly(again)
    done_before = there == operation.units and "already" in again.err
    already_erased = operation.name == "erase" and "nothing is protected under" in again.err
    assert again.code == 0 or done_before or already_erased, f"it cannot be repeated: {again.err}"
    there = operation.there(place)
    row.duplicates += max(0, there - operation.units)
    row.missing += max(0, operation.units - there)


def _faults(call: str, count: int, error: str | None) -> Iterator[Fault]:
    for at in range(1, count + 1):
        yield Fault(call, at, error)
        if error is not None and call != "write":  # if every write fails, no error can be printed
            yield Fault(call, at, error, on=True)
