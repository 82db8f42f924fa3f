"""The times of a line: when it was recorded, and when the public could know what it says."""

from __future__ import annotations

from dateline.errors import Finding
from dateline.events.edtf import public_from
from dateline.events.payload import FactPayload, Payload, Raw
from dateline.events.rules import Context
from dateline.events.source import SourceCaptured
from dateline.recording.item import Item


def check(item: Item, public: int | None, context: Context) -> list[Finding]:
    """Findings about the times that a line gives. `public` is the result of `reported_us`."""
    findings = []
    recorded, reported = item.envelope.recorded_us, item.envelope.reported_us
    if recorded is not None and recorded < context.state.recorded_us:
        reason = "this is before the story's last event; leave it out to use the current time"
        findings.append(Finding("recorded-at", "/recorded_at", reason))
    if reported is not None and reported != public:
        reason = "this is not when the source was published; leave it out"
        findings.append(Finding("reported-at", "/reported_at", reason))
    return findings


def reported_us(item: Item, payload: Payload | Raw, context: Context, now: int) -> int | None:
    """When the public could know it: when its source was published, else what the line gives. `now`
    is in microseconds."""
    source: SourceCaptured | None
    if isinstance(payload, SourceCaptured):
        source = payload
    elif not isinstance(payload, FactPayload):
        return item.envelope.reported_us
    else:
        source = context.source(payload.source)
        if source is None and context.may_be_erased(SourceCaptured.type):
            return item.envelope.reported_us
    if source is None or source.published is None:
        return None
    recorded = item.envelope.recorded_us
    try:
        return public_from(source.published, now if recorded is None else recorded)
    except ValueError:  # the source has a finding of its own
        return None
