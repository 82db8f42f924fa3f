"""Progress on stderr: a bar with rate and time left on a terminal, a line every ten seconds otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dateline.cli.terminal.messages import say

_PATIENCE = 1.0
_EVERY = 10.0


@contextmanager
def progress(what: str, unit: str = "events") -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, total). Work of less than a second shows nothing."""
    shown = _bar(what, unit) if sys.stderr.isatty() else _lines(what, unit)
    with shown as step:
        yield step


@contextmanager
def _bar(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    started, last = time.monotonic(), [0, 0]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None, rate="")

    def step(done: int, total: int) -> None:
        spent = time.monotonic() - started
        if spent > _PATIENCE and not bar.live.is_started:
            bar.start()
        rate = f"{done / spent:,.0f} {unit}/s" if spent else ""
        bar.update(task, completed=done, total=total, rate=rate)
        last[:] = [done, total]

    try:
        yield step
    finally:
        if bar.live.is_started:
            bar.stop()


@contextmanager
def _lines(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    started = time.monotonic()
    due = [started + _EVERY]

    def step(done: int, total: int) -> None:
        now = time.monotonic()
        if now >= due[0]:
            due[0] = now + _EVERY
            say(f"{what}: {done:,} of {total:,} {unit}, {done / (now - started):,.0f} per second")

    yield step
