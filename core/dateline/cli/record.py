"""The command ``record``: one fact, from options, from answers on a terminal, or from JSON on stdin."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.adjusted import say_adjusted
from dateline.cli.desk import Desk
from dateline.cli.doubting import doubting, strict_doubts_option
from dateline.cli.entering import Entering
from dateline.cli.entities import on_terminal
from dateline.cli.fact_kinds import KINDS, kind_of, settle
from dateline.cli.fact_options import FactCommand, fact_options
from dateline.cli.here import STORY
from dateline.cli.options import protect_option, signed
from dateline.cli.protecting import protected, say_erased_before
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.stdout import given_back

if TYPE_CHECKING:
    from dateline.events.envelope import RecordedBy
    from dateline.recording.recorder import Recorded

EXAMPLES = {
    "statement": (
        'dateline record velm-flood -s "Brandt > NORA" -d 2024-03-04 \\',
        '"two hours before the warning did"',
    ),
    "occurrence": (
        'dateline record velm-flood -a flood -A "River Velm" -w 2024-03-04 \\',
        '"The Velm flooded Tarn." "broke over its east bank"',
    ),
    "figure": (
        'dateline record velm-flood -q "people given a bed" -w 2024-03-04 \\',
        '"640 people had been given a bed"',
    ),
    "state": (
        "dateline record velm-flood --subject vwb -r runs -o hollin-dam \\",
        '"which runs the Hollin dam"',
    ),
    "role": (
        'dateline record velm-flood --person sael --title "deputy director" \\',
        '"Its deputy director, Corvin Sael"',
    ),
    "assessment": (
        'dateline record velm-flood -c "the gate moved first" --effect "it pays" \\',
        '"The board may have to pay." "may have to ... the damage"',
    ),
}


class RecordCommand(FactCommand):
    examples, defaults = EXAMPLES, True


@click.command(cls=RecordCommand)
@click.argument("story", type=STORY)
@click.argument(
    "words", nargs=-1, metavar="[KIND] [TEXT] [WORDS]...", shell_complete=completion.kinds
)
@fact_options
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="Any other field.")
@click.option("--id", "fact", metavar="FACT", help="Its id.  [default: the next free number]")
@click.option("-e", "--edit", is_flag=True, help="Fill in a form in $VISUAL or $EDITOR.")
@click.option("--dry-run", is_flag=True, help="Check the fact without writing it.")
@strict_doubts_option
@protect_option
@signed
def record(
    settings: Settings,
    /,
    story: str,
    words: tuple[str, ...],
    edit: bool,
    dry_run: bool,
    strict_doubts: bool,
    protect: str | None,
    recorded_by: RecordedBy,
    **options: Any,
) -> None:
    """Record one fact from a source.

    KIND is statement, occurrence, figure, state, role or assessment; leave it out where the options
    decide it. TEXT and WORDS may be given in place of --text and --exact: the fact in your own words,
    and the words of the source that support it. Without TEXT, the words of the source stand for it.

    ENTITY is an id or a name of an entity of the story; an entity written ID=Label
    (person:ida-brandt="Ida Brandt") is introduced along with the fact. DATE is EDTF, or a date as people
    write it, relative to the source: "10 April 2020", Thursday.

    On a terminal, the command asks for what is missing and again where an answer is wrong, and then shows
    the fact before it is recorded; when nothing is missing, it is recorded without a question. In a pipe it asks nothing: without a fact, it reads one JSON event
    from stdin. When the fact is protected, by --protect or because its source is, the persons and groups
    that it introduces are protected too; organisations and places are not.

    \b
    Example:
      dateline record velm-flood statement --source 88dc --speaker "Ida Brandt" \\
        --via NORA --text "Brandt said the water came first." \\
        --exact "two hours before the warning did" --said 2024-03-04
      echo '{"type": "facts.linked", "from": "f2", "to": "f5", "relation": "explains"}' \\
        | dateline record velm-flood
    """
    kind = _placed(words, options)
    with settings.archive() as archive:
        call = partial(
            archive.record,
            story=story,
            recorded_by=recorded_by,
            protect=protect,
            anew=True,
            doubts=doubting(strict_doubts, dry_run=dry_run),
        )
        with given_back():
            if on_terminal() or edit or kind or _any(options):
                entering = Entering(Desk.of(archive, story), call)
                result = entering.record(kind, options, edit=edit, dry_run=dry_run)
            else:
                result = call([_from_stdin()], dry_run=dry_run)
        under = protected(result, archive.subjects())
    _report(result, under, dry_run=dry_run)


def _placed(words: tuple[str, ...], options: dict[str, Any]) -> str | None:
    """Take the text and the quotations from the words after the story; returns the kind, if it is
    given or the options decide it. Raises UsageError."""
    kind = words[0] if words and words[0] in KINDS else kind_of(options)
    rest = words[1:] if words and words[0] in KINDS else words
    if rest and rest is words and " " not in rest[0].strip():
        import difflib  # slow to import, and this is rare

        near = difflib.get_close_matches(rest[0], KINDS, 1)
        if near or kind is None:
            known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(KINDS)}"
            raise click.UsageError(f"there is no kind of fact {rest[0]!r}; {known}")
    alone = len(rest) == 1 and not options["exact"] and not options["quote"]
    if rest and not alone and not options["text"]:
        options["text"], rest = rest[0], rest[1:]
    options["exact"] = (*options["exact"], *rest)
    if kind == "statement" and options["quantities"] and kind not in words[:1]:
        say("kind: statement, since there is a speaker; write figure after the story for a figure")
    if kind is not None:
        settle(kind, options)
    return kind


def _any(options: Mapping[str, Any]) -> bool:
    """Whether any option of a fact is given."""
    return any(value not in (None, ()) for value in options.values())


def _from_stdin() -> dict[str, object]:
    from dateline.events.strict import parse

    return parse(sys.stdin.buffer.read().removeprefix(b"\xef\xbb\xbf"))


def _report(result: Recorded, under: str, *, dry_run: bool) -> None:
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
