"""``--protect``: for whom something is put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dateline.recording.line import Line

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
