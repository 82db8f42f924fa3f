"""The executor of Dateline itself: processes of the standard library on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Self

from dateline.errors import DatelineError, described
from dateline.plugins.executors import Fold

#: So many chunks more than there are processes are under way.
_AHEAD = 2
#: With this, Python does not import modules from the folder that it is started in.
_SAFE_PATH = "PYTHONSAFEPATH"
_starting = threading.Lock()


def processes(
    fold: Fold, chunks: Iterable[bytes], *, address: str, jobs: int
) -> Generator[bytes, None, None]:
    """As `dateline.plugins.executors.Executor`. If a process dies, another one folds what it had, once."""
    if address:
        raise DatelineError(
            f"the executor `processes` has no address, but {address!r} was given",
            hint="--jobs says how many processes to start",
            code="executor-address-invalid",
        )
    left, waiting = iter(chunks), deque[Future[bytes]]()
    with _Crew(fold, jobs) as crew:
        while True:
            while len(waiting) < jobs + _AHEAD and (chunk := next(left, None)) is not None:
                waiting.append(crew.submit(chunk))
            if not waiting:
                return
            yield waiting.popleft().result()


class _Crew:
    """Processes that fold, each with a thread here that waits for it. None is left after the block."""

    def __init__(self, fold: Fold, jobs: int) -> None:
        self._fold, self._ended = fold, False
        self._threads = ThreadPoolExecutor(jobs)
        #: The processes that have nothing to do; None where one is to be started.
        self._idle = SimpleQueue[_Worker | None]()
        for _ in range(jobs):
            self._idle.put(None)
        self._started: list[_Worker] = []

    def submit(self, chunk: bytes) -> Future[bytes]:
        return self._threads.submit(self._folded, chunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        with _starting:
            self._ended = True
        for worker in self._started:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    def _folded(self, chunk: bytes) -> bytes:
        worker = self._idle.get()
        try:
            for last in (False, True):
                worker = worker or self._start()
                try:
                    result, error = worker.fold(chunk)
                except (EOFError, OSError):
                    died, worker = worker, None
                    if last or self._ended:
                        raise died.lost() from None
                    continue
                if error is not None:
                    raise error
                return result
            raise AssertionError
        finally:
            self._idle.put(worker)

    def _start(self) -> _Worker:
        with _starting:
            if self._ended:
                raise EOFError
            worker = _Worker(self._fold)
            self._started.append(worker)
        return worker


class _Worker:
    """One process. It is started afresh: a fork of a process with threads and open databases is not safe."""

    def __init__(self, fold: Fold) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(fold, theirs), daemon=True)
        before = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"
        try:
            self._process.start()
        finally:
            del os.environ[_SAFE_PATH]
            if before is not None:
                os.environ[_SAFE_PATH] = before
        theirs.close()  # so that the pipe ends when the process does

    def fold(self, chunk: bytes) -> tuple[bytes, Exception | None]:
        """The result, or what the fold raised. Raises EOFError or OSError if the process died."""
        self._pipe.send_bytes(chunk)
        found: tuple[bytes, Exception | None] = self._pipe.recv()
        return found

    def end(self) -> None:
        self._process.terminate()  # it writes nothing
        self._process.join()

    def lost(self) -> DatelineError:
        """The error for a process that died."""
        self._process.join()
        return DatelineError(
            f"a worker process {_end(self._process.exitcode or 0)} twice while it folded the same "
            "stories; what was finished is kept",
            hint="run this again to continue, with --jobs 1 if memory is short; a program that calls "
            'Archive.rebuild with jobs needs `if __name__ == "__main__":` around its work',
            code="worker-died",
        )


def _work(fold: Fold, pipe: Connection) -> None:
    """What a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops it
    os.dup2(2, 1)  # what plugins print is not data
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            chunk = pipe.recv_bytes()
        except EOFError:
            return
        try:
            pipe.send((fold(chunk), None))
        except Exception as error:  # noqa: BLE001 - the parent raises it
            _report(pipe, error)


def _report(pipe: Connection, error: Exception) -> None:
    try:
        pipe.send((b"", error))
    except Exception:  # noqa: BLE001 - it cannot be pickled
        pipe.send((b"", RuntimeError(described(error))))


def _end_with_parent() -> None:
    """End this process when its parent ends, however that happened and whatever it is doing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _end(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed ({signal.Signals(-code).name})"
    except ValueError:
        return f"was killed (signal {-code})"
