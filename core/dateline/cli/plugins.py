"""``dateline plugins``: list plugins, what they offer and why they failed."""

from __future__ import annotations

import click

from dateline.cli.lazy import LazyGroup
from dateline.cli.options import format_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit


class Commands(LazyGroup):
    core = {
        "new": "Create a plugin: a package with passing tests.",
        "check": "Test plugins against the contracts.",
    }
    homes = {"new": "plugins_new", "check": "plugins_check"}


@click.group(cls=Commands, invoke_without_command=True)
@click.option("-v", "--verbose", is_flag=True, help="Show the tracebacks of failed plugins.")
@format_option
@click.pass_context
@pass_settings
def plugins(settings: Settings, ctx: click.Context, verbose: bool, format_: str | None) -> None:
    """List plugins and their status.

    Plugins are Python code that runs with your permissions: install only plugins that you trust.

    \b
    Example:
      dateline plugins
      dateline --without figures plugins
    """
    if ctx.invoked_subcommand is not None:
        return
    records = settings.plugins().records
    rows = [
        [record.name, record.status, record.origin, ", ".join(record.offers), record.error]
        for record in records
    ]
    emit(["plugin", "status", "from", "offers", "error"], rows, format_)
    if verbose:
        for record in records:
            if record.detail:
                say(f"{record.name}:\n{record.detail}")
