"""``correct``, ``retract``: what editors do to facts that stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.values import parse_value, pointer_of
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import UnknownName
from dateline.events.present import Fact, StoryState

F = TypeVar("F", bound=Callable[..., Any])


def reported_option(command: F) -> F:
    return click.option(
        "--reported",
        metavar="EDTF",
        help="When the public was told, if it was: 2024-03-05, 2024-03-05T08:00:00Z.",
    )(command)


def notice_time(edtf: str | None) -> dict[str, str]:
    """The notice's time, as a line of input has it."""
    from dateline.errors import DatelineError
    from dateline.events.clock import to_iso
    from dateline.events.edtf import earliest_instant

    if edtf is None:
        return {}
    try:
        instant = earliest_instant(edtf)
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
    if fact is None:
        raise UnknownName(
            f"story {state.slug} has no fact {name!r}",
            hint=f"list them with `dateline show {state.slug} timeline`",
        )
    return fact


@click.command()
@click.argument("story")
@click.argument("fact")
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
    is JSON where it is JSON, else text. The result must keep every rule.

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
    shown = "; ".join(f"{c['path']}: {c['was']!r} -> {c['now']!r}" for c in parsed)
    say(f"Corrected {fact}: {shown}")


@click.command()
@click.argument("story")
@click.argument("fact")
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
    with settings.archive() as archive:
        find_fact(archive.state(story), fact)
        line = notice(
            "fact.retracted", fact=fact, reason=reason, **_by(by), **notice_time(reported)
        )
        archive.record([line], story=story, recorded_by=recorded_by(agent))
    say(f"Retracted {fact}.")


def _by(who: str | None) -> dict[str, str]:
    return {} if who is None else {"by": who}
