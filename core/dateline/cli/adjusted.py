"""The message about quotations that were given as copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dateline.cli.terminal.messages import counted, say

if TYPE_CHECKING:
    from dateline.events.adjusted import Adjusted

_LISTED = 5
#: Characters shown before the first difference, and from there on.
_BEFORE, _AFTER = 16, 40


def say_adjusted(adjusted: Sequence[Adjusted]) -> None:
    """Report what was put right: each of the first quotations, as given and as recorded."""
    if not adjusted:
        return
    was_were = "was" if len(adjusted) == 1 else "were"
    say(f"{counted(len(adjusted), 'quotation')} {was_were} adjusted to the source's text:")
    for one in adjusted[:_LISTED]:
        line = f"line {one.line}: " if one.line is not None else ""
        pairs = enumerate(zip(one.given, one.recorded, strict=False))
        at = next((at for at, (given, own) in pairs if given != own), 0)
        own = _around(one.recorded, at)
        there = f"is {own} there"
        if one.start is not None:
            there = f"is {own}, at {one.start}-{one.start + len(one.recorded)}"
        say(f"  {line}{_around(one.given, at)} {there}")
    if len(adjusted) > _LISTED:
        say(f"  and {len(adjusted) - _LISTED} more")


def _around(words: str, at: int) -> str:
    start, end = max(0, at - _BEFORE), at + _AFTER
    before, after = "…" if start else "", "…" if end < len(words) else ""
    return repr(f"{before}{words[start:end]}{after}")
