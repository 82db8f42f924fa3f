"""Checks that plugins offer: does an archive follow a rule of the newsroom?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dateline.events.state import StoryState


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that stories must follow. ``run`` gets one story and yields a sentence for each finding."""

    name: str
    run: Callable[[StoryState], Iterable[str]]
