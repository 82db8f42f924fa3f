"""The story that ``.`` stands for: the one that was written to last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli.terminal.messages import say
from dateline.errors import UnknownName

if TYPE_CHECKING:
    from dateline.archive import Archive


def story_of(archive: Archive, given: str) -> str:
    """The story that an argument names. What ``.`` stands for is said, and stands in commands that are
    printed. Raises UnknownName."""
    if given != ".":
        return given
    last = next(archive.events(after=archive.head().position - 1), None)
    if last is None:
        raise UnknownName(
            "there is no story yet", hint="open one with `dateline open`", code="story-unknown"
        )
    say(f"Story: {last.slug}")
    click.get_current_context().params["story"] = last.slug
    return last.slug
