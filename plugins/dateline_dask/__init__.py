"""Dask: the chunks of a rebuild are folded by the workers of a cluster, or by one on this machine."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from dateline.plugin import DatelineError, Executor, Fold, MissingLibrary, hookimpl

#: Seconds to wait for the scheduler, and for its first worker.
_PATIENCE = 20
#: So many chunks more than the cluster has threads are under way.
_AHEAD = 2


def dask(
    fold: Fold, chunks: Iterable[bytes], *, address: str, jobs: int
) -> Generator[bytes, None, None]:
    """Fold on the cluster whose scheduler has this `address`, ``HOST:PORT``; without one, on `jobs` processes
    of this machine. Dask folds what a worker that died had again."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise MissingLibrary("distributed", "dask") from None
    left, waiting = iter(chunks), deque[Any]()
    with _connected(distributed, address, jobs) as client:
        while True:
            threads = sum(client.nthreads().values())
            while len(waiting) < threads + _AHEAD and (chunk := next(left, None)) is not None:
                waiting.append(client.submit(fold, chunk, pure=False))
            if not waiting:
                return
            first = waiting.popleft()
            try:
                result: bytes = first.result()
            except distributed.KilledWorker as error:
                raise DatelineError(
                    f"the workers that folded the same stories died: {error}",
                    hint="give the workers more memory, then run this again to continue",
                    code="worker-died",
                ) from error
            first.release()
            yield result


@contextmanager
def _connected(distributed: Any, address: str, jobs: int) -> Iterator[Any]:
    """A client of the cluster."""
    if not address:
        with (
            distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                silence_logs=logging.ERROR,
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    place = address if "://" in address else f"tcp://{address}"
    try:
        client = distributed.Client(place, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise DatelineError(
            f"no Dask scheduler answers at {address}: {error}",
            hint="start one with `dask scheduler`, and workers with `dask worker HOST:PORT`",
            code="executor-unreachable",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise DatelineError(
                f"the Dask scheduler at {address} has no workers",
                hint=f"start some with `dask worker {address}`",
                code="executor-unreachable",
            ) from None
        yield client


@hookimpl
def dateline_executors() -> dict[str, Executor]:
    return {"dask": dask}
