"""``dateline rebuild``: rebuild views, compare them with the log, or return to earlier generations."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli.options import views_option
from dateline.cli.outcome import FAILED, FOUND
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.progress import progress
from dateline.errors import DatelineError, SealedContent

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.views.generation import Build


@click.command()
@views_option("Rebuild this view. May be repeated.")
@click.option("--all", "all_", is_flag=True, help="Rebuild every view.")
@click.option(
    "--verify",
    is_flag=True,
    help="Change nothing: compare the rows with a replay of the log. Without --view, of every view.",
)
@click.option("--undo", is_flag=True, help="Return to the previous generation, and catch it up.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 1024),
    help="How many processes fold. By default as many as there are cores; a log of less than 100,000 "
    "events is folded in one process, which takes less time than starting others.",
)
@click.option(
    "--executor",
    metavar="NAME[://ADDRESS]",
    help="Who folds: `processes` on this machine, which is the default, or a plugin's executor, such as "
    "dask://HOST:8786.",
)
@click.option(
    "--segments",
    metavar="DIR|URL",
    help="Read the events from a folder that `export --segments` wrote: a worker elsewhere may reach "
    "it, and not the archive.",
)
@pass_settings
def rebuild(
    settings: Settings,
    views: tuple[str, ...],
    all_: bool,
    verify: bool,
    undo: bool,
    jobs: int | None,
    executor: str | None,
    segments: str | None,
) -> None:
    """Rebuild views by replaying the log from its first event.

    The new generation replaces the old one when it has reached the end of the log, so readers never
    see it half built. If it is interrupted, the next run continues it. The old generation is kept for
    --undo until `dateline prune` deletes it or something is erased.

    Several processes, or machines, can fold the stories; one writes their rows, which are the same
    however many there are.

    With --verify, exit code 3 means that rows differ, and 1 that a view could not be compared because
    a key of protected content is missing.

    \b
    Example:
      dateline rebuild --view figures
      dateline rebuild --all --jobs 2
      dateline rebuild --verify
    """
    # --verify defaults to all views, since it changes nothing; to rebuild them needs --all.
    if (views and all_) or not (views or all_ or verify):
        raise click.UsageError("name views with --view, or give --all")
    if verify and undo:
        raise click.UsageError("--verify and --undo cannot be combined")
    if (verify or undo) and (jobs or executor or segments):
        raise click.UsageError("--jobs, --executor and --segments are for a rebuild alone")
    with settings.archive() as archive:
        names = list(views) or [*sorted(archive.plugins.views), *archive.own_views()]
        unchecked = found = False
        if verify:
            found, unchecked = _verify(archive, names)
        elif undo:
            _undo(archive, names, skip_failures=all_)
        else:
            with progress("rebuilding") as step:
                builds = archive.rebuild(
                    names, jobs=jobs, executor=executor, segments=segments, progress=step
                )
            found = _report(builds)
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
    built = {build.name for build in archive.builds() if build.serves} | {*archive.own_views()}
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
        fields = schema_of(archive.kept_view(name)).names[1:]
        rows += [(d.view, d.side, d.row[0], _fields(fields, d.row[1:])) for d in differences]
    if rows:
        emit(["view", "only", "story", "row"], rows, None)
    return bool(rows), unchecked


def _compared(differences: int) -> str:
    if not differences:
        return "rows match the log"
    return f"{counted(differences, 'row')} {'differs' if differences == 1 else 'differ'}"


def _fields(names: Sequence[str], values: Sequence[object]) -> str:
    """``fact=f1 item=1 text="two words"``"""
    return " ".join(f"{name}={_value(value)}" for name, value in zip(names, values, strict=True))


def _value(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[^\s\"=]+", value):
        return value
    return json.dumps(value, ensure_ascii=False)
