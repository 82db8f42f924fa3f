"""Detects whether code uses the clock, randomness, the network or files, however it reaches them.

Calls are observed, not patched: ``from time import time`` and ``datetime.now()`` would escape a patch.
"""

from __future__ import annotations

import _random
import builtins
import gc
import sys
from datetime import date
from types import FrameType
from typing import Any, Self

_TIME = frozenset(
    f"{name}{suffix}"
    for name in ("time", "monotonic", "perf_counter", "process_time")
    for suffix in ("", "_ns")
) | {"sleep"}
_SYSTEM = frozenset({"urandom", "getrandom", "open", "listdir", "scandir", "system", "fork"})
_NETWORK = frozenset({"socket", "ssl", "subprocess", "http.client", "urllib.request"})
#: Packages that read the clock for their own purposes, such as measuring how long a step took.
_OURS = ("sqlalchemy.", "dateline.")


class Watch:
    """``with Watch() as watch: ...``; afterwards `seen` lists the forbidden calls, in order.

    With ``files=False`` reading files is allowed.
    """

    def __init__(self, *, files: bool = True) -> None:
        self.seen: list[str] = []
        self._files = files
        self._before: Any = None
        self._collecting = False

    def __enter__(self) -> Self:
        self._collecting = gc.isenabled()
        gc.disable()  # garbage collection runs callbacks of others, which may read the clock
        self._before = sys.getprofile()
        sys.setprofile(self._event)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(self._before)
        if self._collecting:
            gc.enable()

    def _event(self, frame: FrameType, event: str, arg: Any) -> None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(_OURS):
            return
        if event == "call" and module in _NETWORK:
            self.seen.append(f"{module}.{frame.f_code.co_name}")
        elif event == "c_call":
            name = self._forbidden(arg)
            if name is not None:
                self.seen.append(name)

    def _forbidden(self, called: Any) -> str | None:
        name = getattr(called, "__name__", "")
        module = getattr(called, "__module__", None)
        owner = getattr(called, "__self__", None)
        if module == "time" and name in _TIME:
            return f"time.{name}"
        if (
            isinstance(owner, type)
            and issubclass(owner, date)
            and name in ("now", "utcnow", "today")
        ):
            return f"{owner.__name__}.{name}"
        if isinstance(owner, _random.Random):
            return f"random.{name}"
        if module in ("posix", "nt") and name in _SYSTEM:
            return f"os.{name}" if self._files or name in ("urandom", "getrandom") else None
        if called is builtins.open and self._files:
            return "open"
        if module == "_socket":
            return f"socket.{name}"
        return None
