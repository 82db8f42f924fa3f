"""``rebuild``, ``status``: the views' upkeep."""

from __future__ import annotations

import click

from dateline.cli.errors import FOUND
from dateline.cli.output import emit, format_option
from dateline.cli.settings import Settings, pass_settings, say


@click.command()
@click.option("--view", "views", multiple=True, metavar="NAME", help="This view.")
@click.option("--all", "all_", is_flag=True, help="Every view.")
@pass_settings
def rebuild(settings: Settings, views: tuple[str, ...], all_: bool) -> None:
    """Fold views again from the first event.

    The new table is filled beside the old one and takes its place when it has reached the end of
    the log, so readers never see it half done.

    \b
    Example:
      dateline rebuild --view figures
      dateline rebuild --all
    """
    if bool(views) == all_:
        raise click.UsageError("name views with --view, or give --all")
    with settings.archive() as archive:
        builds = archive.rebuild(views or None)
    failed = [build for build in builds if build.state == "failed"]
    for build in builds:
        if build.state == "failed":
            last = (build.error or "").strip().splitlines()[-1]
            say(f"{build.name}: stopped at position {build.failed_position}: {last}")
        else:
            say(f"{build.name}: rebuilt to position {build.checkpoint}.")
    if failed:
        click.get_current_context().exit(FOUND)


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="With the tracebacks of failed views.")
@format_option
@pass_settings
def status(settings: Settings, verbose: bool, format_: str | None) -> None:
    """Say how far each view is.

    A view is caught up when it is read, so being behind is no fault; exit code 3 means that one
    has failed or is stale, or that a plugin's check found something.

    \b
    Example:
      dateline status
    """
    from dateline.views.projection import fingerprint

    found = False
    with settings.archive() as archive:
        head = archive.head()
        say(f"Archive {head.archive}: {head.position} events, root {head.root.hex()}.")
        rows = []
        known = archive.plugins.views
        for build in archive.builds():
            if build.state == "retired":
                continue
            view = known.get(build.name)
            state: str = build.state if view is not None else "no plugin"
            if view is not None and build.fingerprint != fingerprint(view):
                state = "stale"
            found = found or state in ("failed", "stale")
            reason = (build.error or "").strip().splitlines()
            rows.append(
                [
                    build.name, build.generation, state, build.checkpoint,
                    head.position - build.checkpoint, f"{build.plugin} v{build.version}",
                    build.failed_position, reason[-1] if reason else None,
                ]
            )  # fmt: skip
            if verbose and build.error:
                say(f"{build.name} stopped at position {build.failed_position}:\n{build.error}")
        built = {row[0] for row in rows}
        rows += [
            [
                name,
                None,
                "not built",
                0,
                head.position,
                archive.plugins.owner("views", name),
                None,
                None,
            ]
            for name in sorted(set(known) - built)
        ]
        for name, check in sorted(archive.plugins.checks.items()):
            for story in archive.stories():
                try:
                    findings = list(check.run(archive.state(story.slug)))
                except Exception as error:  # noqa: BLE001 - a plugin's check stops only itself
                    owner = archive.plugins.owner("checks", name)
                    findings = [
                        f"the check of plugin {owner} raised {type(error).__name__}: {error}"
                    ]
                for finding in findings:
                    found = True
                    say(f"{name}: {story.slug}: {finding}")
    columns = [
        "view", "generation", "state", "position", "behind", "plugin", "failed_position", "reason",
    ]  # fmt: skip
    emit(columns, rows, format_)
    if found:
        click.get_current_context().exit(FOUND)
