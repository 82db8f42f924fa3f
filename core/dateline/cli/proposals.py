"""The group ``proposals``: list what tools proposed, and decide about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from dateline.cli import completion
from dateline.cli.acceptance import say_accepted
from dateline.cli.doubting import doubting
from dateline.cli.entities import on_terminal
from dateline.cli.here import STORY
from dateline.cli.lazy import LazyGroup
from dateline.cli.options import by_option, format_option
from dateline.cli.outcome import FAILED
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.stdout import data, given_back
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive

_SHOWN = ("proposal", "kind", "text", "words", "proposer", "state")
_DECIDED = (*_SHOWN, "fact", "by")
_ids = click.argument(
    "ids", nargs=-1, required=True, metavar="ID...", shell_complete=completion.proposals
)


class Commands(LazyGroup):
    """Without the name of a command, ``list`` is meant."""

    core = {
        "list": "Show the proposals of a story, one by one on a terminal (the default).",
        "show": "Show one proposal with the words of its source.",
        "accept": "Record the facts of proposals.",
        "reject": "Reject proposals; they are not queued again.",
        "later": "Put proposals off; they are listed last.",
    }
    homes = dict.fromkeys(core, "proposals")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.core, "-h", "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Commands)
def proposals() -> None:
    """Show proposed facts, and accept or reject them.

    Nothing that is proposed is a fact. When somebody accepts a proposal, its fact is recorded with the
    name of that person, the tool that proposed it, and the method extracted.

    \b
    Example:
      dateline proposals velm-flood
      dateline proposals accept p3 p4 --by "Ida Brandt"
      dateline proposals reject p5 --by "Ida Brandt" --reason "A joke"
    """


def _stories(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Stories, and the other commands of the group, since the name of this one may be left out."""
    names = completion.stories(ctx, param, incomplete)
    names += [name for name in Commands.core if name.startswith(incomplete)]
    return [CompletionItem(name) for name in names]


@click.command("list")
@click.argument("story", type=STORY, required=False, shell_complete=_stories)
@click.option("--all", "everything", is_flag=True, help="Also show those that were decided.")
@click.option("--review", is_flag=True, help="Decide one by one, also where a format is given.")
@by_option
@format_option
@pass_settings
def list_(
    settings: Settings,
    story: str | None,
    everything: bool,
    review: bool,
    by: str | None,
    format_: str | None,
) -> None:
    """Show the proposals of a story, or of all stories.

    On a terminal they are shown one by one, each with the words of its source in context, to accept, edit,
    reject or put off. In a pipe, or with a format or --all, they are listed.

    \b
    Example:
      dateline proposals velm-flood
      dateline proposals velm-flood --all -f json
    """
    if review and not on_terminal():
        raise click.UsageError("--review needs a terminal; `dateline proposals accept` needs none")
    with settings.archive() as archive:
        found = archive.proposals(story, everything=everything)
        if review or (on_terminal() and found and not everything and format_ is None):
            from dateline.cli.proposal_review import Review

            with given_back():
                Review(archive, by).run(found)
            return
        from dateline.records.proposal import PROPOSAL_COLUMNS, proposal_row

        slugs = {row.id: row.slug for row in archive.stories()}
        rows = (list(proposal_row(one, slugs[one.story]).values()) for one in found)
        emit(PROPOSAL_COLUMNS, rows, format_, summary=_DECIDED if everything else _SHOWN)
    say(f"{counted(len(found), 'proposal')}.")


@click.command()
@click.argument("id", metavar="ID", shell_complete=completion.proposals)
@pass_settings
def show(settings: Settings, id: str) -> None:
    """Show one proposal: the words of its source in context, and the fact as it would be recorded.

    \b
    Example:
      dateline proposals show p3
    """
    from dateline.cli.proposal_shown import shown
    from dateline.proposals.queue import OPEN, decided_words

    with settings.archive() as archive:
        found = archive.proposal(id)
        [slug] = (row.slug for row in archive.stories() if row.id == found.story)
        if found.state not in OPEN:
            say(f"{found.name} of story {slug}: {decided_words(found)}.")
            return
        state = archive.state(slug)
        for line in shown(archive, found, state, f" of story {slug}", data()):
            click.echo(line, file=data())


@click.command()
@_ids
@by_option
@click.option("-e", "--edit", is_flag=True, help="Change the fact in $VISUAL or $EDITOR first.")
@click.pass_context
@pass_settings
def accept(
    settings: Settings, ctx: click.Context, ids: tuple[str, ...], by: str | None, edit: bool
) -> None:
    """Record the facts of proposals, each in a transaction of its own.

    --by names who accepts them. With --edit the fact is changed in a form first; a form that is left
    unchanged accepts nothing.

    \b
    Example:
      dateline proposals accept p3 p4 --by "Ida Brandt"
      dateline proposals accept p5 --edit --by "Ida Brandt"
    """
    name = _named(by)

    def one(archive: Archive, proposal: str) -> None:
        if edit:
            from dateline.cli.proposal_form import accept_edited

            with given_back():
                result = accept_edited(archive, archive.proposal(proposal), name)
        else:
            result = archive.accept(proposal, by=name, doubts=doubting(False))
        say_accepted(proposal, result)

    _each(settings, ctx, ids, one)


@click.command()
@_ids
@by_option
@click.option("--reason", metavar="TEXT", help="Why; it is kept in the queue alone.")
@click.pass_context
@pass_settings
def reject(
    settings: Settings, ctx: click.Context, ids: tuple[str, ...], by: str | None, reason: str | None
) -> None:
    """Reject proposals. They stay in the queue, so that the same ones are not queued again.

    \b
    Example:
      dateline proposals reject p5 --by "Ida Brandt" --reason "A joke"
    """
    name = _named(by)

    def one(archive: Archive, proposal: str) -> None:
        archive.reject(proposal, by=name, reason=reason)
        say(f"Rejected {proposal}.")

    _each(settings, ctx, ids, one)


@click.command()
@_ids
@click.pass_context
@pass_settings
def later(settings: Settings, ctx: click.Context, ids: tuple[str, ...]) -> None:
    """Put proposals off: they are listed after the others.

    \b
    Example:
      dateline proposals later p5
    """

    def one(archive: Archive, proposal: str) -> None:
        archive.put_off(proposal)
        say(f"Put off {proposal}.")

    _each(settings, ctx, ids, one)


def _named(by: str | None) -> str:
    if not by or not by.strip():
        raise click.UsageError(
            "give --by, the name of the person who decides, or set DATELINE_AGENT"
        )
    return by.strip()


def _each(
    settings: Settings,
    ctx: click.Context,
    ids: tuple[str, ...],
    one: Callable[[Archive, str], object],
) -> None:
    """Decide about each proposal. Of several, one that fails is reported and the others go on."""
    failed = False
    with settings.archive() as archive:
        for proposal in dict.fromkeys(ids):
            try:
                one(archive, proposal)
            except DatelineError as error:
                if len(ids) == 1:
                    raise
                failed = True
                hint = f"\n  {error.hint}" if error.hint else ""
                say(f"{proposal}: {error}{hint}")
    if failed:
        ctx.exit(FAILED)
