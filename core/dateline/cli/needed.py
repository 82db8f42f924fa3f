"""What a fact cannot do without, and how it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Of each kind, fields beyond the words, their source and who spoke.
FIELDS = {
    "occurrence": {"action": "what happened (a verb)"},
    "state": {
        "relation": "relation", "subject": "subject (entity)", "object": "object (entity)",
    },
    "role": {"person": "person (entity)", "title": "title"},
    "assessment": {"effect": "effect"},
}  # fmt: skip


def lacks(kind: str | None, options: dict[str, Any]) -> bool:
    """Whether an event of these options would be refused for want of something."""
    return (
        not kind
        or not options["text"]
        or not options["exact"]
        or (kind == "statement" and not options["speakers"])
        or (kind == "figure" and not options["quantities"] and "quantities" not in given(options))
        or any(True for _ in missing(kind, options))
    )


def missing(kind: str, options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, question) of what no option gives."""
    there = given(options)
    return ((name, said) for name, said in FIELDS.get(kind, {}).items() if name not in there)


def given(options: dict[str, Any]) -> set[str]:
    """Fields that `--set` gives."""
    return {field.partition("=")[0].partition(".")[0] for field in options["fields"]}
