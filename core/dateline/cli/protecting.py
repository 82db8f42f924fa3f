"""What ``--protect`` means for introduced entities, and the messages about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dateline.cli.terminal.messages import say

if TYPE_CHECKING:
    from dateline.recording.recorder import Recorded

_MANY = 8


def protected(result: Recorded, subjects: Sequence[str]) -> str:
    """``, protected under "Witness 7"``: the subject, so that a typing error is noticed at once.

    `subjects` are the subjects of this archive.
    """
    if not result.subjects:
        return ""
    names = [f'"{name}"{_new(name, result.opened, subjects)}' for name in result.subjects]
    return f", protected under {' and '.join(names)}"


def _new(name: str, opened: str | None, subjects: Sequence[str]) -> str:
    if name != opened:
        return ""
    others = [subject for subject in subjects if subject != name]
    import difflib  # slow to import, and this is rare

    near = difflib.get_close_matches(name, others, _MANY)
    listed = list(dict.fromkeys([*near, *others]))
    if not listed:
        return " (a new name)"
    more = " ..." if len(listed) > _MANY else ""
    is_are = "is" if len(listed) == 1 else "are"
    return f" (a new name; there {is_are} {', '.join(listed[:_MANY])}{more})"


def say_erased_before(result: Recorded) -> None:
    """Report earlier erasures of the recorded content, which the log lists anyway."""
    if result.rekeyed is not None:
        say(
            f'The key of "{result.rekeyed}" was erased, but an older keys database still held it. It '
            "was destroyed again, and this content has a new key."
        )
    if result.anew:
        positions = ", ".join(map(str, result.anew))
        say(f"This content was erased before (see position {positions}); it is recorded again.")
