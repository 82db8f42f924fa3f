"""``capture``: a document becomes a source of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli import completing
from dateline.cli.blaming import Blamed
from dateline.cli.protecting import introduced, protect_option, protected, say_anew
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.who import agent_option, recorded_by

if TYPE_CHECKING:
    from dateline.events.present import StoryState


@click.command()
@click.argument("file", metavar="FILE|URL", type=completing.FILE)
@click.option(
    "--story",
    required=True,
    metavar="SLUG",
    shell_complete=completing.stories,
    help="The story it belongs to.",
)
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
@click.option("--charset", help="How its bytes are read.  [default: found]")
@click.option(
    "--as",
    "as_",
    metavar="FORMAT",
    shell_complete=completing.source_importers,
    help="Read it as this format, whatever its suffix.",
)
@click.option(
    "--max-size",
    type=click.IntRange(1, 2048),
    default=64,
    show_default=True,
    metavar="MIB",
    help="Refuse a larger document.",
)
@click.option("--allow-network", is_flag=True, help="Download a URL, from public addresses only.")
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

    The bytes are kept as they are, under their SHA-256; facts quote their text by character. The
    text of a page or PDF is extracted and kept as a second source, derived from the first: that is
    the one to quote. Title, date, language and authors are taken from the page if not given.
    With --allow-network a URL stands in for the file. Facts drawn from a source that is protected
    are protected with it. What was erased can be captured again: it is a new event then, and the
    erasure stays on record.

    \b
    Example:
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --published 2024-03-04
      dateline capture page.html --story velm-flood --publisher org:wire=Wire --title "After the flood"
      dateline capture report.txt --story velm-flood --publisher org:wire=Wire --protect "Witness 7"
    """
    from dateline.cli.captured import captured
    from dateline.cli.entities import introduce
    from dateline.cli.obtain import is_url, obtain, read, reader_of
    from dateline.log.document import Document

    if is_url(file) and details["url"] is not None:
        raise click.UsageError("--url says where a file was found; a URL is found where it is")
    with settings.archive() as archive:
        state = archive.state(story)
        obtained = obtain(file, max_size << 20, allow_network=allow_network)
        reader = reader_of(archive.plugins, obtained, as_)
        known = archive.document(Document(obtained.content).source)
        blamed = Blamed(archive.plugins, "source_importers", reader.name)
        document = blamed.call(lambda: read(reader, obtained, charset, known))
        about = {"publisher": publisher.partition("=")[0], "byline": list(byline), **details}
        if obtained.url is not None:
            about["url"] = obtained.url
        made = blamed.call(lambda: captured(reader, document, about, archive.document))
        if made.text is not None and made.text.source in state.sources:
            # The page may have changed around it; there is nothing new to quote.
            say(_there(made.text.source, state))
            return
        result = archive.record(
            [*introduced(introduce([publisher], state)), *made.lines],
            story=story,
            files=made.content,
            recorded_by=recorded_by(agent),
            protect=protect,
            anew=True,
        )
        place = f"{story}{protected(result, archive.subjects())}"
    verb = "Captured" if result.new else "Already captured:"
    for message in made.messages(verb, place, charset):
        say(message)
    say_anew(result)


def _there(text: str, state: StoryState) -> str:
    """What is there of a document whose text is captured already."""
    page = state.sources[text].derived_from
    if page is None or page in state.sources:
        return f"Already captured: its text is {text} in {state.slug}."
    return (
        f"Nothing was captured: its text is {text} in {state.slug} already. The document that was "
        "taken from is erased, and stays so as long as its text is there."
    )
