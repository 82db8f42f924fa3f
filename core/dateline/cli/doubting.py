"""Doubts on the command line: asked about on a terminal, warned of in a pipe, refused if wanted."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.stdout import data
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.doubts.weighing import Consider, Doubted

#: The most doubts that are listed one by one.
_LISTED = 10

strict_doubts_option = click.option(
    "--strict-doubts", is_flag=True, help="Record nothing if there are doubts about a fact."
)


def doubting(strict: bool, *, dry_run: bool = False) -> Consider:
    """What to do about doubts: with `strict` they are refused, on a terminal asked about, else printed."""
    from dateline.doubts.weighing import refuse_doubts

    if strict:
        return refuse_doubts
    if dry_run:
        return _list
    return _ask if _on_terminal() else _warn


def _on_terminal() -> bool:
    return sys.stdin.isatty() and data().isatty()


def _list(doubted: Sequence[Doubted]) -> None:
    for one in doubted[:_LISTED]:
        said = f" ({one.doubt.words})" if one.doubt.words else ""
        say(f"Doubt: {one.fact}: {one.doubt.kind}: {one.doubt.why}{said}")
    more = Counter(one.doubt.kind for one in doubted[_LISTED:])
    if more:
        listed = ", ".join(f"{number} {kind}" for kind, number in sorted(more.items()))
        say(f"{counted(more.total(), 'more doubt')}: {listed}.")


def _warn(doubted: Sequence[Doubted]) -> None:
    _list(doubted)
    say(
        f"`dateline show {doubted[0].story} doubts` lists them until they are checked or corrected."
    )


def _ask(doubted: Sequence[Doubted]) -> None:
    _list(doubted)
    if not click.confirm("Record?", default=False, err=True):
        raise DatelineError(
            "nothing was recorded",
            hint="correct the fact, or answer y and review it as checked",
            code="doubtful",
        )
