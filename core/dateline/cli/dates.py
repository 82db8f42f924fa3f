"""Dates in options: as people write them, or in EDTF."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.terminal.messages import say
from dateline.errors import DatelineError
from dateline.events.clock import now_us, to_iso

if TYPE_CHECKING:
    from dateline.language.dates import UnclearDate, Understood

F = TypeVar("F", bound=Callable[..., Any])


def edtf_of(
    text: str, option: str, *, languages: Sequence[str] = (), published: str | None = None
) -> Understood:
    """What a date given as `option` means; if it was not EDTF, that is said on stderr.

    `languages` and `published` are those of the source, as in `dateline.language.dates.understand`. On
    a terminal, an unclear date is asked about. Raises DatelineError: ``date-unclear``, with all that
    the date can mean, or ``not-a-date``.
    """
    from dateline.language.dates import NotADate, UnclearDate, Understood, understand

    try:
        found = understand(text, languages=languages, published=published)
    except UnclearDate as unclear:
        return Understood(_chosen(unclear, option), text.strip(), unclear.relative)
    except NotADate as error:
        raise DatelineError(
            f"{option}: {error}",
            hint="write it like 10 April 2020, or in EDTF like 2020-04-10 or 2020-04/2020-06",
            code="not-a-date",
        ) from None
    if found.expression:
        say(f"{option}: {found.words} ({found.edtf})")
    return found


def understood(*names: str) -> Callable[[F], F]:
    """The command gets the dates of these options in EDTF, which also stands in commands that are printed. A date
    such as yesterday counts from today, in UTC."""

    def wrapped(command: F) -> F:
        @wraps(command)
        def run(*settings: Any, **options: Any) -> None:
            for name in names:
                if options[name] is not None:
                    # Not in a callback: the command that a refusal prints needs all parameters.
                    today = to_iso(now_us())[:10]
                    options[name] = edtf_of(options[name], f"--{name}", published=today).edtf
                    click.get_current_context().params[name] = options[name]
            command(*settings, **options)

        return run  # type: ignore[return-value]

    return wrapped


def _chosen(unclear: UnclearDate, option: str) -> str:
    """The choice of a person on a terminal. Raises DatelineError in a pipe."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from dateline.cli.command_line import retyped

        listed = "\n  ".join(
            f"{words}:\n    {retyped(option, unclear.text, edtf)}"
            for edtf, words in unclear.choices
        )
        raise DatelineError(
            f"{option}: {unclear}", hint=f"write one of\n  {listed}", code="date-unclear"
        )
    say(f"{option}: {unclear.text!r} can mean")
    for number, (edtf, words) in enumerate(unclear.choices, 1):
        say(f"  {number}. {words} ({edtf})")
    chosen = click.prompt("Number", type=click.IntRange(1, len(unclear.choices)), err=True)
    return unclear.choices[chosen - 1][0]
