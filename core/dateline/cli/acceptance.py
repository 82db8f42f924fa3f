"""What the acceptance of a proposal recorded, reported on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateline.cli.adjusted import say_adjusted
from dateline.cli.terminal.messages import say

if TYPE_CHECKING:
    from dateline.recording.recorder import Recorded


def say_accepted(proposal: str, result: Recorded | None) -> None:
    """Report what an acceptance recorded; None if the form was left unchanged."""
    if result is None:
        say(f"{proposal} was left as it is.")
        return
    say(
        f"Accepted {proposal}: recorded {', '.join(result.facts)} at position {result.positions[-1]}."
    )
    say_adjusted(result.adjusted)
