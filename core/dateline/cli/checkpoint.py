"""``dateline checkpoint``: sign the root of the log, to be kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli import completing
from dateline.cli.files import require_free, write_atomically
from dateline.cli.keys import key_option
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.stdout import data


@click.command()
@click.option(
    "-o", "--output", metavar="FILE", type=completing.FILE, help="Output file.  [default: stdout]"
)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
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
    target = None if output in (None, "-") else Path(str(output))
    if target is not None:  # before anything is signed
        require_free(target, force=force, kept=settings.kept)
    with settings.archive() as archive:
        signed = archive.checkpoint(key_file)
    if target is None:
        click.echo(signed.note, nl=False, file=data())
        return
    write_atomically(target, iter([signed.note]), force=force, kept=settings.kept)
    say(
        f"Wrote {output}, a signed checkpoint of {signed.size} events. Keep it away from the archive."
    )
