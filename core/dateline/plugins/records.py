"""The status of each plugin, as `dateline plugins` lists it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from dateline.views.generation import Build

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


def gone_views(
    left_out: Container[str], offered: Container[str], builds: Sequence[Build]
) -> list[str]:
    """Views among `builds` that are not `offered`, although their plugin is not `left_out`. `builds`
    are newest first: the newest names the plugin."""
    there = {build.name: build.plugin for build in reversed(builds)}
    return sorted(n for n, plugin in there.items() if n not in offered and plugin not in left_out)
