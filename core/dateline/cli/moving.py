"""``dateline copy`` and ``dateline backup``: write a whole archive to another place."""

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
    salts and hashes, and therefore the same root and the same exports. Its views are built when they
    are first read. Others may write to FROM meanwhile: the copy holds what was there when it began.

    TO is created if it does not exist. If the copy is interrupted, the next run continues it; an
    earlier copy of the same archive is brought up to date; anything else in TO is refused. At the end
    every hash is recomputed and every row compared; until then no other command opens TO.

    The keys of protected content are in a separate file and are not copied; --keys names the keys
    database of FROM. An interrupted erasure in FROM is finished first.

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
        f"{shown(to_url(target))} holds archive {done.head.archive} up to position "
        f"{done.head.position} ({done.new} event{'s' if done.new != 1 else ''} copied), "
        f"root {done.head.root.hex()}."
    )


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
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
