"""The details of a document, confirmed or changed on a terminal before they are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from prompt_toolkit import prompt

from dateline.capture.details import DETAILS, Details, named_publisher, words
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import given_back
from dateline.events.edtf import parse
from dateline.text import visible

_HELP = "Enter records them, a number changes one, q cancels"


def confirmed(details: Details) -> Mapping[str, Any]:
    """Show the details and ask about them until they are confirmed; returns what to record. Details that
    options gave are shown too and can be changed.

    When the answer is q, the command ends with exit code 1. Raises click.Abort on Ctrl-C and at the end
    of the input. Then nothing is written.
    """
    values = dict(details.values)
    for note in details.notes:
        say(note)
    try:
        with given_back():
            return _asked(values, details)
    except (KeyboardInterrupt, EOFError):
        raise click.Abort from None


def _asked(values: dict[str, Any], details: Details) -> Mapping[str, Any]:
    while True:
        _show(values, details.taken)
        answer = prompt(f"{_HELP}: ").strip().lower()
        if answer in ("q", "quit"):
            say("Nothing was captured.")
            raise click.exceptions.Exit(1)
        if answer in map(str, range(1, len(DETAILS) + 1)):
            _change(DETAILS[int(answer) - 1], values, details)
        elif answer not in ("", "y", "yes"):
            say(f"{answer!r} is none of these numbers.")
        elif values.get("publisher"):
            return values
        else:
            say("Its publisher is missing.")
            _change("publisher", values, details)


def _show(values: Mapping[str, Any], taken: frozenset[str]) -> None:
    say("The document:")
    for number, key in enumerate(DETAILS, 1):
        value = words(key, values[key]) if values.get(key) else "-"
        say(f"  {number} {key:<9}  {value}{'  (its own)' if key in taken else ''}")


def _change(key: str, values: dict[str, Any], details: Details) -> None:
    """Ask for one detail until the answer is valid; an empty answer removes it."""
    before = values.get(key) or ""
    hint = {"byline": " (names separated by ;)", "published": " (like 2024-05-06)"}.get(key, "")
    default = "; ".join(before) if isinstance(before, list | tuple) else before
    if visible(default) != default:  # a prompt shows what is to be edited unchanged
        say(f"{key} has characters that are not shown here: write it without them.")
        default = ""
    while True:
        answer = prompt(f"{key}{hint}: ", default=default).strip()
        try:
            values[key] = _understood(key, answer, details)
            return
        except ValueError as error:
            say(str(error))
            default = answer


def _understood(key: str, answer: str, details: Details) -> Any:
    """The value that an answer means; None if it is empty. Raises ValueError."""
    if not answer:
        return None
    if key == "byline":
        return [name for part in answer.split(";") if (name := part.strip())]
    if key == "published":
        parse(answer)
    if key == "publisher":
        found = named_publisher(answer, details.entities)
        if found is None:
            raise ValueError('an id needs Latin letters or digits: write org:ID="Its name"')
        return found
    return answer
