"""The commands ``open``, ``retitle``, ``close`` and ``stories``."""

from __future__ import annotations

from typing import Any

import click

from dateline.cli.here import STORY
from dateline.cli.options import format_option, signed
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit


@click.command("open")
@click.argument("slug")
@click.option("--title", required=True, help="The title of the story.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="A language of the story: en, uk ...",
)
@signed
def open_(settings: Settings, slug: str, languages: tuple[str, ...], **details: Any) -> None:
    """Open a new story.

    SLUG is its permanent name: lower-case words joined by hyphens. The title can be changed later.

    \b
    Example:
      dateline open harbour-fire --title "Fire in the harbour"
    """
    with settings.archive() as archive:
        new = archive.open_story(slug, languages=languages, **details).new
    say(f"Opened story {slug}." if new else f"Story {slug} is already open.")


@click.command()
@click.argument("story", type=STORY)
@click.argument("title")
@click.option("--reason", help="The reason.")
@signed
def retitle(settings: Settings, story: str, title: str, **details: Any) -> None:
    """Change the title of a story. Its slug stays the same.

    \b
    Example:
      dateline retitle velm-flood "Fictional: the gates of the Hollin dam"
    """
    with settings.archive() as archive:
        archive.retitle(story, title, **details)
    say(f"Story {story} is now called {title!r}.")


@click.command()
@click.argument("story", type=STORY)
@click.option("--reason", help="The reason.")
@signed
def close(settings: Settings, story: str, **details: Any) -> None:
    """Close a story. It still accepts late facts and corrections.

    \b
    Example:
      dateline close velm-flood --reason "The water is gone"
    """
    with settings.archive() as archive:
        archive.close_story(story, **details)
    say(f"Closed story {story}.")


@click.command()
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="Show the N that changed last only."
)
@format_option
@pass_settings
def stories(settings: Settings, limit: int | None, format_: str | None) -> None:
    """List the stories.

    They come by name; with --limit, the one that changed last comes first.

    \b
    Example:
      dateline stories
      dateline stories --limit 20
    """
    from dateline.records.overview import STORY_COLUMNS as COLUMNS
    from dateline.records.overview import story_row

    with settings.archive() as archive:
        rows = [[*story_row(found).values()] for found in archive.overview(latest=limit)]
    emit(COLUMNS, rows, format_, summary=[*COLUMNS[:5], *COLUMNS[8:10]])
