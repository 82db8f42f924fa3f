"""``dateline pair``: pair a keys database with the archive, and repeat the erasures in its journal."""

from __future__ import annotations

import sys

import click

from dateline.cli.erase import COLUMNS, going_rows
from dateline.cli.options import format_option, yes_option
from dateline.cli.settings import Settings, pass_settings, say_resumed
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.stdout import shown_on_stderr


@click.command()
@click.option("--dry-run", is_flag=True, help="List what would be erased, and change nothing.")
@yes_option
@format_option
@click.pass_context
@pass_settings
def pair(
    settings: Settings, ctx: click.Context, dry_run: bool, yes: bool, format_: str | None
) -> None:
    """Pair a keys database with this archive.

    The keys database keeps a journal of erasures. When an archive is opened, erasures that a restored
    backup had undone are repeated. This happens only with the keys database that the archive is
    paired with, since anyone with a copy of the archive can make another. Pairing happens when
    something is first protected or erased; a backup from before that is not paired, and no other
    command opens it with those keys. This command pairs them, and permanently erases what the
    journal orders.

    On a terminal, the command lists what will be erased and asks for confirmation. Elsewhere it needs
    --yes.

    \b
    Example:
      dateline pair --dry-run
      dateline pair --yes
    """
    from dateline.cli.outcome import FAILED

    if not (dry_run or yes or sys.stdin.isatty()):
        raise click.UsageError(
            "there is no terminal to ask on: give --yes to pair, or --dry-run to list"
        )
    with settings.unresumed() as archive:
        paired, ordered = archive.paired, archive.ordered()
        events = counted(len(ordered), "event")
        if dry_run:
            emit(COLUMNS, going_rows(ordered), format_)
            say(f"Nothing was changed (--dry-run): {events} would be erased.")
            return
        if not (yes or paired):
            if ordered:
                with shown_on_stderr():
                    emit(COLUMNS, going_rows(ordered), "table")
            question = f"Pair them, and permanently erase {events}?"
            if not click.confirm(question, err=True):
                say("Nothing was changed.")
                ctx.exit(FAILED)
        say_resumed(archive, archive.pair())
    say("The archive and the keys database are paired.")
