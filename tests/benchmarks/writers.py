"""Appends by several processes at once, begun together: one measurement of them all."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import workload
from measure import Clock

Append = Callable[[Any], object]


def append(
    db: str, who: str, writers: int, stories: int, batch: int, *, making: bool = False
) -> dict[str, Any]:
    """`stories` of each writer's own; events of a batch are interleaved from them. With `making`,
    the clock runs while event objects are made, too."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(writers + 1), context.Queue()
    crew = [
        context.Process(
            target=_write, args=(db, who, number, stories, batch, making, barrier, results)
        )
        for number in range(writers)
    ]
    for process in crew:
        process.start()
    barrier.wait(60)
    clock = Clock()
    with clock:
        spans = [results.get(timeout=600) for _ in crew]
    for process in crew:
        process.join()
    result = clock.result(writers * stories * workload.PER_STORY)
    wall = max(end for _, end, _ in spans) - min(began for began, _, _ in spans)
    return {**result, "wall": wall, "cpu": sum(cpu for *_, cpu in spans)}


def _write(
    db: str,
    who: str,
    number: int,
    stories: int,
    batch: int,
    making: bool,
    barrier: Barrier,
    results: Queue[Any],
) -> None:
    given, make, run, close = _CREWS[who](db, number * stories, stories, batch)
    if not making:
        given, make = [make(each) for each in given], _as_it_is
    barrier.wait(60)
    began, cpu = time.perf_counter(), time.process_time()
    for each in given:
        run(make(each))
    results.put((began, time.perf_counter(), time.process_time() - cpu))
    close()


#: What is given, what makes events of it, what appends them, and what ends it.
Crew = tuple[list[Any], Callable[[Any], Any], Append, Callable[[], object]]


def _as_it_is(given: Any) -> Any:
    return given


def _batches(first: int, stories: int, batch: int) -> list[Any]:
    return list(workload.batches(stories, batch, first))


def _ours(db: str, first: int, stories: int, batch: int) -> Crew:
    import ours

    from dateline.log import schema

    engine = schema.connect(db)
    return (
        _batches(first, stories, batch),
        workload.made,
        lambda pairs: ours.append_pairs(engine, pairs),
        engine.dispose,
    )


def _limit(db: str, first: int, stories: int, batch: int) -> Crew:
    from limit_postgres import Log

    log = Log(db)
    return _batches(first, stories, batch), workload.made, log.append, log.close


def _peer(db: str, first: int, stories: int, batch: int) -> Crew:
    """A story with its pending events is saved at once."""
    import peer

    app = peer.Archive(env=peer.env(db))
    whole = [peer.payloads_of(number) for number in range(first, first + stories)]
    return whole, peer.whole_of, app.save, app.close


_CREWS = {"ours": _ours, "limit": _limit, "peer": _peer}
