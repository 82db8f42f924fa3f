"""``--as-of`` and ``--as-recorded``: looking back on one of the two clocks."""

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
        help="As this archive had it then: a moment, a day, or a position (@2024 for a short one).",
    )(command)
    return click.option(
        "--as-of",
        metavar="DATE",
        help="As the public record stood at the end of that day (UTC).",
    )(command)


def moment(as_of: str | None, as_recorded: str | None) -> Moment | None:
    """The moment asked for; None for now. Raises UsageError for both at once."""
    from dateline.views.asof import public, recorded

    if as_of is not None and as_recorded is not None:
        raise click.UsageError("--as-of and --as-recorded are two clocks: give one")
    if as_of is not None:
        return read_moment(public, "--as-of", as_of)
    return None if as_recorded is None else read_moment(recorded, "--as-recorded", as_recorded)


def read_moment(clock: Callable[[str], Moment], name: str, text: str) -> Moment:
    """`text` on a clock. Raises UsageError that says by `name` where it was typed."""
    try:
        return clock(text)
    except DatelineError as error:
        advice = f"; {error.hint}" if error.hint else ""
        raise click.UsageError(f"{name}: {error}{advice}") from None
