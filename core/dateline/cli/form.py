"""A fact as a form in an editor: one field a line, in the INI format, so that nothing needs quotes."""

from __future__ import annotations

import configparser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from dateline.cli.fact_kinds import KINDS, MEANING, OF, QUANTITY, REQUIRED, Incomplete, flag
from dateline.cli.fields import date_text
from dateline.text import legible

FIELDS = (
    "text", "exact", "source", "speakers", "via", "addressees", "act", "quote", "condition", "effect",
    "action", "actors", "status", "subject", "relation", "object", "person", "title", "organization",
    "appointed_by", "said", "valid", "places", "quantities", "as_of", "cumulative", "note",
)  # fmt: skip
SEVERAL = ("exact", "speakers", "via", "addressees", "actors", "places", "quantities")
_MORE = {
    "source": "the start of its id; empty for the one source that has the words",
    "via": "who relayed it", "addressees": "whom the speaker addressed", "act": "say, deny ...",
    "quote": "the quotation, word for word", "said": "when it was said: a date",
    "valid": "when it held or happened: a date", "places": "where: ENTITY or ENTITY:ROLE",
    "quantities": "as in 143 of 193 passengers ashore", "actors": "who took part: ENTITY or ENTITY:ROLE",
    "status": "happened, ongoing, planned or cancelled", "organization": "where the role was held",
    "appointed_by": "who appointed them", "condition": "what it depends on",
    "as_of": "the day that the count is from", "cumulative": "yes for a running total",
    "note": "for readers of the record",
}  # fmt: skip
_INTRO = """\
# Save and close to record this fact. Leave the form as it is, or empty it, to record nothing.
# Lines that start with # are ignored. Further lines of a field are indented; a field that may have
# several values takes one a line. Entities are ids or names; person:ida-brandt=Ida Brandt is new.
"""
_YES = {"yes": True, "true": True, "no": False, "false": False}


def form(kind: str, options: Mapping[str, Any], errors: Sequence[str], text: str) -> str:
    """The form of a fact, with what is known, what was wrong, and the text of its source below."""
    lines = [_INTRO]
    if errors:
        lines += [
            "# Not recorded yet:",
            *(f"#   {one}" for error in errors for one in error.split("\n")),
            "",
        ]
    lines.append(f"[{kind}]")
    for name in FIELDS:
        if kind in OF.get(name, (kind,)):
            needed = " (required)" if name in ("exact", *REQUIRED[kind]) else ""
            several = "; one a line" if name in SEVERAL else ""
            lines.append(f"# {MEANING.get(name) or _MORE[name]}{several}{needed}")
            lines.append(f"{flag(name)[2:]} ={''.join(_values(options, name))}")
    if text:
        lines += ["", "# The source:", *(f"#   {line}" for line in legible(text).splitlines())]
    return "\n".join(lines) + "\n"


def _values(options: Mapping[str, Any], name: str) -> Iterator[str]:
    """The values of a field, as they follow its name."""
    value = options.get(name)
    values: Iterable[Any] = value if isinstance(value, tuple) else (value,)
    texts = [_shown(one) for one in values if one not in (None, "")]
    if name == "quantities" and any(options[one] is not None for one in QUANTITY):
        given = {one: options[one] for one in QUANTITY if options[one] is not None}
        texts.append(",".join(f"{key}={_shown(one)}" for key, one in given.items()))
    yield from ([f" {texts[0]}"] if len(texts) == 1 else (f"\n    {text}" for text in texts))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and "edtf" in value:
        return date_text(value)
    if isinstance(value, dict):
        plain = value["role"] == "content" and not value["exact"].startswith("#")
        role = "" if plain else f"{value['role']}:"
        value = f"{role}{value['exact']}" + (f"@{value['start']}" if "start" in value else "")
    return " ".join(str(value).split())


def read(text: str) -> tuple[str, dict[str, Any]]:
    """The kind and the options that a form states. Raises UsageError."""
    parser = configparser.ConfigParser(
        interpolation=None, delimiters=("=",), comment_prefixes=("#",), empty_lines_in_values=False
    )
    try:
        parser.read_string(text, "the form")
    except configparser.Error as error:
        raise click.UsageError(f"the form cannot be read: {error}") from None
    if len(parser.sections()) != 1 or parser.sections()[0] not in KINDS:
        raise click.UsageError(
            f"the form needs one heading, such as [statement]: {', '.join(KINDS)}"
        )
    kind = parser.sections()[0]
    fields = {flag(name)[2:]: name for name in FIELDS}
    options: dict[str, Any] = {name: () if name in SEVERAL else None for name in fields.values()}
    options |= dict.fromkeys(QUANTITY)
    for given, value in parser[kind].items():
        if given not in fields:
            raise click.UsageError(f"there is no field {given!r}; there are {', '.join(fields)}")
        name, value = fields[given], value.strip()
        if name in SEVERAL:
            options[name] = tuple(line.strip() for line in value.split("\n") if line.strip())
        elif value:
            options[name] = " ".join(value.split())
    if options["cumulative"] is not None:
        options["cumulative"] = _yes(options["cumulative"])
    return kind, options


def _yes(text: str) -> bool:
    if text.lower() not in _YES:
        raise Incomplete(f"cumulative is yes or no, not {text!r}", "cumulative")
    return _YES[text.lower()]


def edited(
    kind: str, options: Mapping[str, Any], errors: Sequence[str], text: str
) -> tuple[str, dict[str, Any]] | None:
    """The kind and the options after a person edited the form in ``$VISUAL`` or ``$EDITOR``; None if it
    was left unchanged or empty. A form that cannot be read is opened again."""
    shown = form(kind, options, errors, text)
    while True:
        now = click.edit(shown, extension=".ini", require_save=True)
        if now is None or now == shown or not _stated(now):
            return None
        try:
            return read(now)
        except click.UsageError as error:
            told = f"# {' '.join(error.message.split())}\n"
            shown = told + now.removeprefix(told)


def _stated(text: str) -> bool:
    return any(line.strip() and not line.startswith("#") for line in text.splitlines())
