"""``capture``, ``import``: documents and facts from files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import DatelineError

_CHUNK = 1 << 16


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--story", required=True, metavar="SLUG", help="The story it belongs to.")
@click.option(
    "--publisher",
    required=True,
    metavar="ENTITY",
    help="Who published it: org:reuters, or org:reuters=Reuters to introduce it.",
)
@click.option("--title", help="Its headline.")
@click.option("--published", metavar="EDTF", help="When: 2022-10-13, 2022-10-13T08:00:00Z ...")
@click.option("--url", help="Where it was found.")
@click.option("--language", metavar="CODE", help="en, uk ...")
@click.option("--byline", multiple=True, metavar="NAME", help="Who signed it.")
@click.option("--charset", help="How its bytes are read.  [default: utf-8]")
@click.option("--as", "as_", metavar="FORMAT", help="Read it as this format, whatever its suffix.")
@agent_option
@pass_settings
def capture(
    settings: Settings,
    /,
    file: Path,
    story: str,
    publisher: str,
    as_: str | None,
    charset: str | None,
    agent: str | None,
    byline: tuple[str, ...],
    **details: str | None,
) -> None:
    """Archive a document as a source of a story.

    The bytes are kept as they are, under their SHA-256; facts quote their text by character.

    \b
    Example:
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --published 2024-03-04
    """
    from dateline.cli.entities import introduce
    from dateline.recording.files import read_bounded

    content = read_bounded(file)
    with settings.archive() as archive:
        plugins = archive.plugins
        if as_ is not None and as_ not in plugins.source_importers:
            known = ", ".join(sorted(plugins.source_importers)) or "none"
            raise DatelineError(f"no plugin reads sources as {as_!r}", hint=f"known are {known}")
        reader = plugins.source_importers[as_] if as_ else plugins.source_importer(file.suffix)
        document = reader.document(content, charset)
        lines = introduce([publisher], archive.state(story))
        line: dict[str, Any] = {
            "type": "source.captured",
            "file": file.name,
            "charset": document.charset,
            "media_type": reader.media_type,
            "publisher": publisher.partition("=")[0],
            "byline": list(byline),
        }
        line |= {key: value for key, value in details.items() if value is not None}
        result = archive.record(
            [*lines, line],
            story=story,
            files=lambda name: document.content,
            recorded_by=recorded_by(agent),
        )
    verb = "Captured" if result.new else "Already captured:"
    say(f"{verb} {document.source} ({len(document.text)} characters) in {story}.")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--story", metavar="SLUG", help="The story of lines above any story.opened.")
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the documents that lines name.  [default: that of FILE]",
)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@agent_option
@pass_settings
def import_(
    settings: Settings,
    file: Path,
    story: str | None,
    files: Path | None,
    dry_run: bool,
    agent: str | None,
) -> None:
    """Take in facts from a file, all or none.

    FILE is NDJSON (`-` reads stdin): one event a line, as `dateline export -f ndjson` writes them.
    Lines that are there already add nothing. Every error is listed with its line.

    \b
    Example:
      dateline import story.ndjson
      dateline import --dry-run --story velm-flood more.ndjson
    """
    from dateline.recording.files import Folder

    with settings.archive() as archive:
        suffix = ".ndjson" if str(file) == "-" else file.suffix
        readers = archive.plugins.importers.values()
        reader = next((item for item in readers if suffix in item.suffixes), None)
        if reader is None:
            reader = archive.plugins.importer("ndjson")
        folder = files or (Path() if str(file) == "-" else file.parent)
        with _opened(file) as stream:
            result = archive.record(
                reader.read(_chunks(stream)),
                story=story,
                files=Folder(folder),
                recorded_by=recorded_by(agent, "imported"),
                dry_run=dry_run,
            )
    if dry_run:
        say("Nothing wrong found; nothing was written (--dry-run).")
        return
    already = f", {result.already} were there already" if result.already else ""
    say(f"Imported {result.new} event{'s' if result.new != 1 else ''}{already}.")


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
