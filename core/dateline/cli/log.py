"""``dateline log``: show events as they were recorded."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.here import STORY
from dateline.cli.options import format_option, types_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.output import emit

if TYPE_CHECKING:
    from dateline.events.envelope import Event

#: The largest integer that both databases store.
_MAX_INTEGER = 2**63 - 1
COLUMNS = (
    "position", "story", "version", "type", "about", "recorded_at", "reported_at", "agent", "tool",
    "method", "event_id", "schema_version", "data",
    "protected",
)  # fmt: skip


@click.command()
@click.argument("story", type=STORY, required=False)
@click.option(
    "--after",
    type=click.IntRange(0, _MAX_INTEGER),
    default=0,
    metavar="N",
    help="Start after this version of STORY, or this position of the log.",
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(0, _MAX_INTEGER),
    metavar="N",
    help="Show at most N events.",
)
@types_option
@format_option
@pass_settings
def log(
    settings: Settings,
    story: str | None,
    after: int,
    limit: int | None,
    types: tuple[str, ...],
    format_: str | None,
) -> None:
    """Show events as they were recorded, oldest first.

    Shows the events of STORY, or of the whole archive. Data of an unknown type is shown as it is stored.

    \b
    Example:
      dateline log velm-flood -n 20
      dateline log --type fact.corrected -f ndjson
    """
    with settings.archive() as archive:
        events = archive.events(story, after=after)
        wanted = (event for event in events if not types or event.type in types)
        rows = (row_of(event) for event in islice(wanted, limit))
        emit(
            COLUMNS,
            rows,
            format_,
            # The table of one story does not repeat the story in every row.
            summary=["position", *([] if story else ["story"]), "type", "about", "recorded_at"],
            headings={"position": "pos.", "recorded_at": "recorded"},
        )


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
