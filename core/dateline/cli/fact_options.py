"""The options that describe a fact, which ``record`` and ``correct`` share, and their help by kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from dateline.cli import completion
from dateline.cli.fact_kinds import STATUSES

F = TypeVar("F", bound=Callable[..., Any])
#: The sections of the help, each with its heading.
SECTIONS = {
    "any": "Any fact",
    "statement": "A statement: somebody said something",
    "occurrence": "An occurrence: something happened, or is planned",
    "figure": "A figure: a number; other facts may have one too",
    "state": "A state: a relation between two things",
    "role": "A role: a person held an office",
    "assessment": "An assessment: a judgement of the source itself",
}


class Number(click.ParamType[int | float]):
    """A number; commas or spaces may divide its thousands: 1670, 1,670, 16.5."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: click.Context | None) -> int | float:
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        found = number(value)
        if found is None:
            self.fail(f"{value!r} is not a number", param, ctx)
        return found


def number(text: str) -> int | float | None:
    """The number that `text` states; None if it is none."""
    plain = text.strip()
    if re.fullmatch(r"[-+]?\d{1,3}([,_ \u00a0\u202f]\d{3})+(\.\d+)?", plain):
        plain = re.sub(r"[,_ \u00a0\u202f]", "", plain)
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?", plain, re.ASCII):
        return None
    return float(plain) if "." in plain else int(plain)


class FactOption(click.Option):
    """An option that is listed in one section of the help."""

    def __init__(self, *args: Any, section: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.section = section


class FactCommand(click.Command):
    """A command with `fact_options`, whose help lists them by kind, each kind with an example."""

    #: For each kind, the lines of an example.
    examples: Mapping[str, tuple[str, ...]] = {}
    #: Whether options that are left out have defaults, which the help names.
    defaults = False

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {name: [] for name in SECTIONS}
        other: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                section = getattr(param, "section", None)
                if section is not None and not self.defaults:
                    record = (record[0], record[1].partition("  [default: ")[0])
                (other if section is None else sections[section]).append(record)
        for name, records in sections.items():
            with formatter.section(SECTIONS[name]):
                formatter.write_dl(records)
                for at, line in enumerate(self.examples.get(name, ())):
                    formatter.write(f"{'' if at else chr(10)}    {'  ' if at else ''}{line}\n")
        with formatter.section("Other options"):
            formatter.write_dl(other)


def _option(section: str, *names: str, **more: Any) -> Callable[[F], F]:
    return click.option(*names, cls=FactOption, section=section, **more)


def _entity(section: str, *names: str, help: str, **more: Any) -> Callable[[F], F]:
    given = {"metavar": "ENTITY", "shell_complete": completion.entities, **more}
    return _option(section, *names, help=help, **given)


_NUMBER = Number()
_OPTIONS: tuple[Callable[[F], F], ...] = (
    _option("any", "-t", "--text", help="The fact in your own words.  [default: the words of the source]"),
    _option(
        "any", "-x", "--exact", multiple=True, metavar="[ROLE:]WORDS[@START]",
        help="Words of the source that support it; FIRST ... LAST for a long passage. Role: content, "
        "figure, time ... Give START when the words occur more than once.",
    ),
    _option(
        "any", "-S", "--source", metavar="ID", shell_complete=completion.sources,
        help="A unique part from the start of its hash, its publisher or title, or . for the last one "
        "captured.  [default: the newest version of the one document that has the words]",
    ),
    _entity(
        "any", "-v", "--via", multiple=True,
        help="Who relayed it to the publisher; may be repeated.",
    ),
    _option(
        "any", "-w", "--when", metavar="DATE",
        help="When it was said, for a statement; else when it held or happened. Write . for the date that "
        "the quotation has.",
    ),
    _option("any", "--valid", metavar="DATE", help="When it held or happened."),
    _entity(
        "any", "-p", "--place", "places", multiple=True, metavar="ENTITY[:ROLE]",
        help="Where it happened.",
    ),
    _option("any", "--note", help="A note for readers of the record."),
    _entity(
        "statement", "-s", "--speaker", "speakers", multiple=True, metavar="ENTITY[ > ENTITY...]",
        help="Who said it, and after > who relayed it. Other kinds: the origin of the report.",
    ),
    _entity("statement", "--to", "addressees", multiple=True, help="Whom the speaker addressed."),
    _option("statement", "--act", help="The verb: say, deny, propose ..."),
    _option("statement", "--quote", help="The quotation, word for word."),
    _option("statement", "-d", "--said", metavar="DATE", help="When it was said."),
    _option("assessment", "-c", "--condition", help="What it depends on; also for statements."),
    _option("assessment", "--effect", help="What follows."),
    _option("occurrence", "-a", "--action", help="What happened, as a verb: sink, evacuate ..."),
    _entity(
        "occurrence", "-A", "--actor", "actors", multiple=True, metavar="ENTITY[:ROLE]",
        help="Who took part. Role: agent (the default), patient, vessel ...",
    ),
    _option("occurrence", "--status", type=click.Choice(STATUSES), help="Whether it happened."),
    _option(
        "figure", "-q", "--quantity", "quantities", multiple=True, metavar="QUANTITY",
        help="A quantity: '143 of 193 passengers ashore', 'about forty homes', '20-30 boats'; only "
        "what is counted, 'passengers ashore', if the quotation has the number; or KEY=VALUE,... with measure, verbatim, value, of, lower, upper, unit, approximate ...",
    ),
    _option("figure", "-m", "--measure", help="What is counted: deaths, homes flooded ..."),
    _option("figure", "-n", "--value", type=_NUMBER, help="The number."),
    _option("figure", "--of", type=_NUMBER, help="The whole that it is a part of."),
    _option("figure", "--lower", type=_NUMBER, help="At least this many."),
    _option("figure", "--upper", type=_NUMBER, help="At most this many."),
    _option("figure", "-u", "--unit", help="person, metre ..."),
    _option(
        "figure", "--verbatim",
        help="The figure as the source writes it.  [default: found in the quotation]",
    ),
    _option(
        "figure", "--approximate/--precise", default=None, help="Whether the source says about.",
    ),
    _option("figure", "--as-of", metavar="DATE", help="The day that the count is from."),
    _option(
        "figure", "--cumulative/--not-cumulative", default=None,
        help="Whether it is a running total.",
    ),
    _entity("state", "--subject", help="What the relation starts from."),
    _option("state", "-r", "--relation", help="The relation: controls, part of ..."),
    _entity("state", "-o", "--object", help="What it leads to."),
    _entity("role", "--person", help="Who held it."),
    _option("role", "--title", help="The title of the role."),
    _entity("role", "--organization", help="Where."),
    _entity("role", "--appointed-by", help="Who appointed them."),
)  # fmt: skip


def fact_options(command: F) -> F:
    """The options of a fact, which the command gets as keyword arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
