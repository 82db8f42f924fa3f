"""``correct``, ``retract``, ``dispute``, ``review``, ``evidence``, ``link``, ``withdraw``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli import completing
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.sources import find_source
from dateline.cli.values import parse_value, pointer_of
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import UnknownName

if TYPE_CHECKING:
    from dateline.events.present import Fact, StoryState

F = TypeVar("F", bound=Callable[..., Any])
#: As in the catalogue; listed here so that help needs no event type. A test holds them equal.
RELATIONS = (
    "corroborates", "contradicts", "contrasts", "disputes", "same_statement", "same_event",
    "same_act", "quantifies", "elaborates", "explains", "includes", "precedes", "supports",
)  # fmt: skip


def reported_option(command: F) -> F:
    return click.option(
        "--reported",
        metavar="EDTF",
        help="When the public was told, if it was: 2024-03-05, 2024-03-05T08:00:00Z.",
    )(command)


def notice_time(edtf: str | None) -> dict[str, str]:
    """The notice's time, as a line of input has it."""
    from dateline.errors import DatelineError
    from dateline.events.clock import now_us, to_iso
    from dateline.events.edtf import public_from

    if edtf is None:
        return {}
    try:
        instant = public_from(edtf, now_us())
    except ValueError as error:
        raise DatelineError(f"--reported: {error}") from None
    return {} if instant is None else {"reported_at": to_iso(instant)}


def notice(event_type: str, /, **fields: Any) -> dict[str, Any]:
    """An editorial event. It gets an id of its own: what was corrected back may be corrected
    again, in the same words."""
    from dateline.events.identity import uuid7

    return {"type": event_type, "event_id": str(uuid7()), **fields}


def find_fact(state: StoryState, name: str) -> Fact:
    """A fact by its id. Raises UnknownName."""
    fact = state.facts.get(name)
    if name in state.erased:
        raise UnknownName(f"{name} of {state.slug} is gone: {state.erased[name].words}")
    if fact is None and name in state.unread:
        raise UnknownName(
            f"{name} of story {state.slug} is of a type that no plugin here knows",
            hint=f"install its plugin; `dateline log {state.slug} -f ndjson` shows it raw",
        )
    if fact is None:
        raise UnknownName(
            f"story {state.slug} has no fact {name!r}",
            hint=f"list them with `dateline show {state.slug} timeline`",
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
    help="What it should be: quantities.0.value=2100, text='...', note=null (removes).",
)
@click.option("--reason", required=True, help="Why, for whoever reads the record.")
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
    """Correct a fact; what it was stays on record.

    PATH leads into the fact: field names and list indexes joined by dots, or a JSON Pointer. VALUE
    is JSON where it is JSON, else text. The result must keep every rule. When a quotation is given
    other words (evidence.0.exact) or another source, its place and context are found again.

    On the public record a correction counts from its notice (--reported). A typo counts from what it
    puts right: the fact as first recorded, or the correction that brought the value.

    \b
    Example:
      dateline correct velm-flood f6 --set quantities.0.value=2100 --reason "Recount"
    """
    from dateline.events import pointer
    from dateline.events.registry import to_fields

    with settings.archive() as archive:
        stands = to_fields(find_fact(archive.state(story), fact).data)
        parsed = []
        for change in changes:
            path, equals, value = change.partition("=")
            if not equals:
                raise click.UsageError(f"--set {change!r} is not PATH=VALUE")
            path = pointer_of(path)
            was = pointer.get(stands, path)
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
@click.option("--reason", required=True, help="Why, for whoever reads the record.")
@click.option("--by", metavar="WHO", help="Who takes it back: an entity, or a name.")
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
    """Take a fact back. It stays in the log, and out of views that do not ask for it.

    \b
    Example:
      dateline retract velm-flood f13 --reason "The source took it back"
    """
    line = notice("fact.retracted", fact=fact, reason=reason, **_by(by), **notice_time(reported))
    _record(settings, story, fact, line, agent)
    say(f"Retracted {fact}.")


@click.command()
@click.argument("story", shell_complete=completing.stories)
@click.argument("fact", shell_complete=completing.facts)
@click.option("--ground", required=True, help="On what ground.")
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
    """Record that somebody disputes a fact. Both stand; neither is changed.

    Where the dispute is itself in a source, record that statement as a fact and use
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
@click.option("--reviewer", required=True, metavar="WHO", help="Who judged: an entity, or a name.")
@click.option("--reason", help="Why.")
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
    """Accept or reject a fact. A rejected fact leaves the views until it is accepted again.

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
    help="Words of the fact's source; their place is found.",
)  # fmt: skip
@click.option("--note", help="What they add.")
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
    """Add words of its source to a fact.

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
    help="Required for corroborates: two reports of one origin are not two sources.",
)
@click.option("--note", help="Why.")
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
    """Say how two facts belong together: FACT RELATION OTHER.

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
@click.option("--reason", required=True, help="Why, as far as it was said.")
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
    """Record that a source was taken back by its publisher. Its facts stay, and say so.

    SOURCE is as much of its hash as is unique.

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
