"""``init``, ``upgrade``, ``completion``."""

from __future__ import annotations

import click

from dateline.cli.settings import Settings, pass_settings, say


@click.command()
@pass_settings
def init(settings: Settings) -> None:
    """Make a new archive.

    A file, readable by you alone; or, of a URL like
    postgresql://USER@HOST/DATABASE, the tables in a PostgreSQL database that is there already.

    \b
    Example:
      dateline init
      dateline --db story.db init
    """
    from dateline.archive import Archive

    with Archive.create(settings.path, settings.plugins(), settings.keys) as archive:
        say(f"Made archive {archive.head().archive} in {settings.shown}.")


@click.command()
@pass_settings
def upgrade(settings: Settings) -> None:
    """Bring an archive's tables up to date.

    Events are never rewritten; views are folded again when their shape changed. All in one
    transaction: it is done or it is not. Back the archive up first.

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
        f"{settings.shown} is at schema {after}" + ("." if before == after else f", from {before}.")
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
