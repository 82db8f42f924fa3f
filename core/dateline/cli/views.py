"""``rebuild``, ``prune``, ``status``: the views' upkeep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli.errors import FOUND
from dateline.cli.output import emit, format_option
from dateline.cli.progress import progress
from dateline.cli.settings import Settings, pass_settings, say

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.views.store import Build


@click.command()
@click.option("--view", "views", multiple=True, metavar="NAME", help="This view.")
@click.option("--all", "all_", is_flag=True, help="Every view.")
@click.option("--verify", is_flag=True, help="Change nothing: compare the rows with a new fold.")
@click.option("--undo", is_flag=True, help="Go back to the generation before, caught up.")
@pass_settings
def rebuild(
    settings: Settings, views: tuple[str, ...], all_: bool, verify: bool, undo: bool
) -> None:
    """Fold views again from the first event.

    The new generation is filled beside the old one and takes its place when it has reached the end
    of the log: readers never see it half done. Interrupted, it goes on where it was when it is run
    again. The old generation stays for --undo until `dateline prune`.

    \b
    Example:
      dateline rebuild --view figures
      dateline rebuild --all
      dateline rebuild --all --verify
    """
    if bool(views) == all_:
        raise click.UsageError("name views with --view, or give --all")
    if verify and undo:
        raise click.UsageError("--verify and --undo do not go together")
    with settings.archive() as archive:
        names = list(views) or sorted(archive.plugins.views)
        if verify:
            found = _verify(archive, names)
        elif undo:
            for name in names:
                build = archive.undo_rebuild(name)
                say(f"{name}: back at generation {build.generation}, position {build.checkpoint}.")
            found = False
        else:
            with progress("rebuilding") as step:
                found = _report(archive.rebuild(names, progress=step))
    if found:
        click.get_current_context().exit(FOUND)


def _report(builds: Sequence[Build]) -> bool:
    """Say how each build ended; True when one failed."""
    for build in builds:
        if build.state == "failed":
            last = (build.error or "").strip().splitlines()[-1]
            say(f"{build.name}: stopped at position {build.failed_position}: {last}")
        else:
            say(f"{build.name}: rebuilt to position {build.checkpoint}.")
    return any(build.state == "failed" for build in builds)


def _verify(archive: Archive, names: Sequence[str]) -> bool:
    """Print the rows that differ; True when there are any."""
    rows = []
    for name in names:
        differences = archive.verify_view(name)
        say(f"{name}: " + (f"{len(differences)} rows differ." if differences else "as folded."))
        rows += [(d.view, d.side, d.row[0], repr(d.row[1:])) for d in differences]
    if rows:
        emit(["view", "only", "story", "row"], rows, None)
    return bool(rows)


@click.command()
@click.option("--view", "views", multiple=True, metavar="NAME", help="Of this view only.")
@pass_settings
def prune(settings: Settings, views: tuple[str, ...]) -> None:
    """Drop generations of views that nobody reads.

    Retired ones, which --undo could go back to, and builds that were begun and left.

    \b
    Example:
      dateline prune
    """
    with settings.archive() as archive:
        gone = archive.prune(views or None)
    for build in gone:
        say(f"Dropped generation {build.generation} of {build.name} ({build.state}).")
    if not gone:
        say("Nothing to drop.")


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
        known, types = archive.plugins.views, archive.known_types()
        for build in archive.builds():
            if build.state == "retired":
                continue
            view = known.get(build.name)
            state: str = build.state if view is not None else "no plugin"
            if view is not None and build.fingerprint != fingerprint(view, types):
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
                except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin's check stops only itself
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
