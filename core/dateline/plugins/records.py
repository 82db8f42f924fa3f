"""The status of each plugin, as `dateline plugins` lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["active", "blocked", "failed"]


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """The status of one plugin. ``origin`` is its distribution and version, or its file; ``error`` is
    one line, ``detail`` the traceback, if there is one."""

    name: str
    origin: str
    status: Status
    offers: tuple[str, ...] = ()
    error: str | None = None
    detail: str | None = None
