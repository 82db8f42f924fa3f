"""The executor of Dateline itself: processes of the standard library on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import SpawnContext
from typing import Any, Self

from dateline.errors import DatelineError
from dateline.plugins.executors import Fold

#: So many chunks wait for the writer or for a free process; more would only take memory.
_AHEAD = 2
#: With this, Python does not import modules from the folder that it is started in.
_SAFE_PATH = "PYTHONSAFEPATH"


def processes(
    fold: Fold, chunks: Iterable[bytes], *, address: str, jobs: int
) -> Generator[bytes, None, None]:
    """As `dateline.plugins.executors.Executor`. If a process dies, what it had is folded again, once."""
    if address:
        raise DatelineError(
            f"the executor `processes` has no address, but {address!r} was given",
            hint="--jobs says how many processes to start",
            code="executor-address-invalid",
        )
    left, waiting = iter(chunks), deque[_Task]()
    died = False
    while True:
        with _Crew(jobs) as crew:
            try:
                for task in waiting:
                    task.start(crew, fold)
                while True:
                    while len(waiting) < jobs + _AHEAD and (chunk := next(left, None)) is not None:
                        waiting.append(_Task(chunk))
                        waiting[-1].start(crew, fold)
                    if not waiting:
                        return
                    result = waiting[0].result()
                    waiting.popleft()
                    died = False
                    yield result
            except BrokenProcessPool:
                if died:
                    raise crew.lost() from None
                died = True


class _Task:
    """A chunk, and the result that is expected for it."""

    def __init__(self, chunk: bytes) -> None:
        self._chunk = chunk
        self._future: Future[bytes] | None = None

    def start(self, crew: _Crew, fold: Fold) -> None:
        """Have it folded, unless that was done."""
        done = self._future is not None and self._future.done() and not self._future.exception()
        if not done:
            self._future = crew.submit(fold, self._chunk)

    def result(self) -> bytes:
        assert self._future is not None
        return self._future.result()


class _Crew:
    """Processes that fold. At the end of the block they have ended; if it was left early, at once."""

    def __init__(self, jobs: int) -> None:
        self._context = _Started()
        with _safe_path():
            self._pool = ProcessPoolExecutor(jobs, self._context, _begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *raised: object) -> None:
        if kind is not None:
            for process in self._context.started:
                process.terminate()  # it writes nothing
        self._pool.shutdown(cancel_futures=True)

    def submit(self, fold: Fold, chunk: bytes) -> Future[bytes]:
        with _safe_path():
            return self._pool.submit(fold, chunk)

    def lost(self) -> DatelineError:
        """The error for a process that died."""
        self._pool.shutdown()
        codes = {process.exitcode for process in self._context.started}
        # The pool terminates the others.
        found = sorted(code for code in codes - {-signal.SIGTERM} if code) or [-signal.SIGTERM]
        return DatelineError(
            f"a worker process {_end(found[0])} twice while it folded the same stories; what was "
            "finished is kept",
            hint="run this again to continue, with --jobs 1 if memory is short; a program that calls "
            'Archive.rebuild with jobs needs `if __name__ == "__main__":` around its work',
            code="worker-died",
        )


class _Started(SpawnContext):
    """Starts processes afresh, since a fork of a process with threads or open databases is not safe."""

    def __init__(self) -> None:
        self.started: list[Any] = []

    def Process(self, *given: Any, **options: Any) -> Any:  # type: ignore[override]
        process = SpawnContext.Process(*given, **options)
        self.started.append(process)
        return process


def _begin() -> None:
    """The beginning of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops it
    os.dup2(2, 1)  # what plugins print is not data
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent ends, however that happened. It could not notice otherwise, since
    it holds both ends of the queue that it reads."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Processes started in the block import nothing from the current folder."""
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_SAFE_PATH, None)
        else:
            os.environ[_SAFE_PATH] = before


def _end(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed ({signal.Signals(-code).name})"
    except ValueError:
        return f"was killed (signal {-code})"
