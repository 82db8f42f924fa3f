"""``--protect``: for whom something is put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.settings import say

if TYPE_CHECKING:
    from dateline.recording.line import Line
    from dateline.recording.recorder import Recorded

F = TypeVar("F", bound=Callable[..., Any])
_SHARED = ("organization", "place")


def protect_option(command: F) -> F:
    return click.option(
        "--protect",
        metavar="SUBJECT",
        help="Encrypt it under the key of this person, whom `dateline erase` can take out again.",
    )(command)


def introduced(lines: Iterable[dict[str, Any]]) -> list[Line]:
    """Entities introduced on the way: organisations and places are not the subject's own, so facts
    about others may go on naming them."""
    from dateline.recording.line import Line

    return [Line(line, shared=line["kind"] in _SHARED) for line in lines]


def say_anew(result: Recorded) -> None:
    """What was erased before is no secret: the log says so, and why."""
    if result.anew:
        told = ", ".join(map(str, result.anew))
        say(f"It was erased before (see position {told}); this is recorded anew.")
