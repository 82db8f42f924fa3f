"""``dateline checkpoint``: sign the root of the log, to be kept elsewhere."""

from __future__ import annotations

import click

from dateline.cli.options import force_option, key_option, output_option, target_of
from dateline.cli.outfile import require_free, write_or_give
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say


@click.command()
@output_option
@force_option
@key_option
@pass_settings
def checkpoint(settings: Settings, output: str | None, force: bool, key_file: str | None) -> None:
    """Sign a checkpoint of the log, to be kept elsewhere.

    A checkpoint is three lines and a signature (C2SP tlog-checkpoint). Mail it, print it or give it
    to a partner: anyone who has it can show later whether events before it were changed, added or
    removed. The first checkpoint creates the key. A log that does not continue the last checkpoint
    is not signed.

    \b
    Example:
      dateline checkpoint
      dateline checkpoint -o monday.txt
    """
    target = target_of(output)
    if target is not None:  # before anything is signed
        require_free(target, force=force, kept=settings.kept)
    with settings.archive() as archive:
        signed = archive.checkpoint(key_file)
    write_or_give(target, signed.note, force=force, kept=settings.kept)
    if target is not None:
        words = f"a signed checkpoint of {signed.size} events. Keep it away from the archive."
        say(f"Wrote {output}, {words}")
