"""``dateline search``: find facts, sources and entities by their words, in all stories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, get_args

import click

from dateline.cli import completion
from dateline.cli.completion import KINDS
from dateline.cli.dates import understood
from dateline.cli.here import STORY
from dateline.cli.options import format_option, moment, moment_options
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.stdout import data

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.search.matching import Part
    from dateline.search.searching import Hit, Kind

_KINDS: dict[str, Kind] = {"facts": "fact", "sources": "source", "entities": "entity"}


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--in",
    "within",
    multiple=True,
    type=click.Choice(tuple(_KINDS)),
    help="Search these only. May be repeated.  [default: all three]",
)
@click.option(
    "--story",
    "stories",
    multiple=True,
    type=STORY,
    metavar="STORY",
    help="Search this story only. May be repeated.",
)
@click.option("--kind", metavar="KIND", help="Facts of this kind: statement, figure ...")
@click.option(
    "--speaker",
    metavar="ENTITY",
    shell_complete=completion.all_entities,
    help="Facts that this person or organisation says.",
)
@click.option(
    "--publisher",
    metavar="ENTITY",
    shell_complete=completion.all_entities,
    help="Facts and sources of this publisher.",
)
@click.option(
    "--about",
    metavar="ENTITY",
    shell_complete=completion.all_entities,
    help="Facts that name this entity.",
)
@click.option(
    "--since",
    metavar="DATE",
    help="What is dated on this day or later.",
)
@click.option(
    "--until",
    metavar="DATE",
    help="What is dated on this day or earlier.",
)
@click.option("--status", metavar="STATUS", help="Facts with this status: corrected, disputed ...")
@click.option("--all", "everything", is_flag=True, help="Include retracted and rejected facts.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1, max=500),
    default=20,
    show_default=True,
    help="The most results.",
)
@moment_options
@format_option
@pass_settings
@understood("since", "until")
def search(
    settings: Settings,
    words: tuple[str, ...],
    within: tuple[str, ...],
    stories: tuple[str, ...],
    kind: str | None,
    speaker: str | None,
    publisher: str | None,
    about: str | None,
    since: str | None,
    until: str | None,
    status: str | None,
    everything: bool,
    limit: int,
    as_of: str | None,
    as_recorded: str | None,
    format_: str | None,
) -> None:
    """Find facts, sources and entities by their words, in all stories. The best come first.

    All WORDS must occur, in any inflected form and order. "A PHRASE" in quotation marks is found word
    for word, PREFIX* as the start of a word; -WORD must not occur, and OR stands between two alternatives. Without
    WORDS, --speaker, --publisher or --about find everything of theirs.

    \b
    Example:
      dateline search hollin dam
      dateline search '"gate two" -rumour'
      dateline search --speaker "Corvin Sael" --since 2024-03-03
      dateline search 'gat* OR dam' --in sources
    """
    from dateline.events.status import Status
    from dateline.records.hit import HIT_COLUMNS, hit_row

    at = moment(as_of, as_recorded)
    with settings.archive() as archive:
        kind = _one_of("--kind", kind, (*KINDS, *_plugin_kinds(archive)))
        status = _one_of("--status", status, get_args(Status))
        found = archive.search(
            " ".join(words),
            *stories,
            within=[_KINDS[one] for one in within] or None,
            kind=kind,
            speaker=speaker,
            publisher=publisher,
            entity=about,
            since=since,
            until=until,
            status=status,
            everything=everything,
            limit=limit,
            at=at,
        )
    chosen = format_ or ("table" if data().isatty() else "csv")
    if chosen == "table":
        _tell(found.hits)
    else:
        emit(HIT_COLUMNS, ([*hit_row(hit).values()] for hit in found.hits), chosen)
    if not found.hits:
        say("Nothing was found.")
    elif found.more:
        many = len(found.hits)
        first = "this is the first" if many == 1 else f"these are the first {many}"
        say(f"There is more: {first}. Add words, or give -n.")


def _one_of(option: str, given: str | None, known: Sequence[str]) -> str | None:
    """The value that is meant: case and a plural do not matter. Raises UsageError."""
    if given is None:
        return None
    meant = given.lower() if given.lower() in known else given.lower().removesuffix("s")
    if meant not in known:
        raise click.UsageError(f"{option} is one of {', '.join(known)}, not {given!r}")
    return meant


def _plugin_kinds(archive: Archive) -> list[str]:
    return sorted(name.rpartition(".")[0] for name in archive.plugins.event_types)


def _tell(hits: Iterable[Hit]) -> None:
    from dateline.cli.terminal.messages import wrapped
    from dateline.text import legible_line

    def line(text: str) -> None:
        click.echo(wrapped(text, data()), file=data())

    for hit in hits:
        id_ = hit.id[7:19] if hit.what == "source" else hit.id
        if hit.what == "source" and "." in hit.id:
            id_ += f".{hit.id.partition('.')[2]}"
        about = [hit.kind, hit.when, hit.status if hit.status != "recorded" else ""]
        head = f"{click.style(f'{hit.story} {id_}', bold=True)}  {', '.join(filter(None, about))}"
        line(head if not hit.title else f"{head}  {legible_line(hit.title)}")
        line("  " + "".join(map(_shown, hit.parts)))
        if hit.quote:
            line("  “" + "".join(map(_shown, hit.quote)) + "”")
        more = ""
        if hit.others and hit.what == "entity":
            more = f"(in {hit.others + 1} stories)"
        elif hit.others:
            more = f"(and {counted(hit.others, 'other version')})"
        if hit.chain or more:
            line("  " + " ".join(filter(None, (legible_line(hit.chain), more))))
        click.echo(file=data())


def _shown(part: Part) -> str:
    from dateline.text import legible_line

    text = legible_line(part.text)
    return click.style(text, bold=True, fg="green") if part.marked else text
