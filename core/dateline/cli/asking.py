"""Questions on a terminal. A wrong answer is asked about again; ^C raises KeyboardInterrupt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

import click
from prompt_toolkit import prompt
from prompt_toolkit.completion import WordCompleter

from dateline.cli.fields import split_role
from dateline.errors import DatelineError
from dateline.events.state import StoryState
from dateline.recording.lookup import described, find_source, quotable
from dateline.recording.naming import KINDS, is_id, letters, matching, proposed_id, similar
from dateline.text import legible_line

T = TypeVar("T")
Choices = Sequence[tuple[T, str]]
_PREFIX = {kind: prefix for prefix, kind in KINDS.items()}


def show(text: str) -> None:
    """Print a line about a question, on stderr."""
    click.echo(legible_line(text), err=True)


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


class EntityQuestions:
    """Asks for entities of a story: finds them as they are typed and proposes new ones.

    Answers are ids, or ``ID=Label`` for a new entity; a role that was typed stays behind a colon.
    """

    def __init__(self, state: StoryState) -> None:
        self._state = state
        self._new: dict[str, str] = {}
        #: What was typed for an entity, while it is not clear yet which one that is.
        self.unsettled = ""

    def one(self, question: str, kinds: Collection[str], *, empty: bool = False) -> str:
        """One entity; with `empty`, it may be left out."""
        known = {entity.label: name for name, entity in self._state.entities.items()}
        known |= {name: entity.label for name, entity in self._state.entities.items()}
        known |= {given.partition("=")[2]: given for given in self._new.values()}
        completer = WordCompleter(
            list(known), meta_dict=known, match_middle=True, sentence=True, ignore_case=True
        )
        while True:
            answer = prompt(f"{question}: ", completer=completer).strip()
            if not answer:
                if empty:
                    return ""
                continue
            self.unsettled = answer
            found = self.meant(answer, kinds)
            self.unsettled = ""
            if found is not None:
                return found

    def several(
        self, question: str, kinds: Collection[str], *, empty: bool = True
    ) -> Iterator[str]:
        """Entities, until none is typed; without `empty` at least one."""
        end = empty
        while name := self.one(f"{question}{' (Enter to end)' if end else ''}", kinds, empty=end):
            yield name
            end = True

    def meant(self, answer: str, kinds: Collection[str]) -> str | None:
        """The entity that an answer names, which may be new; None to ask again."""
        entity, equals, _ = answer.partition("=")
        if equals and is_id(entity):
            self._new[entity] = answer
            return answer
        name, role = split_role(answer)
        suffix = f":{role}" if role else ""
        for new in self._new.values():
            if letters(name) in (letters(new.partition("=")[2]), letters(new.partition("=")[0])):
                return new + suffix
        found = matching(self._state, name, kinds, surnames=True)
        if len(found) == 1:
            show(f"  {found[0].entity}, {found[0].label}")
            return found[0].entity + suffix
        near = found or similar(self._state, name)
        choices: list[tuple[str | None, str]] = [
            (one.entity, f"{one.entity}, {one.label}") for one in near
        ]
        if found:
            show(f"{name!r} fits several:")
            choices += [(None, "none of these")]
            chosen = choice("which", choices)
        else:
            show(f"{name!r} is new in this story.")
            choices += [("", "introduce it"), (None, "type it again")]
            chosen = choice("which", choices, default=None if near else 1)
        if chosen == "":
            chosen = self.introduced(name, kinds)
        return None if chosen is None else chosen + suffix

    def introduced(self, name: str, kinds: Collection[str]) -> str:
        """``ID=Label`` of a new entity; its kind and id are proposed."""
        label = name
        if is_id(name):
            start, label = name, line(f"the name of {name}")
        else:
            ordered = list(dict.fromkeys([*kinds, *_PREFIX]))
            kind = choice("kind", [(one, one) for one in ordered], default=1)
            start = proposed_id(self._state, name, kind) or f"{_PREFIX[kind]}:"
            start = self._id(start, kind)
        self._new[start] = f"{start}={label}"
        return self._new[start]

    def _id(self, proposed: str, kind: str) -> str:
        prefix = f"{_PREFIX[kind]}:"
        while True:
            tail = line("its id", default=proposed).removeprefix(prefix)
            found = proposed_id(self._state, tail, kind)
            if found is not None:
                return found

    def ask(self, given: str, option: str, kinds: Collection[str]) -> str:
        """Which entity an option names that fits none or several."""
        show(f"{option} {given}")
        found = self.meant(given, kinds)
        return found or self.one(option, kinds)
