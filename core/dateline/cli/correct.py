"""The command ``correct``: change a recorded fact with a notice; the log keeps what was there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.adjusted import say_adjusted
from dateline.cli.desk import Desk
from dateline.cli.doubting import doubting, strict_doubts_option
from dateline.cli.fact_changes import changes_of
from dateline.cli.fact_kinds import settle
from dateline.cli.fact_options import FactCommand, FactOption, fact_options
from dateline.cli.fields import parse_value
from dateline.cli.here import STORY
from dateline.cli.options import reported_option, signed
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import given_back

if TYPE_CHECKING:
    from dateline.events.parts import Change
    from dateline.events.state import Fact

#: A path, and the new value or a function of the old one.
Changes = list[tuple[str, Any]]
_NUMBERS = ("value", "lower", "upper", "of")


@click.command(cls=FactCommand)
@click.argument("story", type=STORY)
@click.argument("fact", shell_complete=completion.facts)
@fact_options
@click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="PATH=VALUE",
    help="Any other value: quantities.1.value=2100, note=null (removes the note).",
)
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@click.option(
    "--kind",
    "correction",
    type=click.Choice(["correction", "clarification", "typo", "update"]),
    default="correction",
    show_default=True,
    help="The kind of correction.",
)
@click.option("--by", metavar="WHO", help="Who corrects: an entity, or a name.")
@strict_doubts_option
@reported_option
@signed
def correct(
    settings: Settings,
    /,
    story: str,
    fact: str,
    reason: str,
    correction: str,
    by: str | None,
    reported: str | None,
    strict_doubts: bool,
    recorded_by: Any,
    **options: Any,
) -> None:
    """Correct a fact; the log keeps what was recorded before.

    The options of `record` give the new values; what no option gives stays as it is. With --set, PATH
    names any field of the fact: field names and list indexes joined by dots, or a JSON Pointer, and
    VALUE is parsed as JSON if it is JSON, else it is text. The corrected fact must pass every rule. When
    you change the words of a quotation or the source, Dateline finds the position and context of the
    words again.

    In the public record, a correction takes effect with its notice (--reported). A correction of
    kind typo takes effect with what it corrects: the fact as first recorded, or the correction that
    introduced the value.

    \b
    Example:
      dateline correct velm-flood f6 --value 2100 --reason "Recount"
      dateline correct velm-flood f6 --set quantities.0.measure="people" --reason "Not residents alone"
    """
    with settings.archive() as archive, given_back():
        now = archive.fact(story, fact)
        if options["when"]:
            settle(now.kind, options)
        desk = Desk.of(archive, story)
        changes: Changes = [
            *changes_of(now, {**options, "fields": ()}, desk),
            *(_change(text) for text in options["fields"]),
        ]
        if not changes:
            raise click.UsageError("nothing to change: give the new values, as in --value 28")
        sentence = _restated(now, changes)
        if sentence and desk.questions is not None:
            from dateline.cli import asking

            asking.show(f"The sentence of {fact} still has the old number: {now.data.text}")
            asking.show(f"With the new one: {sentence}")
            if asking.confirmed("change the sentence too?", default=True):
                changes.append(("/text", sentence))
                sentence = None
        by = None if by is None else desk.entities.or_words(by, "--by")
        made = archive.correct(
            story,
            fact,
            changes,
            reason=reason,
            kind=correction,
            by=by,
            new=list(desk.entities.new.values()),
            reported=reported,
            doubts=doubting(strict_doubts),
            recorded_by=recorded_by,
        )
        adjusted = () if archive.recorded is None else archive.recorded.adjusted
    say(f"Corrected {fact}: {_shown(made)}")
    say_adjusted(adjusted)
    if sentence:
        say(
            f"The sentence of {fact} still has the old number: {now.data.text}\n  {_also(sentence)}"
        )


def _change(text: str) -> tuple[str, Callable[[object], object]]:
    """PATH=VALUE as the path and a function of the old value, since text replaces text as it is."""
    path, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text!r} is not PATH=VALUE")
    return (
        path,
        lambda was: value if isinstance(was, str) and value != "null" else parse_value(value),
    )


def _restated(fact: Fact, changes: Changes) -> str | None:
    """The fact's sentence with the new numbers, if it has the old ones and is not itself changed."""
    from dateline.cli.figures import is_number, restated
    from dateline.editing import pointer_of
    from dateline.events import pointer
    from dateline.events.registry import to_fields

    fields, text = to_fields(fact.data), None
    for given, new in changes:
        path = pointer_of(given)
        if path == "/text":
            return None
        parts = path.strip("/").split("/")
        was = pointer.get(fields, path)
        now = new(was) if callable(new) else new
        counted = parts[0] == "quantities" and parts[-1] in _NUMBERS
        if counted and is_number(was) and is_number(now):
            text = restated(text or fact.data.text, was, now) or text
    return None if text == fact.data.text else text


def _also(sentence: str) -> str:
    """The command that corrects the sentence too: as it was typed, without the values."""
    from dateline.cli.command_line import command_line

    context = click.get_current_context()
    values = [one.name for one in context.command.params if isinstance(one, FactOption)]
    return command_line(dict.fromkeys([*map(str, values), "fields"]) | {"text": sentence})


def _shown(made: Sequence[Change]) -> str:
    from dateline.events.words import changed_fields

    return "; ".join(
        f"{field}: {_json(one.was)} -> {_json(one.now)}" for field, one in changed_fields(made)
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
