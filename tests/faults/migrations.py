"""Migrations killed or failed before each of their statements, and two that run at once."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from tests.faults import child
from tests.faults.child import Acknowledge
from tests.faults.kills import judge
from tests.faults.operations import OPERATIONS, Grounds, Operation, cli
from tests.faults.outcome import Row, seemly
from tests.log import later

from dateline import DatelineError

_NAMED = {operation.name: operation for operation in OPERATIONS}
INIT, UPGRADE = _NAMED["init"], _NAMED["upgrade"]


def at_each_statement(folder: Path, row: Row, every: int = 1) -> None:
    """Kill, and fail, before each statement."""
    grounds = Grounds(folder)
    for operation in (INIT, UPGRADE):
        for at in range(0, _statements(folder, grounds, operation), every):
            for kill in (True, False):
                place = grounds.copy(operation, folder / "migrated")
                row.runs += 1
                try:
                    work = partial(_stopped, operation, place, at, kill)
                    judge(operation, place, child.run(folder, work), row)
                except Exception as error:
                    what = f"{operation.name}, statement {at}"
                    row.broken.append(f"{what}: {type(error).__name__}: {error}"[:1500])
                shutil.rmtree(place)


def _statements(folder: Path, grounds: Grounds, operation: Operation) -> int:
    """The number of statements."""
    place = grounds.copy(operation, folder / "rehearsed")
    ended = child.run(folder, partial(_counted, operation, place))
    assert ended.code == 0, ended.err
    shutil.rmtree(place)
    return len(ended.acknowledged) - 1


def _listen(listener: Callable[[str], None]) -> None:
    def before(*args: Any) -> None:
        listener(" ".join(str(args[2]).split()))

    event.listen(Engine, "before_cursor_execute", before)


def _counted(operation: Operation, place: Path, acknowledge: Acknowledge) -> int:
    _listen(acknowledge)
    return operation.work(place, acknowledge)


def _stopped(
    operation: Operation, place: Path, at: int, kill: bool, acknowledge: Acknowledge
) -> int:
    seen = 0

    def stop(statement: str) -> None:
        nonlocal seen
        if seen == at and kill:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1
        if seen == at + 1:
            raise DatelineError("the injected error")

    _listen(stop)
    return operation.work(place, acknowledge)


def two_at_once(folder: Path, row: Row, runs: int) -> None:
    """Two processes upgrade the same archive: both end well, and it is done once."""
    grounds = Grounds(folder)
    for _ in range(runs):
        place = grounds.copy(UPGRADE, folder / "raced")
        row.runs += 1
        try:
            ended = child.run(folder, partial(_both, place))
            seemly(ended)
            assert ended.code == 0, ended.err
            row.acknowledged += 1
            row.missing += 1 - UPGRADE.there(place)
        except Exception as error:
            row.broken.append(f"two upgrades: {type(error).__name__}: {error}"[:1500])
        shutil.rmtree(place)


def _both(place: Path, acknowledge: Acknowledge) -> int:
    other = os.fork()
    with later.known(place / "alembic"):
        code = cli(place, "upgrade")
    if other == 0:
        os._exit(code)
    return max(code, os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]))
