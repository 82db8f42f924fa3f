"""Values, quantities and evidence as they are typed, and the fields of a fact that are missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import click

#: The required fields of each kind, apart from text, source, evidence and speakers.
FIELDS = {
    "occurrence": {"action": "what happened (a verb)"},
    "state": {
        "relation": "relation", "subject": "subject (entity)", "object": "object (entity)",
    },
    "role": {"person": "person (entity)", "title": "title of the role"},
    "assessment": {"effect": "effect"},
}  # fmt: skip


def parse_value(text: str) -> Any:
    """The value of JSON text, else the text itself: ``2100``, ``null``, ``["a"]``, ``Ida Brandt``."""
    try:
        return json.loads(text)
    except RecursionError:
        raise click.UsageError("the JSON is nested too deeply") from None
    except ValueError:
        return text


def keyed(text: str) -> dict[str, Any]:
    """``measure=people evacuated,value=1200,unit=person`` as a dict. Raises UsageError.

    ``verbatim``, ``measure`` and ``unit`` are text even when they look like numbers. A comma that
    is not followed by ``key=`` belongs to the value.
    """
    fields: dict[str, Any] = {}
    key = ""
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals and name.strip().isidentifier():
            key = name.strip()
            fields[key] = value
        elif key:
            fields[key] += "," + part
        else:
            raise click.UsageError(f"{text!r} is not KEY=VALUE,KEY=VALUE ...")
    return {
        key: value if key in ("verbatim", "measure", "unit") else parse_value(value)
        for key, value in fields.items()
    }


def evidence_item(text: str) -> dict[str, Any]:
    """``[ROLE:]WORDS[@START]`` as an evidence item. Its role is ``content`` unless the text begins with a role."""
    from dateline.events.parts import EvidenceRole

    role, colon, words = text.partition(":")
    if not colon or role not in get_args(EvidenceRole):
        role, words = "content", text
    placed = re.fullmatch(r"(.+)@(\d+)", words, re.DOTALL)
    if placed is None:
        return {"role": role, "exact": words}
    return {"role": role, "exact": placed[1], "start": int(placed[2])}


def lacks(kind: str | None, options: dict[str, Any]) -> bool:
    """Whether an event from these options would be refused because a field is missing."""
    return (
        not kind
        or not options["text"]
        or not options["exact"]
        or (kind == "statement" and not options["speakers"])
        or (kind == "figure" and not options["quantities"] and "quantities" not in given(options))
        or any(True for _ in missing(kind, options))
    )


def missing(kind: str, options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, question) for each required field that no option sets."""
    there = given(options)
    return ((name, ask) for name, ask in FIELDS.get(kind, {}).items() if name not in there)


def given(options: dict[str, Any]) -> set[str]:
    """The fields that ``--set`` sets."""
    return {field.partition("=")[0].partition(".")[0] for field in options["fields"]}
