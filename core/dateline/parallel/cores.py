"""How many processes are worth starting."""

from __future__ import annotations

import os

#: Fewer events are folded in one process: starting two others takes half a second, and saves one in
#: about so many events.
WORTH = 100_000


def usable() -> int:
    """The number of cores that this process may use."""
    count = getattr(os, "process_cpu_count", None)  # since Python 3.13
    if count is not None:
        return count() or 1
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows do not have it
        return os.cpu_count() or 1


def worth(events: int) -> int:
    """The number of processes for the replay of so many events."""
    return usable() if events >= WORTH else 1
