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


def require_dated(archive: Archive, story: str, name: str, at: Moment | None) -> None:
    """Raises UnknownName if the public record at `at` lacks the fact because its source has no date."""
    if at is None or at.public_us is None:
        return
    from dateline.errors import UnknownName
    from dateline.events.acts import short
    from dateline.events.clock import to_iso
    from dateline.views.undated import is_left_out

    fact = archive.state(story, facts=[name]).facts.get(name)
    if fact is not None and is_left_out(fact, at):
        raise UnknownName(
            f"{name} is drawn from a source without a date: on the public record it counts from when it "
            f"was recorded, {to_iso(fact.recorded_us)[:10]}",
            hint=f"`dateline amend {story} {short(fact.source)} --set published=DAY` gives the source a date",
            code="fact-undated",
        )
