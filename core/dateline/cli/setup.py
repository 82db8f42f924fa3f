"""The commands ``init``, ``upgrade`` and ``completion``."""

from __future__ import annotations

import click

from dateline.cli.settings import Settings, pass_settings, say


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


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a shell completion script.

    \b
    Example:
      eval "$(dateline completion bash)"
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(ctx.find_root().command, {}, "dateline", "_DATELINE_COMPLETE")
    click.echo(script.source())
