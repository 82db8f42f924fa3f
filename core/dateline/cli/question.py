"""Options that ask a view for some of its rows: ``--where``, ``--since``, ``--until``, ``--sort``, ``--limit``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.dates import understood
from dateline.cli.terminal.messages import counted, say

if TYPE_CHECKING:
    from dateline.views.table import Table

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--where",
        multiple=True,
        metavar="FIELD=VALUE",
        help="Only rows for which this holds: = != < <= > >=, or ~ for contains. May be repeated.",
    ),
    click.option(
        "--since",
        metavar="DATE",
        help="Only rows that are dated on this day or later.",
    ),
    click.option(
        "--until",
        metavar="DATE",
        help="Only rows that are dated on this day or earlier.",
    ),
    click.option(
        "--sort",
        multiple=True,
        metavar="FIELD",
        help="Order the rows by a field; -FIELD puts the greatest first. May be repeated.",
    ),
    click.option(
        "--limit", type=click.IntRange(min=0), metavar="N", help="Only the first N rows of a view."
    ),
)


def question_options(command: F) -> F:
    """The options. The command gets them as ``**asked``, for `Archive.view`."""
    command = understood("since", "until")(command)
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def require_no_question(asked: Mapping[str, Any]) -> None:
    """Raise UsageError if one of the options was given."""
    for name, value in asked.items():
        if value not in (None, ()):
            raise click.UsageError(f"--{name} is only for views")


@contextmanager
def retyping() -> Iterator[None]:
    """Give an error about a question the command to type instead."""
    from dateline.views.question import NotAQuestion

    try:
        yield
    except NotAQuestion as error:
        if error.instead is not None and error.given:
            from dateline.cli.command_line import retyped

            option = (
                "--sort" if error.given in click.get_current_context().params["sort"] else "--where"
            )
            command = retyped(option, error.given, error.instead)
            error.hint = f"{error.hint}; to ask that, type\n  {command}"
        raise


def say_left_out(table: Table, *, ways: bool = True) -> None:
    """Say which rows are not in the table, and with `ways` how they are shown."""
    if table.further:
        say(f"{counted(table.further, 'further row')} not shown (--limit {len(table)}).")
    if table.undated:
        say(f"Left out {counted(table.undated, 'row')} without a date.")
    if table.hidden:
        hidden = counted(table.hidden, "row")
        way = "; --all shows them" if ways else ""
        say(f"Left out {hidden} of retracted or rejected facts{way}.")
