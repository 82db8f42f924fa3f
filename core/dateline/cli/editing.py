"""The commands that record notices about facts and sources, from ``retract`` to ``withdraw``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.adjusted import say_adjusted
from dateline.cli.entities import Entities
from dateline.cli.fields import evidence_item
from dateline.cli.here import STORY, source_called
from dateline.cli.options import reported_option, signed
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import given_back

if TYPE_CHECKING:
    from dateline.archive import Archive

#: Listed here so that help need not import the event types. A test compares them with the catalogue.
RELATIONS = (
    "corroborates", "contradicts", "contrasts", "disputes", "same_statement", "same_event",
    "same_act", "quantifies", "elaborates", "explains", "includes", "precedes", "supports",
)  # fmt: skip
_story = click.argument("story", type=STORY)


def _on_fact(command: Callable[..., Any]) -> click.Command:
    return click.command()(_story(click.argument("fact", shell_complete=completion.facts)(command)))


@_on_fact
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@click.option("--by", metavar="WHO", help="Who retracts it: an entity, or a name.")
@reported_option
@signed
def retract(settings: Settings, story: str, fact: str, **details: Any) -> None:
    """Retract a fact. It stays in the log; views leave it out unless they ask for it.

    \b
    Example:
      dateline retract velm-flood f13 --reason "The source retracted it"
    """
    with settings.archive() as archive:
        details["by"] = _who(archive, story, details["by"], "--by")
        archive.retract(story, fact, **details)
    say(f"Retracted {fact}.")


@_on_fact
@click.option("--ground", required=True, help="The ground of the dispute.")
@click.option("--by", metavar="WHO", help="Who disputes it: an entity, or a name.")
@reported_option
@signed
def dispute(settings: Settings, story: str, fact: str, **details: Any) -> None:
    """Record that somebody disputes a fact. The fact itself does not change.

    If a source reports the dispute, record that statement as a fact and connect the two with
    `dateline link ... disputes`.

    \b
    Example:
      dateline dispute velm-flood f13 --by person:anselm-rook --ground "The siren was tested later"
    """
    with settings.archive() as archive:
        details["by"] = _who(archive, story, details["by"], "--by")
        archive.dispute(story, fact, **details)
    say(f"{fact} is disputed.")


@_on_fact
@click.argument("verdict", type=click.Choice(["accepted", "rejected", "checked"]))
@click.option(
    "--reviewer",
    "--by",
    "reviewer",
    required=True,
    metavar="WHO",
    help="Who reviewed it: an entity, or a name.",
)
@click.option("--reason", help="The reason.")
@reported_option
@signed
def review(settings: Settings, story: str, fact: str, verdict: str, **details: Any) -> None:
    """Accept or reject a fact, or note that its doubts were checked.

    Views leave out a rejected fact until it is accepted again. A fact whose doubts were checked is no
    longer listed in the view doubts, until a later change raises another doubt.

    \b
    Example:
      dateline review velm-flood f2 accepted --reviewer "the desk" --reason "Two counts agree"
      dateline review velm-flood f6 checked --reviewer "the desk" --reason "The source says so"
    """
    with settings.archive() as archive:
        details["reviewer"] = _who(archive, story, details["reviewer"], "--reviewer")
        archive.review(story, fact, verdict, **details)
    say(f"{verdict.capitalize()} {fact}.")


@_on_fact
@click.option(
    "--exact", "exacts", multiple=True, required=True, metavar="[ROLE:]WORDS",
    help="Words of the fact's source; Dateline finds their position.",
)  # fmt: skip
@click.option("--note", help="What the evidence adds.")
@signed
def evidence(
    settings: Settings, story: str, fact: str, exacts: tuple[str, ...], **details: Any
) -> None:
    """Add evidence from its source to a fact.

    \b
    Example:
      dateline evidence velm-flood f2 --exact "before dawn on Monday" --note "When it began"
    """
    with settings.archive() as archive:
        result = archive.add_evidence(story, fact, *map(evidence_item, exacts), **details)
    say(f"Added {len(exacts)} piece{'s' if len(exacts) != 1 else ''} of evidence to {fact}.")
    say_adjusted(result.adjusted)


@_on_fact
@click.argument("relation", type=click.Choice(RELATIONS))
@click.argument("other", shell_complete=completion.facts)
@click.option(
    "--independence",
    type=click.Choice(["independent", "same-origin", "unknown"]),
    help="Required for corroborates: two reports with the same origin are not two sources.",
)
@click.option("--note", help="Why they are linked.")
@reported_option
@signed
def link(
    settings: Settings, story: str, fact: str, relation: str, other: str, **details: Any
) -> None:
    """Link two facts: FACT RELATION OTHER.

    OTHER is a fact of the same story, or of another one: other-story/f3. Such a link is a part of STORY alone.

    \b
    Example:
      dateline link velm-flood f2 explains f5 --note "The rain drove them out"
    """
    with settings.archive() as archive:
        archive.link(story, fact, relation, other, **details)
    say(f"Linked: {fact} {relation} {other}.")


@click.command()
@_story
@click.argument("source", required=False, shell_complete=completion.sources)
@click.option("--reason", required=True, help="Why, as far as the publisher gave a reason.")
@reported_option
@signed
def withdraw(settings: Settings, story: str, source: str | None, **details: Any) -> None:
    """Record that a publisher withdrew a source. Its facts stay and are marked.

    SOURCE is a unique part from the start of its hash, its publisher or title, or . for the last one
    captured. Leave it out if the story has one source.

    \b
    Example:
      dateline withdraw velm-flood 88dc --reason "Withdrawn by the publisher"
    """
    with settings.archive() as archive:
        name = source_called(archive.state(story, facts=()), source, "source")
        archive.withdraw(story, name, **details)
    say(f"Withdrew {name[:19]}… from {story}.")


def _who(archive: Archive, story: str, who: str | None, option: str) -> str | None:
    """The id of the entity that `who` names, or the same words. Raises UnknownName."""
    if who is None:
        return None
    with given_back():
        return Entities.of(archive.state(story, facts=())).or_words(who, option)
