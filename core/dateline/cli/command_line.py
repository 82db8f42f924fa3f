"""The command line of the running command, to paste: as it was typed, with some values changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import click
from click.core import ParameterSource

from dateline.cli.fields import date_text, evidence_item, quoted
from dateline.events.acts import short

#: What may stand around a name inside the value of an option: a field, a chain, or a role.
_EDGE = r"(?:^|(?<=[>›=])\s*){}(?=\s*(?:[>›:]|$))"


def command_line(changed: Mapping[str, Any] | None = None) -> str:
    """The running command with the options and arguments that were typed, quoted for a shell. `changed`
    has values to put in their place, by parameter; None leaves one out."""
    context = click.get_current_context()
    above: list[click.Context] = []
    while context.parent is not None:
        above.append(context)
        context = context.parent
    words = ["dateline", *_words(context, {})]
    for inner in reversed(above):
        own = changed or {} if inner is above[0] else {}
        words += [str(inner.info_name), *_words(inner, own)]
    return " ".join(words)


def retyped(option: str, given: str, instead: str) -> str:
    """The running command with `instead` for what was `given` as `option`, or as another option that has
    the same meaning. If nothing was given, the option is added; if it was given in another way, only the
    option is returned."""
    context = click.get_current_context()
    typed = {one.name: context.params.get(str(one.name)) for one in _typed(context)}
    first = [one.name for one in context.command.params if option in one.opts]
    names = [name for name in dict.fromkeys([*first, *typed]) if typed.get(name) is not None]
    for same in (given, re.compile(_EDGE.format(re.escape(given)))) if given else ():
        for name in names:
            value = typed[name]
            held = list(value) if isinstance(value, tuple) else [value]
            for at, one in enumerate(held):
                if one == same or (isinstance(same, re.Pattern) and same.search(str(one))):
                    now = instead if one == same else _within(str(one), same, instead)
                    several = (*held[:at], now, *held[at + 1 :])
                    return command_line({str(name): several if isinstance(value, tuple) else now})
    if given or not first:
        return f"{option} {quoted(instead)}"
    default = context.params.get(str(first[0]))
    return command_line(
        {str(first[0]): (*default, instead) if isinstance(default, tuple) else instead}
    )


def _within(value: str, same: Any, instead: str) -> str:
    return str(same.sub(lambda found: _gap(found[0]) + instead, value, count=1))


def _gap(found: str) -> str:
    return found[: len(found) - len(found.lstrip())]


def _typed(context: click.Context) -> list[click.Parameter]:
    """The parameters that were given on the command line."""
    return [
        one
        for one in context.command.params
        if one.name and context.get_parameter_source(one.name) is ParameterSource.COMMANDLINE
    ]


def _words(context: click.Context, changed: Mapping[str, Any]) -> Iterator[str]:
    """The words of one command after its name: its arguments, then its options."""
    typed = _typed(context)
    values = [
        (one, changed[one.name] if one.name in changed else context.params.get(one.name))
        for one in context.command.params
        if one.name and (one.name in changed or one in typed)
    ]
    arguments = [
        word for one, value in values if isinstance(one, click.Argument) for word in _texts(value)
    ]
    if any(word.startswith("-") for word in arguments):
        for one, value in values:
            yield from _option(one, value)
        yield from ("--", *map(quoted, arguments))
        return
    yield from map(quoted, arguments)
    for one, value in values:
        yield from _option(one, value)


def _option(option: click.Parameter, value: Any) -> Iterator[str]:
    if not isinstance(option, click.Option):
        return
    if isinstance(value, bool):
        names = option.opts if value else option.secondary_opts
        yield from (name for name in names[-1:] if name.startswith("--"))
        return
    name = next((one for one in option.opts if one.startswith("--")), option.opts[0])
    for text in _texts(value):
        if option.name == "source":
            text = short(text)
        yield from (name, quoted(_without_password(text) if option.name == "db" else text))


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, tuple) else (value,):
        if one not in (None, ""):
            yield _text(one)


def _text(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "edtf" in value:
        return date_text(value)
    start = f"@{value['start']}" if "start" in value else ""
    words = f"{value['exact']}{start}"
    return words if evidence_item(words) == value else f"{value['role']}:{words}"


def _without_password(db: str) -> str:
    if "://" not in db:
        return db
    from dateline.log.engine import shown, to_url

    return shown(to_url(db))
