"""One entity of the register as a row: what ``entities`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.register.entry import Entry

ENTRY_COLUMNS = (
    "entity", "kind", "label", "names", "stories", "facts", "statements", "first", "last", "also",
    "identifiers",
)  # fmt: skip


def entry_row(one: Entry) -> dict[str, Any]:
    """The row of an entity by column."""
    return {
        name: ", ".join(value) if isinstance(value := getattr(one, name), tuple) else value
        for name in ENTRY_COLUMNS
    }
