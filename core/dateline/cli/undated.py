"""The message about facts that a day's public record leaves out because their source has no date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dateline.cli.terminal.messages import say

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.views.asof import Moment


def say_undated(archive: Archive, stories: Iterable[str], at: Moment | None) -> None:
    """Say how many facts of undated sources in `stories` are not on the public record at `at`."""
    if at is None or at.public_us is None:
        return
    from dateline.views.undated import left_out

    count = sum(left_out(archive.state(story), at) for story in stories)
    if count == 1:
        say("1 fact of an undated source is left out: it counts from when it was recorded.")
    elif count:
        say(
            f"{count} facts of undated sources are left out: they count from when they were recorded."
        )
