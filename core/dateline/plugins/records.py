"""What became of each plugin: the record that `dateline plugins` lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["active", "blocked", "failed"]


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """``origin`` is the distribution and version, or the file; ``error`` is one line,
    ``detail`` the traceback, if there is one."""

    name: str
    origin: str
    status: Status
    offers: tuple[str, ...] = ()
    error: str | None = None
    detail: str | None = None
