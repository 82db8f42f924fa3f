"""Code that never ends is stopped, whatever exceptions it catches."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable

import pytest

from dateline import DatelineError
from dateline.capture.time_limit import limited

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")


def endless() -> None:
    while True:
        with contextlib.suppress(Exception):  # as libraries do
            sum(range(1000))


@pytest.mark.parametrize("work", [endless, lambda: [endless() for _ in range(2)]])
def test_code_that_never_ends_is_one_error(work: Callable[[], object]) -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    limit = limited("reading", "do without", seconds=0.02)
    with pytest.raises(DatelineError) as caught, limit:
        work()
    assert (caught.value.code, caught.value.hint) == ("time-limit", "do without")
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_code_that_ends_in_time_is_not_affected() -> None:
    with limited("reading", "do without"):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0
    with pytest.raises(ValueError, match="its own"), limited("reading", "do without"):
        raise ValueError("its own")


def test_there_is_no_limit_in_a_thread() -> None:
    done: list[bool] = []

    def work() -> None:
        with limited("reading", "do without"):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
