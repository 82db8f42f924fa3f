"""One proposal as a row: what ``proposals`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dateline.events.clock import to_iso

if TYPE_CHECKING:
    from dateline.proposals.queue import Proposal

PROPOSAL_COLUMNS = (
    "proposal", "story", "state", "kind", "text", "words", "source", "new", "proposer", "confidence",
    "proposed_at", "decided_at", "by", "reason", "event_id", "fact",
)  # fmt: skip


def proposal_row(found: Proposal, story: str) -> dict[str, Any]:
    """The row of a proposal by column. ``words`` are those of its source, and ``new`` the entities that it
    introduces."""
    fields = found.fields
    row = (
        *(found.name, story, found.state, str(fields.get("type", "")).partition(".")[0] or None),
        *(
            fields.get("text"),
            " … ".join(one["exact"] for one in fields.get("evidence", ())) or None,
        ),
        *(found.source, "; ".join(found.new) or None, found.tool, found.confidence),
        to_iso(found.proposed_us),
        None if found.decided_us is None else to_iso(found.decided_us),
        *(found.by, found.reason, None if found.event_id is None else str(found.event_id)),
        found.fact,
    )
    return dict(zip(PROPOSAL_COLUMNS, row, strict=True))
