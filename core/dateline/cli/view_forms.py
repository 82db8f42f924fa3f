"""The forms of views, and asking which one a new view should have."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import click

from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import given_back


@dataclass(frozen=True, slots=True)
class Form:
    """``base`` is the class of `dateline.plugin` that a view of this form extends, ``writes`` the method
    that its author writes, and ``example`` what the generated view shows."""

    name: str
    base: str
    writes: str
    example: str


FORMS = {
    form.name: form
    for form in (
        Form(
            "fact",
            "FactView",
            "rows(fact): the rows of one fact, in its present state",
            "one row for each fact, with its kind, its first day and the number of its words",
        ),
        Form(
            "entity",
            "EntityView",
            "rows(entity): of a person, organisation, place or group, with the facts that name it",
            "one row for each entity, with its name and the number of its facts",
        ),
        Form(
            "source",
            "SourceView",
            "rows(source): of a captured source, with the facts drawn from it",
            "one row for each source, with its title, whether it was withdrawn, and the number of its facts",
        ),
        Form(
            "event",
            "EventView",
            "rows(event): an event's own rows, which no later event changes",
            "one row for each field that a correction changed, with the reason",
        ),
        Form(
            "story",
            "StoryView",
            "rows(story): a few rows about the whole story",
            "one row for each kind of fact in a story, with their number",
        ),
        Form(
            "fold",
            "View",
            "fold(event, rows): folds events into rows by key, where their order matters",
            "one row for each fact, with the number of events about it and the last of them",
        ),
    )
}
#: What most views are.
DEFAULT = FORMS["fact"]


def choose() -> Form:
    """Ask on a terminal which form the view has. In a pipe it is the default, and a message says so."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say(f"The view has the form {DEFAULT.name} ({DEFAULT.base}); --form chooses another.")
        return DEFAULT
    say("What is one row of the view about?")
    for number, form in enumerate(FORMS.values(), 1):
        say(f"  {number}  {form.name:8}{form.base}, {form.writes}")
    with given_back():
        return click.prompt("Number or name", default=DEFAULT.name, value_proc=_form_of, err=True)


def _form_of(answer: str) -> Form:
    for number, form in enumerate(FORMS.values(), 1):
        if answer.strip().lower() in (str(number), form.name, form.base.lower()):
            return form
    raise click.UsageError(f"answer with a number from 1 to {len(FORMS)}, or with a name")
