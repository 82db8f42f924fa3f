"""``dateline plugins``: list plugins, what they offer and why they failed."""

from __future__ import annotations

from collections.abc import Mapping

import click

from dateline.cli.lazy import LazyGroup
from dateline.cli.output import emit, format_option
from dateline.cli.settings import Settings, pass_settings, say
from dateline.plugins.points import Point


class Commands(LazyGroup):
    core = {
        "new": ("dateline.cli.scaffold:new", "Create a plugin: a package with passing tests."),
        "check": ("dateline.cli.checking:check", "Test plugins against the contracts."),
    }

    def _plugins(self) -> Mapping[str, Point]:
        return {}  # commands of plugins are top-level commands, never subcommands of `plugins`


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
