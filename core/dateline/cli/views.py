"""``rebuild``, ``prune``, ``status``: the views' upkeep."""

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
from dateline.errors import DatelineError, SealedContent, described, stops_plugin

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.views.store import Build


@click.command()
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.views,
    help="This view.",
)
@click.option("--all", "all_", is_flag=True, help="Every view.")
@click.option(
    "--verify",
    is_flag=True,
    help="Change nothing: compare the rows with a new fold; of every view unless said.",
)
@click.option("--undo", is_flag=True, help="Go back to the generation before, caught up.")
@pass_settings
def rebuild(
    settings: Settings, views: tuple[str, ...], all_: bool, verify: bool, undo: bool
) -> None:
    """Fold views again from the first event.

    The new generation is filled beside the old one and takes its place when it has reached the end
    of the log: readers never see it half done. Interrupted, it goes on where it was when it is run
    again. The old generation stays for --undo until `dateline prune`, or until something is erased.

    With --verify exit code 3 means that rows differ, 1 that a view could not be compared because the
    key of something protected is not here.

    \b
    Example:
      dateline rebuild --view figures
      dateline rebuild --all
      dateline rebuild --verify
    """
    # To look is for all views unless said; to fold anew is asked for.
    if (views and all_) or not (views or all_ or verify):
        raise click.UsageError("name views with --view, or give --all")
    if verify and undo:
        raise click.UsageError("--verify and --undo do not go together")
    with settings.archive() as archive:
        names = list(views) or sorted(archive.plugins.views)
        unchecked = found = False
        if verify:
            found, unchecked = _verify(archive, names)
        elif undo:
            _undo(archive, names, forgiving=all_)
        else:
            with progress("rebuilding") as step:
                found = _report(archive.rebuild(names, progress=step))
    if found or unchecked:
        click.get_current_context().exit(FOUND if found else FAILED)


def _undo(archive: Archive, names: Sequence[str], *, forgiving: bool) -> None:
    """Go back view by view. `forgiving` goes on after one that cannot, if any other can."""
    done = 0
    for name in names:
        try:
            build = archive.undo_rebuild(name)
        except DatelineError as error:
            if not forgiving:
                raise
            say(f"{error}; it stays as it is.")
        else:
            done += 1
            say(f"{name}: back at generation {build.generation}, position {build.checkpoint}.")
    if not done:
        raise DatelineError(
            "no view could go back",
            hint="`dateline status -v` lists the generations there are; an erasure drops earlier ones, as "
            "`prune` does",
        )


def _report(builds: Sequence[Build]) -> bool:
    """Say how each build ended; True when one failed."""
    from dateline.views.folding import reason

    for build in builds:
        if build.state == "failed":
            say(f"{build.name}: stopped at position {build.failed_position}: {reason(build)}")
        else:
            say(f"{build.name}: rebuilt to position {build.checkpoint}.")
    return any(build.state == "failed" for build in builds)


def _verify(archive: Archive, names: Sequence[str]) -> tuple[bool, bool]:
    """Print the rows that differ; returns whether there are any, and whether a view could not be
    checked for want of a key."""
    from dateline.views.projection import columns

    rows, unchecked = [], False
    built = {build.name for build in archive.builds() if build.serves}
    for name in names:
        try:
            differences = archive.verify_view(name)
        except SealedContent as sealed:
            unchecked = True
            say(f"{name}: could not check: {sealed}.\n  {sealed.hint}")
            continue
        if name not in built:
            say(f"{name}: not built; it is when it is first read.")
            continue
        say(f"{name}: " + (f"{len(differences)} rows differ." if differences else "as folded."))
        fields = [column.name for column in columns(archive.plugins.view(name))][1:]
        rows += [(d.view, d.side, d.row[0], _fields(fields, d.row[1:])) for d in differences]
    if rows:
        emit(["view", "only", "story", "row"], rows, None)
    return bool(rows), unchecked


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
    help="Of this view only; of one whose plugin is gone, everything.",
)
@pass_settings
def prune(settings: Settings, views: tuple[str, ...]) -> None:
    """Drop generations of views that nobody reads.

    Retired ones, which --undo could go back to, and builds that were begun and left.

    A view that no plugin makes any more, because its plugin was uninstalled or has renamed it, is
    dropped only when it is named: with all its generations and its SQL view. Should the plugin come
    back, the view is folded again when it is first read. The view of a plugin that is left out by
    choice (--without) or for a failure is kept.

    \b
    Example:
      dateline prune
      dateline prune --view figures
    """
    with settings.archive() as archive:
        dropped = archive.prune(views or None)
        gone, serving = archive.gone_views(), {b.name for b in archive.builds() if b.serves}
        kept = [name for name in views if name in serving - set(archive.plugins.views)]
    for build in dropped:
        say(f"Dropped generation {build.generation} of {build.name} ({build.state}).")
    if not dropped:
        say("Nothing to drop.")
    for name in kept:
        say(f"{name}: its plugin is left out, not gone; what readers of the view see is kept.")
    for name in gone:
        say(_gone(name))


def _gone(name: str) -> str:
    return (
        f"{name}: no plugin that is loaded makes this view, and it is not kept up to date. Where its "
        f"plugin is gone for good, `dateline prune --view {name}` drops it."
    )


@click.command()
@click.option(
    "-v", "--verbose", is_flag=True, help="Retired generations too, and tracebacks of failed views."
)
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
    with settings.archive() as archive:
        head = archive.head()
        say(f"Archive {head.archive}: {head.position} events, root\n  {head.root.hex()}")
        say_ahead(archive)
        rows = _generations(archive, head.position, verbose)
        for name in archive.gone_views():
            say(_gone(name))
        found = any(state in ("failed", "stale") for _, _, state, *_ in rows)
        found = _run_checks(archive) or found
    _say_who_reads(settings)
    columns = [
        "view", "generation", "state", "position", "behind", "plugin", "failed_position", "reason",
    ]  # fmt: skip
    # The last two were said above, in a line each: a terminal has no room beside.
    emit(columns, rows, format_, summary=columns[:-2], headings={"generation": "gen."})
    if found:
        click.get_current_context().exit(FOUND)


def _say_who_reads(settings: Settings) -> None:
    """A file is made its owner's alone; somebody may have opened it to others, knowing or not."""
    from dateline.log.engine import to_url

    file = to_url(settings.path)
    path = Path(file.database or "")
    if os.name == "nt" or file.drivername != "sqlite" or not path.is_file():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        say(f"Others can read {path} (mode {mode:04o}): `chmod 600` keeps it to you.")


def _generations(archive: Archive, head: int, verbose: bool) -> list[list[Any]]:
    """A row for each generation on record, and for each view that has none."""
    from dateline.views.folding import reason
    from dateline.views.projection import fingerprint

    rows: list[list[Any]] = []
    known, types = archive.plugins.views, archive.known_types()
    not_right = _not_right(archive)
    built = set()
    for build in archive.builds():
        retired = build.state == "retired"
        if retired and not verbose:
            continue
        view = known.get(build.name)
        state: str = build.state if view is not None or retired else "no plugin"
        if view is not None and not retired and build.fingerprint != fingerprint(view, types):
            state = "stale"
        why = reason(build) if build.error else not_right.get(build.table)
        rows.append(
            [
                build.name, build.generation, state, build.checkpoint, head - build.checkpoint,
                f"{build.plugin} v{build.version}", build.failed_position, why,
            ]
        )  # fmt: skip
        built.add(build.name)
        if build.pending and not retired:
            count = len(build.pending_stories)
            many = "1 story is" if count == 1 else f"{count} stories are"
            say(f"{build.name}: {many} to be folded again after an erasure; the next read does it.")
        if build.error:
            where = f"{build.name} stopped at position {build.failed_position}:"
            say(f"{where}\n{build.error}" if verbose else f"{where} {why}")
    for name in sorted(set(known) - built):
        plugin = archive.plugins.owner("views", name)
        rows.append([name, None, "not built", 0, head, plugin, None, None])
    return rows


def _not_right(archive: Archive) -> dict[str, str]:
    """What is wrong with the SQL view of each generation, by its table; said, too."""
    from dateline.views.shown import described

    wrong = {
        shown.build.table: described(shown)
        for shown in archive.sql_views()
        if shown.standing != "right"
    }
    for words in wrong.values():
        say(f"{words[0].upper()}{words[1:]}.")
    return wrong


def _run_checks(archive: Archive) -> bool:
    """Say what the plugins' checks find; True when they find anything."""
    found = False
    for name, check in sorted(archive.plugins.checks.items()):
        for story in archive.stories():
            state = archive.state(story.slug).given
            try:
                findings = list(map(str, check.run(state)))
            except BaseException as error:  # noqa: BLE001 - a plugin's check stops only itself
                stops_plugin(error)
                owner = archive.plugins.owner("checks", name)
                findings = [f"the check of plugin {owner} raised {described(error)}"]
            for finding in findings:
                found = True
                say(f"{name}: {story.slug}: {finding}")
    return found
