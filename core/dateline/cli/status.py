"""``dateline status``: show the state of each view."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.options import format_option
from dateline.cli.outcome import FOUND
from dateline.cli.prune import without_plugin
from dateline.cli.settings import Settings, pass_settings, say_ahead
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit

if TYPE_CHECKING:
    from dateline.archive import Archive

#: How many stories with open doubts are named.
_STORIES = 8


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
        _say_doubts(archive, head.position)
        rows = _generations(archive, head.position, verbose)
        for name in archive.gone_views():
            say(without_plugin(name))
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


def _say_doubts(archive: Archive, head: int) -> None:
    """Say how many open doubts each story has, as the view `doubts` was kept last."""
    counts = archive.open_doubts()
    if counts is None or not counts.stories:
        return
    most = sorted(counts.stories.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{slug} {count}" for slug, count in most[:_STORIES])
    more = f" and {len(most) - _STORIES} more" if len(most) > _STORIES else ""
    behind = f", at position {counts.position}" if counts.position < head else ""
    say(f"Open doubts{behind}: {listed}{more}. `dateline show STORY doubts` lists them.")


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
    from dateline.views.sql_view import described

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
