"""``dateline entities``: list the entities of all stories, and those that may be the same."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from dateline.cli.here import STORY
from dateline.cli.options import format_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit

if TYPE_CHECKING:
    from dateline.register.duplicates import Duplicate

_PAIRS = ("entity", "label", "into", "into_label", "why", "command")


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["person", "organization", "place", "group"]),
    help="Entities of this kind.",
)
@click.option("--like", metavar="NAME", help="Entities with these words in a name, in any script.")
@click.option("--story", type=STORY, help="Entities and facts of this story only.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Show the first N only.")
@click.option(
    "--duplicates", is_flag=True, help="Show pairs that may be the same, and how to merge them."
)
@format_option
@pass_settings
def entities(
    settings: Settings,
    kind: str | None,
    like: str | None,
    story: str | None,
    limit: int | None,
    duplicates: bool,
    format_: str | None,
) -> None:
    """List the persons, organisations, places and groups of all stories.

    Those that most facts name come first. Facts and statements are counted without retracted and rejected
    ones. An id means the same entity in every story; entities that were merged in a story are one.

    \b
    Example:
      dateline entities --kind person
      dateline entities --like sael
      dateline entities --duplicates
    """
    from dateline.records.entry import ENTRY_COLUMNS as COLUMNS
    from dateline.records.entry import entry_row

    if duplicates and (kind or like or story):
        raise click.UsageError("--duplicates looks at all entities; give it without the others")
    with settings.archive() as archive:
        if duplicates:
            pairs = archive.duplicates()
            emit(_PAIRS, map(_pair, pairs[:limit]), format_)
            if not pairs:
                say("No two entities of one kind have the same name or identifier.")
            left = len(pairs) - len(pairs[:limit])
        else:
            found = archive.entities(kind=kind, like=like, story=story)
            rows = ([*entry_row(one).values()] for one in found[:limit])
            emit(COLUMNS, rows, format_, summary=COLUMNS[:-2])
            left = len(found) - len(found[:limit])
    if left:
        say(f"{counted(left, 'further row')} not shown (--limit {limit}).")


def _pair(one: Duplicate) -> list[object]:
    into = one.into.entity if one.together else f"{one.into.entity}={one.into.label}"
    words = ["dateline", "merge", one.story, one.entity.entity, into, "--reason", "The same entity"]
    pair = one.entity.entity, one.entity.label, one.into.entity, one.into.label
    return [*pair, "; ".join(one.why), shlex.join(words)]
