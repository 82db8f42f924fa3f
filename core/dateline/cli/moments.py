"""``--as-of`` and ``--as-recorded``: show an earlier state, by one of the two clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.views.asof import Moment

F = TypeVar("F", bound=Callable[..., Any])


def moment_options(command: F) -> F:
    command = click.option(
        "--as-recorded",
        metavar="TIME|POSITION",
        help="Show what this archive held then: a time, a day or a position (@2024 if it looks like a year).",
    )(command)
    return click.option(
        "--as-of",
        metavar="DATE",
        help="Show the public record at the end of this day (UTC).",
    )(command)


def moment(as_of: str | None, as_recorded: str | None) -> Moment | None:
    """The moment that was asked for; None means now. Raises UsageError for both options at once."""
    from dateline.views.asof import public, recorded

    if as_of is not None and as_recorded is not None:
        raise click.UsageError("--as-of and --as-recorded use different clocks: give only one")
    if as_of is not None:
        return read_moment(public, "--as-of", as_of)
    return None if as_recorded is None else read_moment(recorded, "--as-recorded", as_recorded)


def read_moment(clock: Callable[[str], Moment], name: str, text: str) -> Moment:
    """`text` as a moment of a clock. Raises UsageError, which names the option or argument `name`."""
    try:
        return clock(text)
    except DatelineError as error:
        advice = f"; {error.hint}" if error.hint else ""
        raise click.UsageError(f"{name}: {error}{advice}") from None
