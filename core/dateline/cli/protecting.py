"""``--protect``: for whom something is put in."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.settings import say

if TYPE_CHECKING:
    from dateline.recording.line import Line
    from dateline.recording.recorder import Recorded

F = TypeVar("F", bound=Callable[..., Any])
_SHARED = ("organization", "place")
_MANY = 8


def protect_option(command: F) -> F:
    return click.option(
        "--protect",
        metavar="SUBJECT",
        help="Encrypt it under the key of this person, whom `dateline erase` can take out again.",
    )(command)


def introduced(lines: Iterable[dict[str, Any]]) -> list[Line]:
    """Entities introduced on the way to what names them, and protected with it; organisations and
    places are not the subject's own, so facts about others may go on naming them."""
    from dateline.recording.line import Line

    return [Line(line, shared=line["kind"] in _SHARED, on_the_way=True) for line in lines]


def protected(result: Recorded, subjects: Sequence[str]) -> str:
    """``, protected under "Witness 7"``: whose it is, so that a slip of the pen is seen at once.

    `subjects` are those who are protected in this archive.
    """
    if not result.subjects:
        return ""
    names = [f'"{name}"{_new(name, result.opened, subjects)}' for name in result.subjects]
    return f", protected under {' and '.join(names)}"


def _new(name: str, opened: str | None, subjects: Sequence[str]) -> str:
    if name != opened:
        return ""
    others = [subject for subject in subjects if subject != name]
    near = difflib.get_close_matches(name, others, _MANY)
    listed = list(dict.fromkeys([*near, *others]))
    if not listed:
        return " (a new name)"
    more = " ..." if len(listed) > _MANY else ""
    is_are = "is" if len(listed) == 1 else "are"
    return f" (a new name; there {is_are} {', '.join(listed[:_MANY])}{more})"


def say_anew(result: Recorded) -> None:
    for message in told_anew(result):
        say(message)


def told_anew(result: Recorded) -> list[str]:
    """What was erased before is no secret: the log says so, and why."""
    said = []
    if result.rekeyed is not None:
        said.append(
            f'The key of "{result.rekeyed}" was erased, and came back with an older keys database: it '
            "was destroyed again, and this is under a new one."
        )
    if result.anew:
        told = ", ".join(map(str, result.anew))
        said.append(f"It was erased before (see position {told}); this is recorded anew.")
    return said
