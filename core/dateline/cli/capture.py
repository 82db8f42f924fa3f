"""The command ``capture``: archive a document as a source of a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion as completing
from dateline.cli.blaming import Blamed
from dateline.cli.options import protect_option
from dateline.cli.protecting import erased_before, introduced, protected
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import DatelineError, Refused, VersionConflict

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.cli.obtain import Obtained
    from dateline.events.envelope import RecordedBy
    from dateline.events.present import StoryState

_TRIES = 50


@click.command()
@click.argument("file", metavar="FILE|URL", type=completing.FILE)
@click.option(
    "--story",
    required=True,
    metavar="SLUG",
    shell_complete=completing.stories,
    help="The story that the document belongs to.",
)
@click.option(
    "--publisher",
    required=True,
    metavar="ENTITY",
    help="Its publisher: org:reuters, or org:reuters=Reuters to introduce a new one.",
)
@click.option("--title", help="Its headline.")
@click.option(
    "--published",
    metavar="EDTF",
    help="When it was published: 2022-10-13, 2022-10-13T08:00:00Z ...",
)
@click.option("--url", help="The URL at which it was found.")
@click.option("--language", metavar="CODE", help="Its language: en, uk ...")
@click.option("--byline", multiple=True, metavar="NAME", help="An author named in its byline.")
@click.option("--charset", help="Its character encoding.  [default: detected]")
@click.option(
    "--as",
    "as_",
    metavar="FORMAT",
    shell_complete=completing.source_importers,
    help="Read it in this format, whatever its file name ends in.",
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
@protect_option
@agent_option
@pass_settings
def capture(
    settings: Settings,
    /,
    file: str,
    story: str,
    publisher: str,
    as_: str | None,
    charset: str | None,
    max_size: int,
    allow_network: bool,
    protect: str | None,
    agent: str | None,
    byline: tuple[str, ...],
    **details: str | None,
) -> None:
    """Archive a document as a source of a story.

    The bytes are stored unchanged and identified by their SHA-256. Facts quote the text by
    character positions. The text of a web page or PDF is extracted and stored as a second source,
    derived from the first; quote that one. If another document already had the same text, the text
    is stored once and each document is a source. Title, date, language and authors are taken from
    the document unless options give them.
    With --allow-network, FILE can be a URL. Facts recorded from a protected source are protected
    under the same subject. Erased content can be captured again: it becomes a new event, and the
    erasure stays on record.

    \b
    Example:
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --published 2024-03-04
      dateline capture page.html --story velm-flood --publisher org:wire=Wire --title "After the flood"
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --protect "Witness 7"
    """
    from dateline.cli.obtain import is_url, obtain

    if is_url(file) and details["url"] is not None:
        raise click.UsageError("--url is for files; a document that is downloaded has its own URL")
    about = {"publisher": publisher.partition("=")[0], "byline": list(byline), **details}
    with settings.archive() as archive:
        archive.story(story)
        obtained = obtain(file, max_size << 20, allow_network=allow_network)
        if obtained.url is not None:
            about["url"] = obtained.url
        given = Given(obtained, about, publisher, as_, charset, protect, recorded_by(agent))
        for message in _captured(archive, story, given):
            say(message)


@dataclass(frozen=True)
class Given:
    """The input of a capture: the bytes, what is known about them, and how to read them."""

    obtained: Obtained
    about: dict[str, Any]
    publisher: str
    as_: str | None
    charset: str | None
    protect: str | None
    by: RecordedBy


def _captured(archive: Archive, story: str, given: Given) -> list[str]:
    """Capture the document and return the messages to print. It tries again when another process
    writes to the story meanwhile, since that may add the same text."""
    for _ in range(_TRIES):
        state = archive.state(story)
        try:
            return _try(archive, state, given)
        except (VersionConflict, Refused):
            if archive.state(story).version == state.version:
                raise
    raise DatelineError(
        f"other processes keep writing to story {story}; nothing was captured",
        hint="try again",
        code="story-busy",
    )


def _try(archive: Archive, state: StoryState, given: Given) -> list[str]:
    from dateline.cli.captured import captured, short
    from dateline.cli.entities import introduce
    from dateline.cli.obtain import read, reader_of
    from dateline.cli.recapture import (
        captures,
        require_not_withdrawn,
        require_same_protection,
        same_text,
        text_kept,
    )
    from dateline.documents.document import Document

    reader = reader_of(archive.plugins, given.obtained, given.as_)
    source = Document(given.obtained.content).source
    known = archive.document(source)
    blamed = Blamed(archive.plugins, "source_importers", reader.name)
    there = partial(captures, archive, source)
    document = blamed.call(lambda: read(reader, given.obtained, given.charset, known, there))
    before = state.sources.get(source)
    made = blamed.call(lambda: captured(reader, document, given.about, archive.document, before))
    shared = made.text is not None and made.text.source in state.sources
    if made.text is not None and shared and source not in state.sources:
        require_same_protection(archive, state, made.text.source, given.protect)
    kept = made.lines[:1] if shared else made.lines
    text = made.text.source if made.text is not None and shared else None
    lost = text is not None and state.sources[text].derived_from == source not in state.sources
    result = archive.record(
        [*introduced(introduce([given.publisher], state)), *kept],
        story=state.slug,
        files=made.content,
        recorded_by=given.by,
        protect=given.protect,
        anew=True,
        expected=state.version,
        dry_run=lost,
    )
    if lost and text is not None:
        return [text_kept(text, state.slug)]
    place = f"{state.slug}{protected(result, archive.subjects())}"
    if not result.new:
        sources = [source] if made.text is None else [source, made.text.source]
        require_not_withdrawn(state, sources, archive)
        messages = [f"Already captured: {made.ids(texts=True)} in {place}."]
    else:
        messages = [f"Captured {made.ids(texts=not shared)} in {place}."]
    if text is not None and state.sources[text].derived_from != source:
        messages += same_text(state, text, archive)
    elif made.text is not None:
        messages.append(f"Quote its text, not the document: --source {short(made.text.source)}")
    messages += made.notes()
    if given.charset is None and document.charset != "utf-8" and not document.binary:
        messages.append(_read_as(document.charset, result.positions[-len(kept) :], known is None))
    return messages + erased_before(result)


def _read_as(charset: str, positions: Sequence[int], new: bool) -> str:
    from dateline.cli.recapture import erasing

    if not new:
        return f"Read as {charset}, as before."
    return (
        f"Read as {charset}. If that is wrong, erase it with {erasing(positions)} and capture it "
        "again with the right --charset."
    )
