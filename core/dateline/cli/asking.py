"""Asking for the missing fields of a fact, on a terminal and never in a pipe."""

from __future__ import annotations

from typing import Any

import click
from prompt_toolkit import prompt
from prompt_toolkit.completion import WordCompleter

from dateline.cli.fields import missing
from dateline.cli.picker import Picker
from dateline.errors import UnknownName
from dateline.events.state import StoryState
from dateline.recording.lookup import find_source
from dateline.text import legible_line, visible

_ENTITIES = frozenset({"subject", "object", "person"})


def complete(
    kind: str | None, kinds: tuple[str, ...], state: StoryState, options: dict[str, Any], texts: Any
) -> str:
    """Fill `options` in place by asking; returns the kind. `texts` returns the text of a source.

    Raises click.Abort on Ctrl-C.
    """
    try:
        return _complete(kind, kinds, state, options, texts)
    except (KeyboardInterrupt, EOFError):
        raise click.Abort from None


def _complete(
    kind: str | None, kinds: tuple[str, ...], state: StoryState, options: dict[str, Any], texts: Any
) -> str:
    kind = kind or _choice("kind", kinds)
    options["source"] = _source(state, options["source"])
    if not options["exact"]:
        options["exact"] = _quotations(texts(options["source"]))
    if kind == "statement" and not options["speakers"]:
        options["speakers"] = _several("speaker", state)
        options["via"] = options["via"] or _several("relayed by", state)
        options["quote"] = options["quote"] or _word_for_word(options["exact"])
    if not options["text"]:
        options["text"] = _line("the fact in your own words: ")
    for field, question in list(missing(kind, options)):
        answer = _entity(question, state) if field in _ENTITIES else _line(f"{question}: ")
        options["fields"] = (*options["fields"], f"{field}={answer}")
    if kind == "figure" and not options["quantities"]:
        options["quantities"] = _quantities(options["exact"])
    time = "said" if kind == "statement" else "valid"
    options[time] = (
        options[time] or _line(f"{time} (EDTF, empty for undated): ", empty=True) or None
    )
    return kind


def _source(state: StoryState, given: str | None) -> str:
    try:
        return find_source(state, given)
    except UnknownName as error:
        if given is not None or not state.sources:
            raise
        click.echo(visible(f"{error}\n  {error.hint}"), err=True)
        return find_source(state, _line("source: "))


def _quotations(text: str) -> tuple[Any, ...]:
    """At least one quotation, picked with the source in view."""
    found: list[Any] = []
    while True:
        picked = Picker(text, "quotation: " if not found else "another (Enter to end): ").run()
        if picked is not None:
            found.append({"role": "content", "exact": picked.exact, "start": picked.start})
            click.echo(f"“{legible_line(picked.exact)}”, from character {picked.start}", err=True)
        elif found:
            return tuple(found)


def _word_for_word(exact: tuple[Any, ...]) -> str | None:
    words = [item["exact"] for item in exact if isinstance(item, dict)]
    if words and click.confirm("are these the speaker's exact words?", default=False, err=True):
        return str(words[0])
    return None


def _quantities(exact: tuple[Any, ...]) -> tuple[str, ...]:
    measure = _line("what the figure counts: ")
    verbatim = _line("the figure as written in the source: ")
    value = _line("its value as a number (empty if the source gives only bounds): ", empty=True)
    parts = [f"measure={measure}", f"verbatim={verbatim}"]
    if value:
        parts.append(f"value={value}")
    else:
        parts += [f"lower={_line('at least: ')}", f"upper={_line('at most: ')}", "approximate=true"]
    unit = _line("unit (person, metre ...; empty for none): ", empty=True)
    return (",".join([*parts, *([f"unit={unit}"] if unit else [])]),)


def _several(question: str, state: StoryState) -> tuple[str, ...]:
    found: list[str] = []
    while True:
        more = " (Enter to end)" if question != "speaker" or found else ""
        name = _entity(f"{question}{more}", state, empty=bool(more))
        if not name:
            return tuple(found)
        found.append(name)


def _entity(question: str, state: StoryState, *, empty: bool = False) -> str:
    """An entity id, completed from the known ones; asks for the name of a new entity."""
    known = {name: entity.label for name, entity in state.entities.items()}
    completer = WordCompleter(sorted(known), meta_dict=known, match_middle=True, sentence=True)
    while True:
        name = prompt(f"{question}: ", completer=completer).strip()
        if not name and empty:
            return ""
        if name in known or "=" in name:
            return name
        if name.partition(":")[0] in ("person", "org", "place", "group") and ":" in name:
            return f"{name}={_line(f'{name} is new; what is its name? ')}"
        click.echo("an entity id starts with person:, org:, place: or group:", err=True)


def _choice(question: str, choices: tuple[str, ...]) -> str:
    completer = WordCompleter(list(choices))
    while True:
        answer = prompt(f"{question} ({', '.join(choices)}): ", completer=completer).strip()
        if answer in choices:
            return answer


def _line(question: str, *, empty: bool = False) -> str:
    while True:
        answer = prompt(question).strip()
        if answer or empty:
            return answer
