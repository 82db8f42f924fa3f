"""The commands that record notices about facts and sources, from ``correct`` to ``withdraw``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli import completion as completing
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.sources import find_source
from dateline.cli.terminal.messages import say
from dateline.cli.values import parse_value, pointer_of
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import UnknownName

if TYPE_CHECKING:
    from dateline.events.present import Fact, StoryState

F = TypeVar("F", bound=Callable[..., Any])
#: Listed here so that help need not import the event types. A test compares them with the catalogue.
RELATIONS = (
    "corroborates", "contradicts", "contrasts", "disputes", "same_statement", "same_event",
    "same_act", "quantifies", "elaborates", "explains", "includes", "precedes", "supports",
)  # fmt: skip


def reported_option(command: F) -> F:
    return click.option(
        "--reported",
        metavar="EDTF",
        help="When this was made public, if it was: 2024-03-05, 2024-03-05T08:00:00Z.",
    )(command)


def notice_time(edtf: str | None) -> dict[str, str]:
    """The time of a notice, as a field of an input line."""
    from dateline.errors import DatelineError
    from dateline.events.clock import now_us, to_iso
    from dateline.events.edtf import public_from

    if edtf is None:
        return {}
    try:
        instant = public_from(edtf, now_us())
    except ValueError as error:
        raise DatelineError(
            f"--reported: {error}",
            hint="give a day or a time, such as 2024-03-05 or 2024-03-05T08:00:00Z",
            code="not-a-date",
        ) from None
    return {} if instant is None else {"reported_at": to_iso(instant)}


def notice(event_type: str, /, **fields: Any) -> dict[str, Any]:
    """An editorial event with a new event id, so that the same correction can be made again after
    it was reversed."""
    from dateline.events.identity import uuid7

    return {"type": event_type, "event_id": str(uuid7()), **fields}


def find_fact(state: StoryState, name: str) -> Fact:
    """A fact by its id. Raises UnknownName."""
    fact = state.facts.get(name)
    if name in state.erased:
        raise UnknownName(
            f"{name} of story {state.slug} was erased on {state.erased[name].why}",
            hint=f"`dateline show {state.slug} {name}` shows what remains of it",
            code="fact-erased",
        )
    if fact is None and name in state.unread:
        raise UnknownName(
            f"{name} of story {state.slug} has an event type that no installed plugin knows",
            hint=f"install its plugin; `dateline log {state.slug} -f ndjson` shows the raw event",
            code="event-type-unknown",
        )
    if fact is None:
        raise UnknownName(
            f"story {state.slug} has no fact {name!r}",
            hint=f"list them with `dateline show {state.slug} timeline`",
            code="fact-unknown",
        )
    return fact


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
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
@reported_option
@agent_option
@pass_settings
def correct(
    settings: Settings,
    story: str,
    fact: str,
    changes: tuple[str, ...],
    reason: str,
    kind: str,
    by: str | None,
    reported: str | None,
    agent: str | None,
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
    from dateline.events import pointer
    from dateline.events.registry import to_fields

    with settings.archive() as archive:
        current = to_fields(find_fact(archive.state(story), fact).data)
        parsed = []
        for change in changes:
            path, equals, value = change.partition("=")
            if not equals:
                raise click.UsageError(f"--set {change!r} is not PATH=VALUE")
            path = pointer_of(path)
            was = pointer.get(current, path)
            now = value if isinstance(was, str) and value != "null" else parse_value(value)
            parsed.append({"path": path, "was": was, "now": now})
        line = notice(
            "fact.corrected",
            fact=fact,
            changes=parsed,
            kind=kind,
            reason=reason,
            **_by(by),
            **notice_time(reported),
        )
        archive.record([line], story=story, recorded_by=recorded_by(agent))
    shown = "; ".join(f"{c['path']}: {_json(c['was'])} -> {_json(c['now'])}" for c in parsed)
    say(f"Corrected {fact}: {shown}")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@click.option("--by", metavar="WHO", help="Who retracts it: an entity, or a name.")
@reported_option
@agent_option
@pass_settings
def retract(
    settings: Settings,
    story: str,
    fact: str,
    reason: str,
    by: str | None,
    reported: str | None,
    agent: str | None,
) -> None:
    """Retract a fact. It stays in the log; views leave it out unless they ask for it.

    \b
    Example:
      dateline retract velm-flood f13 --reason "The source retracted it"
    """
    line = notice("fact.retracted", fact=fact, reason=reason, **_by(by), **notice_time(reported))
    _record(settings, story, fact, line, agent)
    say(f"Retracted {fact}.")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
@click.option("--ground", required=True, help="The ground of the dispute.")
@click.option("--by", metavar="WHO", help="Who disputes it: an entity, or a name.")
@reported_option
@agent_option
@pass_settings
def dispute(
    settings: Settings,
    story: str,
    fact: str,
    ground: str,
    by: str | None,
    reported: str | None,
    agent: str | None,
) -> None:
    """Record that somebody disputes a fact. The fact itself does not change.

    If a source reports the dispute, record that statement as a fact and connect the two with
    `dateline link ... disputes`.

    \b
    Example:
      dateline dispute velm-flood f13 --by person:anselm-rook --ground "The siren was tested later"
    """
    line = notice("fact.disputed", fact=fact, ground=ground, **_by(by), **notice_time(reported))
    _record(settings, story, fact, line, agent)
    say(f"{fact} is disputed.")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
@click.argument("verdict", type=click.Choice(["accepted", "rejected"]))
@click.option(
    "--reviewer", required=True, metavar="WHO", help="Who reviewed it: an entity, or a name."
)
@click.option("--reason", help="The reason.")
@reported_option
@agent_option
@pass_settings
def review(
    settings: Settings,
    story: str,
    fact: str,
    verdict: str,
    reviewer: str,
    reason: str | None,
    reported: str | None,
    agent: str | None,
) -> None:
    """Accept or reject a fact. Views leave out a rejected fact until it is accepted again.

    \b
    Example:
      dateline review velm-flood f2 accepted --reviewer "the desk" --reason "Two counts agree"
    """
    line = notice("fact.reviewed", fact=fact, verdict=verdict, reviewer=reviewer)
    line |= {**({"reason": reason} if reason else {}), **notice_time(reported)}
    _record(settings, story, fact, line, agent)
    say(f"{verdict.capitalize()} {fact}.")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
@click.option(
    "--exact", "exacts", multiple=True, required=True, metavar="[ROLE:]WORDS",
    help="Words of the fact's source; Dateline finds their position.",
)  # fmt: skip
@click.option("--note", help="What the evidence adds.")
@agent_option
@pass_settings
def evidence(
    settings: Settings,
    story: str,
    fact: str,
    exacts: tuple[str, ...],
    note: str | None,
    agent: str | None,
) -> None:
    """Add evidence from its source to a fact.

    \b
    Example:
      dateline evidence velm-flood f2 --exact "before dawn on Monday" --note "When it began"
    """
    from dateline.cli.evidence import evidence_item

    line = notice("evidence.added", fact=fact, evidence=[evidence_item(text) for text in exacts])
    if note:
        line["note"] = note
    _record(settings, story, fact, line, agent)
    say(f"Added {len(exacts)} piece{'s' if len(exacts) != 1 else ''} of evidence to {fact}.")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
@click.argument("relation", type=click.Choice(RELATIONS))
@click.argument("other", shell_complete=completing.facts)
@click.option(
    "--independence",
    type=click.Choice(["independent", "same-origin", "unknown"]),
    help="Required for corroborates: two reports with the same origin are not two sources.",
)
@click.option("--note", help="Why they are linked.")
@reported_option
@agent_option
@pass_settings
def link(
    settings: Settings,
    story: str,
    fact: str,
    relation: str,
    other: str,
    independence: str | None,
    note: str | None,
    reported: str | None,
    agent: str | None,
) -> None:
    """Link two facts: FACT RELATION OTHER.

    \b
    Example:
      dateline link velm-flood f2 explains f5 --note "The rain drove them out"
    """
    line = notice("facts.linked", **{"from": fact}, to=other, relation=relation)
    line |= {"independence": independence} if independence else {}
    line |= {**({"note": note} if note else {}), **notice_time(reported)}
    _record(settings, story, fact, line, agent)
    say(f"Linked: {fact} {relation} {other}.")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("source", required=False)
@click.option("--reason", required=True, help="Why, as far as the publisher gave a reason.")
@reported_option
@agent_option
@pass_settings
def withdraw(
    settings: Settings,
    story: str,
    source: str | None,
    reason: str,
    reported: str | None,
    agent: str | None,
) -> None:
    """Record that a publisher withdrew a source. Its facts stay and are marked.

    SOURCE is a unique part from the start of its hash. Leave it out if the story has one source.


    \b
    Example:
      dateline withdraw velm-flood 88dc --reason "Withdrawn by the publisher"
    """
    with settings.archive() as archive:
        name = find_source(archive.state(story), source)
        line = notice("source.withdrawn", source=name, reason=reason, **notice_time(reported))
        archive.record([line], story=story, recorded_by=recorded_by(agent))
    say(f"Withdrew {name[:19]}… from {story}.")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _record(
    settings: Settings, story: str, fact: str, line: dict[str, Any], agent: str | None
) -> None:
    with settings.archive() as archive:
        find_fact(archive.state(story), fact)
        archive.record([line], story=story, recorded_by=recorded_by(agent), anew=True)


def _by(who: str | None) -> dict[str, str]:
    return {} if who is None else {"by": who}
