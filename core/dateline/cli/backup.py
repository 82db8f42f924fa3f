"""``dateline backup``: back up the archive to one file."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.options import force_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.progress import progress


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@force_option
@pass_settings
def backup(settings: Settings, file: Path, force: bool) -> None:
    """Back up the archive to one file.

    FILE is a SQLite archive that only you can read, also if the archive is in PostgreSQL. Others may
    write to the archive meanwhile. FILE is checked against its hashes, and gets its name only when it
    is complete.

    To restore a backup, use it in place, or copy it with `dateline copy`; first move away a `-wal` and
    a `-shm` file that a crash left there. A backup holds no views: they are built in memory until
    something is written to it. It does not hold the keys of protected content, which are in a
    separate file.

    \b
    Example:
      dateline backup saved.db
    """
    with settings.archive() as archive:
        head = archive.backup(file, force=force, progress=progress)
        protected = archive.subjects()
    say(
        f"Wrote {file}: archive {head.archive} up to position {head.position}, root {head.root.hex()}."
    )
    if protected:
        say("The backup does not hold the keys of protected content.")
