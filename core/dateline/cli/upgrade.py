"""``dateline upgrade``: upgrade the tables of an archive."""

from __future__ import annotations

import click

from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say


@click.command()
@pass_settings
def upgrade(settings: Settings) -> None:
    """Upgrade the tables of an archive.

    Events are never rewritten. Views are rebuilt when the shape of their rows changed. The upgrade
    is one transaction: it succeeds as a whole or changes nothing. Back up the archive first.

    \b
    Example:
      dateline upgrade
    """
    from dateline.log import schema

    before, after = schema.upgrade(settings.path)
    if before != after:
        with settings.unresumed() as archive:
            archive.refresh_sql_views()
    say(
        f"{settings.shown} is at schema {after}"
        + ("." if before == after else f", upgraded from {before}.")
    )
