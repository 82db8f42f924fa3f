"""An event as a row, for the commands ``log`` and ``follow``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.events.envelope import Event

COLUMNS = (
    "position", "story", "version", "type", "about", "recorded_at", "reported_at", "agent", "tool",
    "method", "event_id", "schema_version", "data",
    "protected",
)  # fmt: skip
#: The columns of lines that are printed one at a time, with their minimum widths.
LINE = {"position": 8, "recorded_at": 20, "story": 20, "version": 7, "type": 20, "about": 0}


def row_of(event: Event) -> list[Any]:
    """The values of `COLUMNS`."""
    from dateline.events.clock import to_iso
    from dateline.events.payload import Erased, Payload, Raw
    from dateline.events.registry import to_fields

    protected = event.subject_key is not None and not isinstance(event.data, Erased)
    readable, data = isinstance(event.data, Payload | Raw), {}
    if isinstance(event.data, Payload | Raw):
        data = event.original or to_fields(event.data)
    placeholder = f"[{type(event.data).__name__.lower()}]"
    return [
        event.position,
        event.slug,
        event.version,
        event.type,
        f"{'[protected] ' if protected else ''}{_about(data)}" if readable else placeholder,
        to_iso(event.recorded_us),
        None if event.reported_us is None else to_iso(event.reported_us),
        event.recorded_by.agent,
        event.recorded_by.tool,
        event.recorded_by.method if readable else None,
        str(event.event_id),
        event.schema_version,
        data,
        protected,
    ]


def _about(data: dict[str, Any]) -> str:
    """The subject of an event in a few words: its fact, entity or source, and its text."""
    if "from" in data and "to" in data:
        return f"{data['from']} {data.get('relation', '')} {data['to']}"
    name = data.get("fact") or data.get("entity") or data.get("source") or data.get("slug") or ""
    text = data.get("text") or data.get("label") or data.get("title") or data.get("reason")
    text = text or data.get("ground") or data.get("note") or ""
    words = f"{str(name)[:30]} {text}".strip()
    return words if len(words) <= 100 else words[:99] + "…"
