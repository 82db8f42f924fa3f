"""A limit on the processor time of what may never end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dateline.errors import DatelineError

#: Processor time that a document may take to be read.
SECONDS = 120.0


class _Over(BaseException):
    """Not an Exception: libraries that go on after whatever is raised must not go on after this."""


@contextmanager
def limited(what: str, hint: str, seconds: float = SECONDS) -> Iterator[None]:
    """Raises DatelineError once the code inside has used so many seconds of processor time.

    Between two steps of Python: what a library does in C is not interrupted. There is no limit on
    Windows, nor outside the main thread.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        raise _Over

    before = signal.signal(signal.SIGVTALRM, over)
    try:
        # Again and again, should the first one be raised where nothing can be.
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except _Over:
        raise DatelineError(f"{what} takes more than {seconds:g} seconds", hint=hint) from None
    finally:
        signal.signal(signal.SIGVTALRM, before)
