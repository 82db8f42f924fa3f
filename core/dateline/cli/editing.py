"""The commands that record notices about facts and sources, from ``correct`` to ``withdraw``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from dateline.cli import completion
from dateline.cli.adjusted import say_adjusted
from dateline.cli.fields import evidence_item, parse_value
from dateline.cli.options import signed
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import say

#: Listed here so that help need not import the event types. A test compares them with the catalogue.
RELATIONS = (
    "corroborates", "contradicts", "contrasts", "disputes", "same_statement", "same_event",
    "same_act", "quantifies", "elaborates", "explains", "includes", "precedes", "supports",
)  # fmt: skip
_story = click.argument("story", shell_complete=completion.stories)
_reported = click.option(
    "--reported",
    metavar="EDTF",
    help="When this was made public, if it was: 2024-03-05, 2024-03-05T08:00:00Z.",
)


def _on_fact(command: Callable[..., Any]) -> click.Command:
    return click.command()(_story(click.argument("fact", shell_complete=completion.facts)(command)))


@_on_fact
@click.option(
    "--set",
    "changes",
    multiple=True,
    required=True,
    metavar="PATH=VALUE",
    help="The new value: quantities.0.value=2100, text='...', note=null (removes the note).",
)
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@click.option(
    "--kind",
    type=click.Choice(["correction", "clarification", "typo", "update"]),
    default="correction",
    show_default=True,
)
@click.option("--by", metavar="WHO", help="Who corrects: an entity, or a name.")
@_reported
@signed
def correct(
    settings: Settings, story: str, fact: str, changes: tuple[str, ...], **details: Any
) -> None:
    """Correct a fact; the log keeps what was recorded before.

    PATH names a field of the fact: field names and list indexes joined by dots, or a JSON Pointer.
    VALUE is parsed as JSON if it is JSON, else it is text. The corrected fact must pass every rule.
    When you change the words of a quotation (evidence.0.exact) or the source, Dateline finds the
    position and context of the words again.

    In the public record, a correction takes effect with its notice (--reported). A correction of
    kind typo takes effect with what it corrects: the fact as first recorded, or the correction that
    introduced the value.

    \b
    Example:
      dateline correct velm-flood f6 --set quantities.0.value=2100 --reason "Recount"
    """
    with settings.archive() as archive:
        made = archive.correct(story, fact, [_change(text) for text in changes], **details)
        adjusted = () if archive.recorded is None else archive.recorded.adjusted
    shown = "; ".join(f"{c.path}: {_json(c.was)} -> {_json(c.now)}" for c in made)
    say(f"Corrected {fact}: {shown}")
    say_adjusted(adjusted)


def _change(text: str) -> tuple[str, Callable[[object], object]]:
    """PATH=VALUE as the path and a function of the old value, since text replaces text as it is."""
    path, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text!r} is not PATH=VALUE")
    return (
        path,
        lambda was: value if isinstance(was, str) and value != "null" else parse_value(value),
    )


@_on_fact
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@click.option("--by", metavar="WHO", help="Who retracts it: an entity, or a name.")
@_reported
@signed
def retract(settings: Settings, story: str, fact: str, **details: Any) -> None:
    """Retract a fact. It stays in the log; views leave it out unless they ask for it.

    \b
    Example:
      dateline retract velm-flood f13 --reason "The source retracted it"
    """
    with settings.archive() as archive:
        archive.retract(story, fact, **details)
    say(f"Retracted {fact}.")


@_on_fact
@click.option("--ground", required=True, help="The ground of the dispute.")
@click.option("--by", metavar="WHO", help="Who disputes it: an entity, or a name.")
@_reported
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
        archive.dispute(story, fact, **details)
    say(f"{fact} is disputed.")


@_on_fact
@click.argument("verdict", type=click.Choice(["accepted", "rejected"]))
@click.option(
    "--reviewer", required=True, metavar="WHO", help="Who reviewed it: an entity, or a name."
)
@click.option("--reason", help="The reason.")
@_reported
@signed
def review(settings: Settings, story: str, fact: str, verdict: str, **details: Any) -> None:
    """Accept or reject a fact. Views leave out a rejected fact until it is accepted again.

    \b
    Example:
      dateline review velm-flood f2 accepted --reviewer "the desk" --reason "Two counts agree"
    """
    with settings.archive() as archive:
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
@_reported
@signed
def link(
    settings: Settings, story: str, fact: str, relation: str, other: str, **details: Any
) -> None:
    """Link two facts: FACT RELATION OTHER.

    \b
    Example:
      dateline link velm-flood f2 explains f5 --note "The rain drove them out"
    """
    with settings.archive() as archive:
        archive.link(story, fact, relation, other, **details)
    say(f"Linked: {fact} {relation} {other}.")


@click.command()
@_story
@click.argument("source", required=False)
@click.option("--reason", required=True, help="Why, as far as the publisher gave a reason.")
@_reported
@signed
def withdraw(settings: Settings, story: str, source: str | None, **details: Any) -> None:
    """Record that a publisher withdrew a source. Its facts stay and are marked.

    SOURCE is a unique part from the start of its hash. Leave it out if the story has one source.


    \b
    Example:
      dateline withdraw velm-flood 88dc --reason "Withdrawn by the publisher"
    """
    with settings.archive() as archive:
        name = archive.withdraw(story, source, **details)
    say(f"Withdrew {name[:19]}… from {story}.")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
