"""``dateline prune``: delete generations of views that are no longer used."""

from __future__ import annotations

import click

from dateline.cli.options import views_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say


@click.command()
@views_option("Only this view. If its plugin was uninstalled, delete all of the view.")
@pass_settings
def prune(settings: Settings, views: tuple[str, ...]) -> None:
    """Delete generations of views that are no longer used.

    These are retired generations, which `rebuild --undo` could return to, and unfinished builds.

    A view that no plugin makes any more, because its plugin was uninstalled or has renamed it, is
    deleted only when it is named: all its generations and its SQL view. If the plugin is installed
    again, the view is built again when it is first read. The view of a plugin that is blocked
    (--without) or failed to load is kept.

    \b
    Example:
      dateline prune
      dateline prune --view figures
    """
    with settings.archive() as archive:
        dropped = archive.prune(views or None)
        orphaned, serving = archive.gone_views(), {b.name for b in archive.builds() if b.serves}
        kept = [name for name in views if name in serving - set(archive.plugins.views)]
    for build in dropped:
        say(f"Deleted generation {build.generation} of {build.name} ({build.state}).")
    if not dropped:
        say("There was nothing to delete.")
    for name in kept:
        say(f"{name}: its live generation is kept, because its plugin is installed but not active.")
    for name in orphaned:
        say(without_plugin(name))


def without_plugin(name: str) -> str:
    """What `status` and `prune` report about a view without a plugin."""
    return (
        f"{name}: no loaded plugin makes this view, so it is not kept up to date. If its plugin will "
        f"not be installed again, `dateline prune --view {name}` deletes the view."
    )
