"""``import``: facts from a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from dateline.cli import completing
from dateline.cli.blaming import Blamed
from dateline.cli.protecting import protect_option, protected, say_anew
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import DatelineError

_CHUNK = 1 << 16


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-f",
    "--format",
    "format_",
    metavar="FORMAT",
    shell_complete=completing.importers,
    help="How to read FILE.  [default: what its suffix says, else ndjson]",
)
@click.option(
    "--story",
    metavar="SLUG",
    shell_complete=completing.stories,
    help="The story of lines above any story.opened.",
)
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the documents that lines name.  [default: that of FILE]",
)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option(
    "--anew",
    is_flag=True,
    help="Take lines without event_id as new, though they were erased before, or may have been.",
)
@protect_option
@agent_option
@pass_settings
def import_(
    settings: Settings,
    file: Path,
    format_: str | None,
    story: str | None,
    files: Path | None,
    dry_run: bool,
    anew: bool,
    protect: str | None,
    agent: str | None,
) -> None:
    """Take in facts from a file, all or none.

    FILE is NDJSON (`-` reads stdin): one event a line, as `dateline export -f ndjson` writes them.
    Plugins read other formats.
    Lines that are there already add nothing, nor do those that were erased. What was protected and
    erased with its key cannot be recognised: lines that may be it are refused, unless they have an
    event_id or say whose they are (--protect). Every error is listed with its line.

    \b
    Example:
      dateline import story.ndjson
      dateline import --dry-run --story velm-flood more.ndjson
    """
    from dateline.recording.files import Folder

    with settings.archive() as archive:
        suffix = ".ndjson" if str(file) == "-" else file.suffix
        known = archive.plugins
        reader = known.importer(format_) if format_ else known.importer_for(suffix)
        # What the file itself raises is not the plugin's.
        blamed = Blamed(known, "importers", reader.name, passing=(OSError,))
        folder = files or (Path() if str(file) == "-" else file.parent)
        with _opened(file) as stream:
            result = archive.record(
                blamed.each(lambda: reader.read(_chunks(stream))),
                story=story,
                files=Folder(folder),
                recorded_by=recorded_by(agent, "imported"),
                dry_run=dry_run,
                protect=protect,
                anew=anew,
            )
        under = protected(result, archive.subjects())
    if dry_run:
        say(f"Nothing wrong found; nothing was written (--dry-run){under}.")
        return
    already = f", {result.already} were there already" if result.already else ""
    erased = f", {result.erased} left erased" if result.erased else ""
    say(f"Imported {result.new} event{'s' if result.new != 1 else ''}{already}{erased}{under}.")
    say_anew(result)


def _opened(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise DatelineError(f"cannot read {file}: {error.strerror}") from None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
