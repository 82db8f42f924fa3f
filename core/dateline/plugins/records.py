"""The status of each plugin, as `dateline plugins` lists it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
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
    records: Iterable[PluginRecord], offered: Container[str], builds: Sequence[Build]
) -> list[str]:
    """Views among `builds` that are not `offered`, although no plugin of theirs is blocked or failed.
    `builds` are newest first: the newest names the plugin."""
    left_out = {plugin.name for plugin in records if plugin.status != "active"}
    there = {build.name: build.plugin for build in reversed(builds)}
    return sorted(n for n, plugin in there.items() if n not in offered and plugin not in left_out)
