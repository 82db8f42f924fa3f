"""The costs of one measurement: time inside the clock, other work on the machine, peak memory."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any


class Clock:
    """Adds up the time inside ``with clock:``. Input is made outside of it."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0
        self._first: tuple[float, float, float] | None = None
        self._at = (0.0, 0.0)

    def __enter__(self) -> None:
        if self._first is None:
            self._first = (time.perf_counter(), _cpu(), _busy())
        self._at = (time.perf_counter(), _cpu())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall += time.perf_counter() - self._at[0]
        self.cpu += _cpu() - self._at[1]

    def result(self, events: int, **more: Any) -> dict[str, Any]:
        """The result; call this right after the last ``with``. ``others``: cores used by other work."""
        assert self._first is not None
        wall = time.perf_counter() - self._first[0]
        own = _cpu() - self._first[1]
        others = max(0.0, (_busy() - self._first[2] - own) / wall)
        return {
            "events": events,
            "wall": self.wall,
            "cpu": self.cpu,
            "others": round(others, 2),
            "peak_mb": round(peak_mb(), 1),
            **more,
        }


def peak_mb() -> float:
    """The peak resident size of this process, in MB of 2^20 bytes."""
    try:  # ru_maxrss is inherited through fork and exec; VmHWM is not
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    scale = 1 << 20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _busy() -> float:
    """Seconds that all cores together were busy since the start of the machine; 0 where unknown."""
    try:
        with open("/proc/stat") as file:
            user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    except (OSError, ValueError):
        return 0.0
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
