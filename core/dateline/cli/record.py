"""The command ``record``: one fact, from options or from JSON on stdin."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.adjusted import say_adjusted
from dateline.cli.fields import evidence_item, keyed, lacks, parse_value
from dateline.cli.options import protect_option, signed
from dateline.cli.protecting import protected, say_erased_before
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.stdout import data, given_back

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.events.envelope import RecordedBy
    from dateline.events.state import StoryState
    from dateline.recording.line import Line

_ENTITY_FIELDS = frozenset({"subject", "object", "person", "organization", "appointed_by"})
KINDS = ("statement", "occurrence", "figure", "state", "role", "assessment")


@click.command()
@click.argument("story", shell_complete=completion.stories)
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--text", help="The fact in your own words.")
@click.option(
    "--source",
    metavar="ID",
    shell_complete=completion.sources,
    help="Its source: sha256:..., or a unique part from the start of the hash.",
)
@click.option(
    "--exact",
    multiple=True,
    metavar="[ROLE:]WORDS[@START]",
    help="The words of the source that support it; Dateline finds their position. Role: content, figure, time ... Give START when the words occur more than once.",
)
@click.option("--speaker", "speakers", multiple=True, metavar="ENTITY", help="Who said it.")
@click.option(
    "--to", "addressees", multiple=True, metavar="ENTITY", help="Whom the speaker addressed."
)
@click.option("--via", multiple=True, metavar="ENTITY", help="Who relayed it to the publisher.")
@click.option("--act", help="The verb: say, deny, propose ...")
@click.option("--quote", help="The quotation, word for word.")
@click.option("--said", metavar="EDTF", help="When it was said.")
@click.option("--valid", metavar="EDTF", help="When it held or happened.")
@click.option(
    "--place", "places", multiple=True, metavar="ENTITY[:ROLE]", help="Where it happened."
)
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    metavar="KEY=VALUE,...",
    help="A quantity: measure, verbatim, and value, of, lower, upper, unit, approximate ...",
)
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="Any other field.")
@click.option("--id", "fact", metavar="FACT", help="Its id.  [default: the next free number]")
@click.option("--dry-run", is_flag=True, help="Check the fact without writing it.")
@protect_option
@signed
def record(
    settings: Settings,
    /,
    story: str,
    kind: str | None,
    dry_run: bool,
    protect: str | None,
    recorded_by: RecordedBy,
    **options: Any,
) -> None:
    """Record one fact from a source.

    An entity written ID=Label (person:ida-brandt="Ida Brandt") is introduced along with the fact.
    On a terminal, the command asks for missing fields and finds the quotation in the source as you
    type it. In a pipe it asks nothing: without KIND, it reads one JSON event from stdin. When the
    fact is protected, by --protect or because its source is, the persons and groups that it
    introduces are protected too; organisations and places are not.

    \b
    Example:
      dateline record velm-flood statement --source 88dc --speaker person:ida-brandt \\
        --via org:nora --text "Brandt said the water came first." \\
        --exact "two hours before the warning did" --said 2024-03-04
      echo '{"type": "facts.linked", "from": "f2", "to": "f5", "relation": "explains"}' \\
        | dateline record velm-flood
    """
    with settings.archive() as archive:
        state = archive.state(story, facts=())
        if sys.stdin.isatty() and data().isatty() and lacks(kind, options):
            with given_back():
                kind = ask_for_missing(kind, archive, state, options)
        lines: list[Line | dict[str, Any]]
        lines = _from_options(kind, state, options) if kind else [_from_stdin()]
        result = archive.record(
            lines,
            story=story,
            recorded_by=recorded_by,
            dry_run=dry_run,
            protect=protect,
            anew=True,
        )
        under = protected(result, archive.subjects())
    if dry_run:
        say(f"No errors found; nothing was written (--dry-run){under}.")
    elif result.facts:
        say(f"Recorded {', '.join(result.facts)} at position {result.positions[-1]}{under}.")
    elif not result.new:
        say("Already recorded; nothing was added.")
    else:
        say(f"Recorded {counted(result.new, 'event')}{under}.")
    say_adjusted(result.adjusted)
    if not dry_run:
        say_erased_before(result)


def ask_for_missing(
    kind: str | None, archive: Archive, state: StoryState, options: dict[str, Any]
) -> str:
    """Ask for the fields that are missing; returns the kind."""
    from dateline.cli.asking import complete

    def text_of(source: str) -> str:
        document = archive.document(source)
        return "" if document is None else document.text

    return complete(kind, KINDS, state, options, text_of)


def _from_stdin() -> dict[str, object]:
    from dateline.events.strict import parse

    return parse(sys.stdin.buffer.read().removeprefix(b"\xef\xbb\xbf"))


def _from_options(
    kind: str, state: StoryState, options: dict[str, Any]
) -> list[Line | dict[str, Any]]:
    if not options["text"] or not options["exact"]:
        raise click.UsageError("a fact needs --text, and --exact with the words that support it")
    spoken = [name for name in ("quote", "addressees", "act") if options[name]]
    if kind != "statement" and spoken:
        option = {"addressees": "to"}.get(spoken[0], spoken[0])
        raise click.UsageError(f"--{option} is only for statements")
    from dateline.editing import pointer_of
    from dateline.events import pointer
    from dateline.recording.introductions import introductions
    from dateline.recording.lookup import find_source

    source = find_source(state, options["source"])
    named = [*options["speakers"], *options["addressees"], *options["via"], *options["places"]]
    named += [field.partition("=")[2] for field in options["fields"] if _names_entity(field)]
    line: dict[str, Any] = {
        "type": f"{kind}.recorded",
        "text": options["text"],
        "source": source,
        "evidence": [
            text if isinstance(text, dict) else evidence_item(text) for text in options["exact"]
        ],
        "attribution": _chain(options, state.sources[source].publisher),
    }
    if options["fact"]:
        line["fact"] = options["fact"]
    times = {
        name: {"edtf": options[name]} for name in ("said", "valid") if options[name] is not None
    }
    if times:
        line["times"] = times
    if options["places"]:
        line["places"] = [_place(text) for text in options["places"]]
    if options["quantities"]:
        line["quantities"] = [keyed(text) for text in options["quantities"]]
    if kind == "statement":
        line |= _statement(options)
        if options["quote"] and options["quote"] not in [
            item["exact"] for item in line["evidence"]
        ]:
            line["evidence"].append({"role": "quote", "exact": options["quote"]})
    for text in options["fields"]:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--set {text!r} is not FIELD=VALUE")
        pointer.put(
            line, pointer_of(name), _id(value) if _names_entity(text) else parse_value(value)
        )
    return [*introductions(named, state), line]


def _statement(options: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"speakers": [_id(name) for name in options["speakers"]]}
    if options["addressees"]:
        fields["addressees"] = [_id(name) for name in options["addressees"]]
    if options["act"]:
        fields["act"] = options["act"]
    if options["quote"]:
        fields |= {"quote": options["quote"], "mode": "direct"}
    return fields


def _chain(options: dict[str, Any], publisher: str) -> list[dict[str, Any]]:
    """Origin › relays › publisher, from --speaker and --via."""
    steps = [{"agent": _id(name), "role": "origin"} for name in options["speakers"][:1]]
    steps += [{"agent": _id(name), "role": "relay"} for name in options["via"]]
    if options["act"] and steps:
        steps[0]["act"] = options["act"]
    return [*steps, {"agent": publisher, "role": "publisher"}]


def _place(text: str) -> dict[str, str]:
    entity, _, role = _id(text).rpartition(":")
    if ":" in entity:
        return {"place": entity, "role": role}
    return {"place": _id(text), "role": "location"}


def _names_entity(field: str) -> bool:
    """Whether a field holds an entity's id: ``subject=person:x`` or ``subject=person:x=Label``."""
    name, _, value = field.partition("=")
    return name in _ENTITY_FIELDS and value.startswith(("person:", "org:", "place:", "group:"))


def _id(name: str) -> str:
    return name.partition("=")[0]
