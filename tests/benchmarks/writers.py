"""Appends by several processes that start together, as one measurement."""

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
    """Each writer appends to its own `stories`, interleaved in each batch. With `making`, the clock
    includes making event objects."""
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


#: Input, a function that makes events of it, one that appends them, and one that closes.
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
    """Each story is saved with all its pending events at once."""
    import peer

    app = peer.Archive(env=peer.env(db))
    whole = [peer.payloads_of(number) for number in range(first, first + stories)]
    return whole, peer.whole_of, app.save, app.close


def _plain(db: str, first: int, stories: int, batch: int) -> Crew:
    import plain

    engine = plain.opened(db)
    given = _batches(first, stories, batch)
    return given, plain.rows_of, lambda rows: plain.save(engine, rows), engine.dispose


_CREWS = {"ours": _ours, "limit": _limit, "peer": _peer, "plain": _plain}
