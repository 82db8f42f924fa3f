"""``copy``, ``backup``: a whole archive somewhere else."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli import completing
from dateline.cli.progress import progress
from dateline.cli.settings import Settings, pass_settings, resume, say


@click.command()
@click.argument("source", metavar="FROM", type=completing.FILE)
@click.argument("target", metavar="TO", type=completing.FILE)
@pass_settings
def copy(settings: Settings, source: str, target: str) -> None:
    """Copy a whole archive between databases.

    FROM and TO are SQLite files or URLs of PostgreSQL databases. TO gets the same ids, positions,
    salts and hashes, so the same root and the same exports; views are folded anew when they are first
    read. FROM may be written to meanwhile: the copy is of the moment it began.

    TO is made when nothing is there. A copy that was interrupted goes on where it was when the command
    is run again, and an earlier copy of the same archive is brought up to date; anything else in TO
    is refused. At the end every hash is computed anew and every row compared; until then no other
    command opens TO. The keys of what is protected are a file of their own, and are not copied; --keys
    names those of FROM. An erasure that was interrupted in FROM is finished before.

    \b
    Example:
      dateline copy dateline.db moved.db
    """
    from dateline.archive import copy_archive
    from dateline.log.engine import shown, to_url

    done = copy_archive(
        source,
        target,
        progress,
        plugins=settings.plugins(),
        keys=settings.keys,
        resume=resume,
    )
    say(
        f"{shown(to_url(target))} is archive {done.head.archive} to position {done.head.position} "
        f"({done.new} event{'s' if done.new != 1 else ''} copied), root {done.head.root.hex()}."
    )


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@pass_settings
def backup(settings: Settings, file: Path, force: bool) -> None:
    """Write the archive to one file, as it is now.

    FILE is a SQLite archive, whichever database the archive is in, that only you may read. Others may
    go on writing. It is checked against its hashes and has its name only when it is complete. To
    restore it, use it as it is, or `dateline copy` it where it belongs; a `-wal` and `-shm` that a
    crash left there are moved away first. It has no views: they are folded in memory until it is
    written to. The keys of what is protected are a file of their own, and not in it.

    \b
    Example:
      dateline backup saved.db
    """
    with settings.archive() as archive:
        head = archive.backup(file, force=force, progress=progress)
        protected = archive.subjects()
    say(
        f"Wrote {file}: archive {head.archive} to position {head.position}, root {head.root.hex()}."
    )
    if protected:
        say("The keys of what is protected are not in it.")
