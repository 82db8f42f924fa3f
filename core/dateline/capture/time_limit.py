"""A limit on the processor time of code that may never end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dateline.errors import DatelineError

#: The processor time allowed for reading a document.
SECONDS = 120.0
#: What takes so long, and what to do then.
READING = ("reading the document", "save its text in a file and capture it with --as text")


class _Over(BaseException):
    """Not an Exception, since libraries that catch every Exception must not catch this."""


@contextmanager
def limited(what: str, hint: str, seconds: float | None = None) -> Iterator[None]:
    """Raises DatelineError (``time-limit``) once the code inside has used `seconds` of processor time, by default
    `SECONDS`. Not to be nested: the inner limit ends the outer one.

    It interrupts only between two Python instructions, never a library's C code. There is no limit
    on Windows or outside the main thread.
    """
    seconds = SECONDS if seconds is None else seconds
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        raise _Over

    before = signal.signal(signal.SIGVTALRM, over)
    try:
        # Repeated, because the first signal may arrive where an exception is ignored.
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except _Over:
        raise DatelineError(
            f"{what} takes more than {seconds:g} seconds", hint=hint, code="time-limit"
        ) from None
    finally:
        signal.signal(signal.SIGVTALRM, before)
