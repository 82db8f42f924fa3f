"""Questions on a terminal. A wrong answer is asked about again; ^C raises KeyboardInterrupt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import click
from prompt_toolkit import prompt
from prompt_toolkit.completion import WordCompleter

from dateline.cli.terminal.messages import wrapped
from dateline.errors import DatelineError
from dateline.events.state import StoryState
from dateline.recording.lookup import described, find_source, quotable
from dateline.recording.naming import letters
from dateline.text import legible_line

T = TypeVar("T")
Choices = Sequence[tuple[T, str]]


def show(text: str) -> None:
    """Print a line about a question, on stderr."""
    click.echo(wrapped(legible_line(text), sys.stderr), err=True)


def line(question: str, *, default: str = "", empty: bool = False) -> str:
    """A line of text; with `empty`, it may be left out."""
    while True:
        answer = prompt(f"{question}: ", default=default).strip()
        if answer or empty:
            return answer


def checked(question: str, read: Callable[[str], T], *, default: str = "") -> T | None:
    """What `read` makes of an answer; None if it is left out. Asks again for what it refuses."""
    while answer := line(question, default=default, empty=True):
        try:
            return read(answer)
        except (DatelineError, click.UsageError) as error:
            hint = getattr(error, "hint", None)
            message = error.message if isinstance(error, click.UsageError) else str(error)
            show(f"  {message}{f' ({hint})' if hint else ''}")
            default = answer
    return None


def confirmed(question: str, *, default: bool) -> bool:
    answers = {"y": True, "yes": True, "n": False, "no": False, "": default}
    while True:
        answer = prompt(f"{question} [{'Y/n' if default else 'y/N'}]: ").strip().lower()
        if answer in answers:
            return answers[answer]


def choice(question: str, choices: Choices[T], *, default: int | None = None) -> T:
    """One of a numbered list, by its number or by the start of its words. Enter takes `default`."""
    for number, (_, words) in enumerate(choices, 1):
        show(f"  {number}  {words}")
    chosen = f" [{default}]" if default else ""
    completer = WordCompleter([words for _, words in choices], sentence=True, ignore_case=True)
    while True:
        answer = prompt(f"{question}{chosen}: ", completer=completer).strip()
        if not answer and default:
            return choices[default - 1][0]
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return choices[int(answer) - 1][0]
        wanted = letters(answer)
        names = [letters(words.partition(":")[0]) for _, words in choices]
        found = [value for name, (value, _) in zip(names, choices, strict=True) if name == wanted]
        found = found or [
            value for value, words in choices if wanted and letters(words).startswith(wanted)
        ]
        if len(found) == 1:
            return found[0]
        show(f"  type a number from 1 to {len(choices)}")


def date(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """Which of the dates is meant by `text`; its EDTF. Raises UsageError if it is neither."""
    show(f"{text!r} can mean two dates:")
    listed = [(edtf, f"{edtf}, {words}") for edtf, words in choices]
    chosen = choice("which", [*listed, ("", "neither")])
    if not chosen:
        raise click.UsageError("give the date in other words, or in EDTF: 2024-03-04")
    return chosen


def source(state: StoryState) -> str:
    """The id of a source, from a numbered list; found by number, hash, title or publisher."""
    names = quotable(state)
    listed = {name: described(state, name) for name in names}
    for number, words in enumerate(listed.values(), 1):
        show(f"  {number}  {words}")
    completer = WordCompleter(
        list(listed.values()), sentence=True, ignore_case=True, match_middle=True
    )
    while True:
        answer = line_with(f"source (1-{len(names)}, or part of its id or title)", completer)
        if answer == ".":
            return names[-1]
        if answer.isdecimal() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        wanted = letters(answer)
        found = [name for name, words in listed.items() if wanted and wanted in letters(words)]
        if len(found) == 1:
            return found[0]
        try:
            return find_source(state, answer)
        except DatelineError as error:
            show(f"  {error}")


def line_with(question: str, completer: WordCompleter) -> str:
    while not (answer := prompt(f"{question}: ", completer=completer).strip()):
        pass
    return answer
