"""The command ``import``: facts from a file. `dateline.recording` describes the way of each line."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from dateline.cli import completion
from dateline.cli.adjusted import say_adjusted
from dateline.cli.doubting import doubting, strict_doubts_option
from dateline.cli.here import STORY
from dateline.cli.options import protect_option, signed
from dateline.cli.protecting import protected, say_erased_before
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import counted, say


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
    type=STORY,
    metavar="SLUG",
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
@strict_doubts_option
@protect_option
@partial(signed, method="imported")
def import_(
    settings: Settings,
    file: Path,
    format_: str | None,
    files: Path | None,
    dry_run: bool,
    strict_doubts: bool,
    **how: Any,
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
    stdin = str(file) == "-"
    with settings.archive() as archive:
        result = archive.import_file(
            sys.stdin.buffer if stdin else file,
            format=format_,
            files=files or (Path() if stdin else None),
            dry_run=dry_run,
            doubts=doubting(strict_doubts, dry_run=dry_run),
            **how,
        )
        under = protected(result, archive.subjects())
    say_adjusted(result.adjusted)
    if dry_run:
        say(f"No errors found; nothing was written (--dry-run){under}.")
        return
    counts = {"already recorded": result.already, "erased": result.erased}
    skipped = " and ".join(f"{count} {why}" for why, count in counts.items() if count)
    skipped = f"; skipped {skipped}" if skipped else ""
    say(f"Imported {counted(result.new, 'event')}{under}{skipped}.")
    say_erased_before(result)
