"""``dateline init``: create an archive."""

from __future__ import annotations

import click

from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say


@click.command()
@pass_settings
def init(settings: Settings) -> None:
    """Create a new archive.

    By default the archive is a file that only you can read. Given a URL such as
    postgresql://USER@HOST/DATABASE, it is a set of tables in an existing PostgreSQL database.

    \b
    Example:
      dateline init
      dateline --db story.db init
    """
    from dateline.archive import Archive

    with Archive.create(settings.path, settings.plugins(), settings.keys) as archive:
        say(f"Created archive {archive.head().archive} in {settings.shown}.")
