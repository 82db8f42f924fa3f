"""The command: import the bundled story, then run the commands a reader would try first."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from dateline import Archive

SLUG = "velm-flood"
DEFAULT_DB = "dateline-demo.db"
VIEWS = ("timeline", "statements", "figures")
#: What to try next: each runs as it stands on the archive the demo made.
NEXT = (
    f"show {SLUG} timeline --all",
    f"log {SLUG} --type fact.corrected",
    f"export {SLUG} -o brief.md",
    f"correct {SLUG} f2 --set quantities.0.lower=300 --kind clarification --reason 'A second count'",
)


@click.command()
@click.pass_context
def demo(ctx: click.Context) -> None:
    """Make an archive of a fictional flood, and look around in it.

    Three dispatches, three days: a mayor heard through an agency, a count put right, a bridge that
    never fell, a dam gate that did or did not move. It goes to dateline-demo.db unless --db names
    another archive. Running it again adds nothing.

    \b
    Example:
      dateline demo
      dateline --db story.db demo
    """
    root = ctx.find_root()
    settings = root.obj
    # DATELINE_DB names the archive one works in: no place for fiction unless --db says so.
    if root.get_parameter_source("db") is not ParameterSource.COMMANDLINE:
        settings.db = DEFAULT_DB
        _say(f"No --db given: using {DEFAULT_DB} in this folder.")
    with _opened(settings) as archive:
        new = record(archive)
    _say(f"Added {new} events to {_shown(settings.db)}." if new else "The story is there already.")
    for view in VIEWS:
        _run(ctx, ["show", SLUG, view])
    _say("\nTry next:")
    for command in NEXT:
        _say(f"  {_prefix(settings.db)} {command}")


def record(archive: Archive) -> int:
    """Import the bundled story into `archive`; returns how many events were new."""
    from importlib.metadata import version

    from dateline.plugin import RecordedBy

    recorded = archive.record(
        archive.plugins.importer("ndjson").read([read(f"{SLUG}.ndjson")]),
        files=read,
        recorded_by=RecordedBy(tool=f"dateline {version('dateline')}", method="imported"),
    )
    return recorded.new


def read(name: str) -> bytes:
    """A file of the bundled story."""
    return files("dateline_demo").joinpath("story", name).read_bytes()


def _opened(settings: Any) -> Archive:
    """The archive of `settings`, made if it is not there."""
    from dateline import Archive, NotAnArchive

    try:
        return Archive.open(settings.db, settings.plugins())
    except NotAnArchive:
        if Path(settings.db).exists():  # something else has that name
            raise
        return Archive.create(settings.db, settings.plugins())


def _run(ctx: click.Context, arguments: list[str]) -> None:
    """Run another command on the same settings, its command line shown above it."""
    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    if not sys.stdout.isatty():
        arguments = [*arguments, "-f", "table"]  # for people to read, through a pipe too
    _say(f"\n$ {_prefix(root.obj.db)} {shlex.join(arguments)}")
    name, command, rest = root.command.resolve_command(root, arguments)
    assert command is not None
    with command.make_context(name, rest, parent=root) as inner:
        command.invoke(inner)


def _prefix(db: str) -> str:
    return f"dateline --db {shlex.quote(_shown(db))}"


def _shown(db: str) -> str:
    """The archive's name without the password that a URL may hold."""
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", db)


def _say(text: str) -> None:
    from dateline.plugin import visible

    click.echo(visible(text), err=True)
