"""The ``demo`` command: imports a bundled story, then runs the first commands to try."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from dateline_demo.stories import STORIES, Story

if TYPE_CHECKING:
    from dateline import Archive

DEFAULT_DB = "dateline-demo.db"
VIEWS = ("timeline", "statements", "figures")


@click.command()
@click.option(
    "--story",
    "name",
    type=click.Choice(list(STORIES)),
    default="velm",
    show_default=True,
    help="The story to import.",
)
@click.pass_context
def demo(ctx: click.Context, name: str) -> None:
    """Create an archive with a bundled story and show its views.

    velm is a fictional flood, reported in three dispatches on three days. A mayor is quoted through
    an agency, a count is corrected, the collapse of a bridge is retracted, and it is disputed
    whether a dam gate moved.

    kherson is real: the evacuation of October 2022, retold from a report by Reuters. Every speaker
    is quoted through at least one other source, and what Russia proclaimed is disputed.

    The archive is dateline-demo.db unless --db names another one. Running the command again adds
    nothing.

    \b
    Example:
      dateline demo
      dateline demo --story kherson
      dateline --db story.db demo
    """
    root = ctx.find_root()
    settings = root.obj
    story = STORIES[name]
    # DATELINE_DB names a working archive; the demo writes to it only if --db names it, too.
    if root.get_parameter_source("db") is not ParameterSource.COMMANDLINE:
        settings.db = DEFAULT_DB
        _say(f"No --db given: using {DEFAULT_DB} in this folder.")
    with _opened(settings) as archive:
        new = record(archive, story)
    _say(
        f"Added {new} events to {_shown(settings.db)}."
        if new
        else "The archive already contains this story."
    )
    for view in VIEWS:
        _run(ctx, ["show", story.slug, view])
    _say("\nTry next:")
    for command in story.next:
        _say(f"  {_prefix(settings.db)} {command}")


def record(archive: Archive, story: Story) -> int:
    """Import a bundled story into `archive`; returns how many events were new."""
    from importlib.metadata import version

    from dateline.plugin import RecordedBy

    recorded = archive.record(
        archive.plugins.importer("ndjson").read([story.lines()]),
        files=story.read,
        recorded_by=RecordedBy(tool=f"dateline {version('dateline')}", method="imported"),
    )
    return recorded.new


def _opened(settings: Any) -> Archive:
    """The archive that `settings` name; it is created if it does not exist."""
    from dateline import Archive, NotAnArchive

    try:
        return Archive.open(settings.db, settings.plugins())
    except NotAnArchive:
        if Path(settings.db).exists():  # another file has that name
            raise
        return Archive.create(settings.db, settings.plugins())


def _run(ctx: click.Context, arguments: list[str]) -> None:
    """Print the command line of another command, then run it with the same settings."""
    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    if not sys.stdout.isatty():
        arguments = [*arguments, "-f", "table"]  # readable, also through a pipe
    _say(f"\n$ {_prefix(root.obj.db)} {shlex.join(arguments)}")
    name, command, rest = root.command.resolve_command(root, arguments)
    assert command is not None
    with command.make_context(name, rest, parent=root) as inner:
        command.invoke(inner)


def _prefix(db: str) -> str:
    return f"dateline --db {shlex.quote(_shown(db))}"


def _shown(db: str) -> str:
    """The archive's name without the password that a URL may contain."""
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", db)


def _say(text: str) -> None:
    from dateline.plugin import visible

    click.echo(visible(text), err=True)
