"""``dateline copy``: copy a whole archive between databases."""

from __future__ import annotations

import click

from dateline.cli import completion
from dateline.cli.settings import Settings, pass_settings, resume
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.progress import progress


@click.command()
@click.argument("source", metavar="FROM", type=completion.FILE)
@click.argument("target", metavar="TO", type=completion.FILE)
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
        source, target, progress, plugins=settings.plugins(), keys=settings.keys, resume=resume
    )
    say(
        f"{shown(to_url(target))} holds archive {done.head.archive} up to position "
        f"{done.head.position} ({counted(done.new, 'event')} copied), "
        f"root {done.head.root.hex()}."
    )
