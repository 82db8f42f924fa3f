"""A check that a plugin offers: does this archive keep a rule of ours?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dateline.events.present import StoryState


@dataclass(frozen=True, slots=True)
class Check:
    """``run`` gets one story at a time and yields a sentence for each thing it finds."""

    name: str
    run: Callable[[StoryState], Iterable[str]]
