"""Turns a batch of lines into events: completes and checks them; accepts all of them or none.

There are two passes. The first reads every line and learns what the batch brings, so that references
may point forward; the second completes each line and checks it against the story so far.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from dateline.errors import Refused
from dateline.events.envelope import RecordedBy
from dateline.recording.accepted import Accepted
from dateline.recording.check import Check
from dateline.recording.item import Item, LineReader
from dateline.recording.key_policy import KeyPolicy
from dateline.recording.known import Known, ahead_of
from dateline.recording.line import Files, Line, no_files

#: The rules of recording, in addition to `rules.RULES` and `strict.RULES`.
RULES = (
    "shape", "reserved", "type-unknown", "version-unknown", "story-unknown", "document", "source-bytes",
    "event-id-taken", "event-erased", "perhaps-erased", "line-repeated", "evidence-missing", "evidence-ambiguous", "recorded-at", "reported-at",
    "protection",
)  # fmt: skip


def accept(
    lines: Iterable[Line],
    known: Known,
    keys: KeyPolicy,
    *,
    story: UUID | None = None,
    files: Files | None = None,
    recorded_by: RecordedBy = RecordedBy(),
    anew: bool = False,
) -> Accepted:
    """Check `lines` and turn them into events, under the keys that `keys` decides on.

    With `anew` a line whose event was erased becomes a new event. Raises Refused with all findings.
    """
    reader = LineReader(known, files or no_files, story)
    for line in lines:
        reader.take(line)
    findings, stories = reader.findings, dict[UUID, list[Item]]()
    for owner, items in groupby(reader.items, attrgetter("story")):
        stories.setdefault(owner, []).extend(items)
    known.expect(
        event_id for item in reader.items if (event_id := item.envelope.event_id) is not None
    )
    for one, some in stories.items():
        known.name(one, (item.payload for item in some))
    accepted = Accepted(keys.for_batch(stories, known), reader.opened)
    ahead = {one: ahead_of(item.payload for item in items) for one, items in stories.items()}
    check = Check(known, accepted, ahead, recorded_by, anew)
    for item in reader.items:
        findings += [found.at(item.line.number) for found in check.take(item)]
    if findings:
        raise Refused(sorted(findings, key=lambda finding: finding.line or 0))
    return accepted
