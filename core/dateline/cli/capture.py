"""The command ``capture``: archive a document as a source of a story."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.dates import edtf_of
from dateline.cli.entities import Entities
from dateline.cli.here import STORY
from dateline.cli.options import protect_option, signed
from dateline.cli.protecting import protected, say_erased_before
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import data

if TYPE_CHECKING:
    from dateline.capture.details import Review

#: Options that describe one document.
_OF_ONE = ("title", "url", "byline", "transcript")


@click.command()
@click.argument("files", metavar="FILE|DIR|URL...", type=completion.FILE, nargs=-1, required=True)
@click.option(
    "--story",
    required=True,
    type=STORY,
    metavar="SLUG",
    help="The story that the document belongs to.",
)
@click.option(
    "--publisher",
    metavar="ENTITY",
    shell_complete=completion.entities,
    help="Its publisher, by id or name; org:reuters=Reuters introduces a new one.  "
    "[default: as a web page names it]",
)
@click.option(
    "--default-publisher",
    metavar="ENTITY",
    shell_complete=completion.entities,
    help="The publisher of documents that do not name their own, nor does their container.",
)
@click.option("--title", help="Its headline.")
@click.option(
    "--published",
    metavar="DATE",
    help="When it was published: 13 October 2022, 2022-10-13T08:00:00Z ...",
)
@click.option("--url", help="The URL at which it was found.")
@click.option("--language", metavar="CODE", help="Its language: en, uk ...")
@click.option(
    "--byline",
    multiple=True,
    metavar="NAME|PERSON",
    shell_complete=completion.entities,
    help='An author named in its byline: a name, a person of the story, or a new one, person:jane-doe="Jane Doe".',
)
@click.option(
    "--charset",
    help="Its character encoding.  [default: that of its newest reading, else detected]",
)
@click.option(
    "--as",
    "format",
    metavar="FORMAT",
    shell_complete=completion.source_importers,
    help="Read it in this format, whatever its file name ends in; a container's name unpacks it.",
)
@click.option(
    "--transcript",
    metavar="FILE",
    type=completion.FILE,
    help="A text that you typed: what can be read in an image or a scan, or heard in a recording.",
)
@click.option(
    "--max-size",
    type=click.IntRange(1, 2048),
    default=64,
    show_default=True,
    metavar="MIB",
    help="Refuse a larger document.",
)
@click.option(
    "--allow-network",
    is_flag=True,
    help="Allow FILE to be a URL; downloads come from public addresses only.",
)
@click.option("--yes", is_flag=True, help="Do not ask about what the document says of itself.")
@click.option(
    "--quiet", is_flag=True, help="Of many documents, print only what failed, and the counts."
)
@protect_option
@signed
def capture(
    settings: Settings,
    /,
    files: tuple[str, ...],
    max_size: int,
    yes: bool,
    quiet: bool,
    **details: Any,
) -> None:
    """Archive documents as sources of a story.

    The bytes are stored unchanged and identified by their SHA-256. Facts quote the text by
    character positions. The text of a web page or PDF is extracted and stored as a second source,
    derived from the first; quote that one. If another document already had the same text, the text
    is stored once and each document is a source.

    Title, date, authors and language are taken from the document unless options give them, and of a
    web page also its publisher and URL. What was taken is printed. On a terminal it is shown first, and
    you confirm or change it; --yes takes it as it is. A date or name that is not believable is left out.

    A file that the story has already is read again with another --charset or --as: the new text is added as
    another reading of the document, and offered for quoting from then on. `undo` takes it back.

    --publisher is that of all documents, whatever they say; --default-publisher is that of those that do not say it.
    Folders are captured with all that is below them, and containers (mailboxes, ZIP, WARC, feeds, chats ...) with
    every document that they hold, each with what the container knows of it. One line is printed for each, nothing is
    asked, and what cannot be read stops no other: the failures are repeated at the end, each reason once, and exit code 3
    means that there are some. The same again adds
    nothing, so an interrupted capture is continued by repeating it.

    With --allow-network, FILE can be a URL. Facts recorded from a protected source are protected
    under the same subject. Erased content can be captured again: it becomes a new event, and the
    erasure stays on record.

    \b
    Example:
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --published 2024-03-04
      dateline capture page.html --story velm-flood
      dateline capture page.html --story velm-flood --publisher org:wire=Wire --title "After the flood"
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --charset cp1251
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --protect "Witness 7"
      dateline capture page.html report.txt --story velm-flood --publisher org:wire=Wire
    """
    from dateline.capture.bounds import Bounds
    from dateline.capture.obtain import is_url
    from dateline.cli.capturing_many import several, show

    if any(map(is_url, files)) and details["url"] is not None:
        raise click.UsageError("--url is for files; a document that is downloaded has its own URL")
    if details["publisher"] is not None and details["default_publisher"] is not None:
        raise click.UsageError("give --publisher or --default-publisher, not both")
    if details["published"] is not None:
        languages = [details["language"]] if details["language"] else []
        found = edtf_of(details["published"], "--published", languages=languages)
        details["published"] = found.edtf
    review: Review | None = None
    if sys.stdin.isatty() and data().isatty() and not yes:
        from dateline.cli.reviewing import confirmed

        review = confirmed
    with settings.archive() as archive:
        many = several(archive.plugins, files, details["format"])
        if many and (given := [name for name in _OF_ONE if details[name]]):
            raise click.UsageError(f"--{given[0]} is for one document")
        if any(details[name] for name in ("publisher", "default_publisher", "byline")):
            entities = Entities.of(archive.state(details["story"], facts=()))
            for name in ("publisher", "default_publisher"):
                if details[name] is not None:
                    option = f"--{name.replace('_', '-')}"
                    details[name] = entities.given(details[name], option, ("organization",))
            details["byline"] = [entities.named(one, "--byline ") for one in details["byline"]]
            publishers = (details["publisher"], details["default_publisher"])
            # A publisher is introduced with the first document that has it.
            details["new"] = [line for line in entities.new.values() if line not in publishers]
        if many:
            bounds = Bounds(member=max_size << 20)
            del details["transcript"]
            show(
                archive.capture_all(files, bounds=bounds, **details), details["story"], quiet=quiet
            )
            return
        done = archive.capture(files[0], max_bytes=max_size << 20, review=review, **details)
        if not done.stays_erased:
            did = "Captured" if done.new else "Already captured:"
            did = "Read again" if done.read_again else did
            under = protected(done.recorded, archive.subjects())
            say(f"{did} {done.words} in {done.story}{under}.")
        for note in done.notes:
            say(note)
        if not done.stays_erased:
            say_erased_before(done.recorded)
