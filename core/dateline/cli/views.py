"""``dateline rebuild``, ``prune`` and ``status``: maintain the views."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completing
from dateline.cli.errors import FAILED, FOUND
from dateline.cli.output import emit, format_option
from dateline.cli.progress import progress
from dateline.cli.settings import Settings, pass_settings, say, say_ahead
from dateline.errors import DatelineError, SealedContent

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.views.generation import Build


@click.command()
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.views,
    help="Rebuild this view. May be repeated.",
)
@click.option("--all", "all_", is_flag=True, help="Rebuild every view.")
@click.option(
    "--verify",
    is_flag=True,
    help="Change nothing: compare the rows with a replay of the log. Without --view, of every view.",
)
@click.option("--undo", is_flag=True, help="Return to the previous generation, and catch it up.")
@pass_settings
def rebuild(
    settings: Settings, views: tuple[str, ...], all_: bool, verify: bool, undo: bool
) -> None:
    """Rebuild views by replaying the log from its first event.

    The new generation replaces the old one when it has reached the end of the log, so readers never
    see it half built. If it is interrupted, the next run continues it. The old generation is kept for
    --undo until `dateline prune` deletes it or something is erased.

    With --verify, exit code 3 means that rows differ, and 1 that a view could not be compared because
    a key of protected content is missing.

    \b
    Example:
      dateline rebuild --view figures
      dateline rebuild --all
      dateline rebuild --verify
    """
    # --verify defaults to all views, since it changes nothing; to rebuild them needs --all.
    if (views and all_) or not (views or all_ or verify):
        raise click.UsageError("name views with --view, or give --all")
    if verify and undo:
        raise click.UsageError("--verify and --undo cannot be combined")
    with settings.archive() as archive:
        names = list(views) or sorted(archive.plugins.views)
        unchecked = found = False
        if verify:
            found, unchecked = _verify(archive, names)
        elif undo:
            _undo(archive, names, skip_failures=all_)
        else:
            with progress("rebuilding") as step:
                found = _report(archive.rebuild(names, progress=step))
    if found or unchecked:
        click.get_current_context().exit(FOUND if found else FAILED)


def _undo(archive: Archive, names: Sequence[str], *, skip_failures: bool) -> None:
    """Return each view to its previous generation. Raises DatelineError if one cannot go back; with
    `skip_failures` it is reported instead, and the error is raised only if none could go back."""
    done = 0
    for name in names:
        try:
            build = archive.undo_rebuild(name)
        except DatelineError as error:
            if not skip_failures:
                raise
            say(f"{error}; it is unchanged.")
        else:
            done += 1
            say(f"{name}: returned to generation {build.generation}, position {build.position}.")
    if not done:
        raise DatelineError(
            "no view could go back",
            hint="`dateline status -v` lists the generations that exist; an erasure deletes earlier "
            "ones, and so does `dateline prune`",
            code="generation-not-found",
        )


def _report(builds: Sequence[Build]) -> bool:
    """Print how each build ended. Returns True if any failed."""
    from dateline.views.folding import reason

    for build in builds:
        if build.state == "failed":
            say(f"{build.name}: stopped at position {build.failed_position}: {reason(build)}")
        else:
            say(f"{build.name}: rebuilt to position {build.position}.")
    return any(build.state == "failed" for build in builds)


def _verify(archive: Archive, names: Sequence[str]) -> tuple[bool, bool]:
    """Print the rows that differ. Returns whether there are any, and whether a view could not be
    checked because a key is missing."""
    from dateline.views.projection import schema_of

    rows, unchecked = [], False
    built = {build.name for build in archive.builds() if build.serves}
    for name in names:
        try:
            differences = archive.verify_view(name)
        except SealedContent as sealed:
            unchecked = True
            say(f"{name}: could not be checked: {sealed}.\n  {sealed.hint}")
            continue
        if name not in built:
            say(f"{name}: not built yet; it will be when it is first read.")
            continue
        say(f"{name}: {_compared(len(differences))}.")
        fields = schema_of(archive.plugins.view(name)).names[1:]
        rows += [(d.view, d.side, d.row[0], _fields(fields, d.row[1:])) for d in differences]
    if rows:
        emit(["view", "only", "story", "row"], rows, None)
    return bool(rows), unchecked


def _compared(differences: int) -> str:
    if not differences:
        return "rows match the log"
    return "1 row differs" if differences == 1 else f"{differences} rows differ"


def _fields(names: Sequence[str], values: Sequence[object]) -> str:
    """``fact=f1 item=1 text="two words"``"""
    return " ".join(f"{name}={_value(value)}" for name, value in zip(names, values, strict=True))


def _value(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[^\s\"=]+", value):
        return value
    return json.dumps(value, ensure_ascii=False)


@click.command()
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.views,
    help="Only this view. If its plugin was uninstalled, delete all of the view.",
)
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
        say(_orphaned(name))


def _orphaned(name: str) -> str:
    return (
        f"{name}: no loaded plugin makes this view, so it is not kept up to date. If its plugin will "
        f"not be installed again, `dateline prune --view {name}` deletes the view."
    )


@click.command()
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show retired generations, and tracebacks of failed views.",
)
@format_option
@pass_settings
def status(settings: Settings, verbose: bool, format_: str | None) -> None:
    """Show the state of each view.

    A view catches up when it is read, so a view that is behind is not an error. Exit code 3 means
    that a view failed or is stale, or that a plugin's check found something.

    \b
    Example:
      dateline status
    """
    with settings.archive() as archive:
        head = archive.head()
        say(f"Archive {head.archive}: {head.position} events, root\n  {head.root.hex()}")
        say_ahead(archive)
        rows = _generations(archive, head.position, verbose)
        for name in archive.gone_views():
            say(_orphaned(name))
        found = any(state in ("failed", "stale") for _, _, state, *_ in rows)
        found = _run_checks(archive) or found
    _warn_if_readable_by_others(settings)
    columns = [
        "view", "generation", "state", "position", "behind", "plugin", "failed_position", "reason",
    ]  # fmt: skip
    # The last two columns were reported above, one line each: a terminal has no room for them.
    emit(columns, rows, format_, summary=columns[:-2], headings={"generation": "gen."})
    if found:
        click.get_current_context().exit(FOUND)


def _warn_if_readable_by_others(settings: Settings) -> None:
    """Archives are created for their owner only; the mode may have been changed since, on purpose or
    not."""
    from dateline.log.engine import to_url

    file = to_url(settings.path)
    path = Path(file.database or "")
    if os.name == "nt" or file.drivername != "sqlite" or not path.is_file():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        say(f"Others can read {path} (mode {mode:04o}): `chmod 600` makes it private.")


def _generations(archive: Archive, head: int, verbose: bool) -> list[list[Any]]:
    """A row for each generation, and for each view that has none yet."""
    from dateline.views.folding import reason
    from dateline.views.projection import schema_of

    rows: list[list[Any]] = []
    known, types = archive.plugins.views, archive.known_types()
    sql_views = _sql_view_problems(archive)
    built = set()
    for build in archive.builds():
        retired = build.state == "retired"
        if retired and not verbose:
            continue
        view = known.get(build.name)
        state: str = build.state if view is not None or retired else "no plugin"
        if view is not None and not retired:
            state = state if build.fingerprint == schema_of(view).fingerprint(types) else "stale"
        why = reason(build) if build.error else sql_views.get(build.table)
        rows.append(
            [
                build.name, build.generation, state, build.position, head - build.position,
                f"{build.plugin} v{build.version}", build.failed_position, why,
            ]
        )  # fmt: skip
        built.add(build.name)
        if build.pending and not retired:
            count = len(build.pending_stories)
            which = "1 story" if count == 1 else f"{count} stories"
            say(f"{build.name}: after an erasure, the next read will replay {which}.")
        if build.error:
            where = f"{build.name} stopped at position {build.failed_position}:"
            say(f"{where}\n{build.error}" if verbose else f"{where} {why}")
    for name in sorted(set(known) - built):
        plugin = archive.plugins.owner("views", name)
        rows.append([name, None, "not built", 0, head, plugin, None, None])
    return rows


def _sql_view_problems(archive: Archive) -> dict[str, str]:
    """What is wrong with the SQL view of each generation, by its table. Prints it too."""
    from dateline.views.shown import described

    problems = {
        shown.build.table: described(shown)
        for shown in archive.sql_views()
        if shown.standing != "right"
    }
    for words in problems.values():
        say(f"{words[0].upper()}{words[1:]}.")
    return problems


def _run_checks(archive: Archive) -> bool:
    """Print what the plugins' checks find. Returns True if they find anything."""
    found = False
    for name, slug, finding in archive.run_checks():
        found = True
        say(f"{name}: {slug}: {finding}")
    return found
