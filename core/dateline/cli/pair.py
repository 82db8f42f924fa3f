"""``pair``: a keys database becomes the archive's own, and what its journal orders is done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dateline.cli.output import emit, format_option
from dateline.cli.settings import Settings, pass_settings, say, say_resumed
from dateline.cli.stdout import shown_on_stderr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dateline.erasure.survey import Going

_COLUMNS = ("what", "story", "position", "name", "note")


@click.command()
@click.option("--dry-run", is_flag=True, help="List what would be erased, change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@format_option
@click.pass_context
@pass_settings
def pair(
    settings: Settings, ctx: click.Context, dry_run: bool, yes: bool, format_: str | None
) -> None:
    """Take a keys database as this archive's own.

    The keys database keeps a journal of erasures, and opening the archive does again what a restored
    backup undid. It does so only with the keys database that the archive was paired with, when
    something was first protected or erased: anybody who has a copy of the archive can make another.
    Where the archive is a backup from before that, no other command opens it with those keys until
    this one has paired them. What the journal orders is then erased for ever.

    On a terminal it lists what would be erased and asks; anywhere else it needs --yes.

    \b
    Example:
      dateline pair --dry-run
      dateline pair --yes
    """
    from dateline.cli.errors import FAILED

    if not (dry_run or yes or sys.stdin.isatty()):
        raise click.UsageError("not on a terminal: say --yes to pair them, or --dry-run to look")
    with settings.unresumed() as archive:
        own, going = archive.paired, archive.ordered()
        if dry_run:
            emit(_COLUMNS, _rows(going), format_)
            say(f"Nothing was changed (--dry-run): {_many(len(going))} would be erased.")
            return
        if not (yes or own):
            if going:
                with shown_on_stderr():
                    emit(_COLUMNS, _rows(going), "table")
            question = f"Pair them, and erase {_many(len(going))} for ever?"
            if not click.confirm(question, err=True):
                say("Nothing was changed.")
                ctx.exit(FAILED)
        say_resumed(archive, archive.pair())
    say("The archive and the keys database are paired.")


def _rows(going: Sequence[Going]) -> list[tuple[object, ...]]:
    return [("event", item.slug, item.position, item.name, "goes") for item in going]


def _many(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"
