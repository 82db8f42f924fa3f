"""Checks that plugins offer: does an archive follow a rule of the newsroom?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dateline.errors import described, stops_plugin
from dateline.events.state import StoryState


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that stories must follow. ``run`` gets one story and yields a sentence for each finding."""

    name: str
    run: Callable[[StoryState], Iterable[str]]


def findings(check: Check, owner: str, state: StoryState) -> list[str]:
    """What a check finds in one story. That it raises is a finding too, which names its plugin, `owner`."""
    try:
        return list(map(str, check.run(state)))
    except BaseException as error:  # noqa: BLE001 - a failing check must not stop the others
        stops_plugin(error)
        return [f"the check of plugin {owner} raised {described(error)}"]
