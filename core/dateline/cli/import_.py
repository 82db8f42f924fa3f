"""The command ``import``: facts from a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from dateline.cli import completion
from dateline.cli.blaming import Blamed
from dateline.cli.options import protect_option
from dateline.cli.protecting import protected, say_erased_before
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
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
    shell_complete=completion.importers,
    help="The format of FILE.  [default: that of its suffix, else ndjson]",
)
@click.option(
    "--story",
    metavar="SLUG",
    shell_complete=completion.stories,
    help="The story of lines before the first story.opened.",
)
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of the documents that lines name.  [default: the folder of FILE]",
)
@click.option("--dry-run", is_flag=True, help="Check everything without writing.")
@click.option(
    "--anew",
    is_flag=True,
    help="Import lines without event_id as new even if their content was, or may have been, erased.",
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
    """Import facts from a file, all or none.

    FILE is NDJSON (`-` reads stdin) with one event per line, as `dateline export -f ndjson` writes
    it. Plugins read other formats.
    Events that are already in the archive, or were erased, are skipped. Protected content that was
    erased with its key cannot be recognised: a line that may repeat it is refused unless it has an
    event_id or its subject is given (--protect). Every error is listed with its line.

    \b
    Example:
      dateline import story.ndjson
      dateline import --dry-run --story velm-flood more.ndjson
    """
    from dateline.documents.folder import Folder

    with settings.archive() as archive:
        suffix = ".ndjson" if str(file) == "-" else file.suffix
        known = archive.plugins
        reader = known.importer(format_) if format_ else known.importer_for(suffix)
        # Errors of reading the file are not the plugin's.
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
        say(f"No errors found; nothing was written (--dry-run){under}.")
        return
    counts = {"already recorded": result.already, "erased": result.erased}
    skipped = " and ".join(f"{count} {why}" for why, count in counts.items() if count)
    skipped = f"; skipped {skipped}" if skipped else ""
    say(f"Imported {counted(result.new, 'event')}{under}{skipped}.")
    say_erased_before(result)


def _opened(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise DatelineError(
            f"cannot read {file}: {error.strerror}",
            hint="name a file that you can read, or - for stdin",
            code="file-not-found" if missing else "file-unreadable",
        ) from None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
