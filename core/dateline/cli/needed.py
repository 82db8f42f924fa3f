"""The fields that a fact requires, and the questions that ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: The required fields of each kind, apart from text, source, evidence and speakers.
FIELDS = {
    "occurrence": {"action": "what happened (a verb)"},
    "state": {
        "relation": "relation", "subject": "subject (entity)", "object": "object (entity)",
    },
    "role": {"person": "person (entity)", "title": "title of the role"},
    "assessment": {"effect": "effect"},
}  # fmt: skip


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
