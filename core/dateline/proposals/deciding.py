"""Decides about proposals: an accepted one is recorded in the transaction that takes it from the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dateline.doubts.weighing import Consider, weighing
from dateline.errors import DatelineError, Finding, Refused
from dateline.events.envelope import EDITED, RecordedBy
from dateline.log.engine import reading, writing
from dateline.log.read import story_by_id
from dateline.proposals import queue
from dateline.proposals.desk import Desk, judge_of
from dateline.proposals.judging import duplicate, lines_of
from dateline.proposals.queue import Proposal
from dateline.recording.recorder import Recorded


def accept(
    archive: Desk,
    name: str,
    by: str,
    fields: Mapping[str, Any] | None = None,
    new: Sequence[str] = (),
    doubts: Consider | None = None,
) -> Recorded:
    """Record the fact of a proposal, as `dateline.Archive.accept` describes it."""
    require_named(by)
    with reading(archive._engine) as connection:
        waiting = queue.one(connection, name)
        waiting = queue.with_fact(connection, archive._reader, waiting)
        row = story_by_id(connection, waiting.story)
    if waiting.state not in queue.OPEN or row is None:
        raise queue.already_decided(waiting)
    given = dict(waiting.fields if fields is None else fields)
    source = given.pop("source", waiting.source)
    state = archive.state(row.slug, facts=())
    if source not in state.sources:
        reason = f"story {row.slug} has no source {source!r}"
        raise Refused([Finding("source-unknown", "/source", reason)])
    judge = judge_of(archive, row, state, source)
    made = judge.ready(given, waiting.new if fields is None else new)
    edited = fields is not None and made.fields != waiting.fields
    result = archive._recorder.record(
        lines_of(made, judge.state),
        row.id,
        None,
        RecordedBy(by, waiting.tool + EDITED * edited, "extracted"),
        None,
        dry_run=False,
        protect=None,
        anew=True,
        weigh=None if doubts is None else weighing(doubts, archive.plugins),
        beside=lambda connection, event: queue.decide(
            connection, waiting, "accepted", by, event_id=event
        ),
    )
    if not result.new:
        raise duplicate("a recorded event")
    archive.recorded = result
    return result


def decide(
    archive: Desk, name: str, state: queue.State, by: str | None, reason: str | None
) -> Proposal:
    """Reject a proposal or put it off. Raises UnknownName, DatelineError."""
    if state == "rejected":
        require_named(by or "")
    with writing(archive._engine) as connection:
        queue.decide(connection, queue.one(connection, name), state, by, reason)
        return queue.one(connection, name)


def require_named(by: str) -> None:
    """Raises DatelineError if `by` is no name: who decides is kept."""
    if not by.isprintable():
        raise DatelineError(
            f"the name {by!r} has characters that cannot be printed",
            hint="give it without them",
            code="proposal-unnamed",
        )
    if not by.strip():
        raise DatelineError(
            "nobody is named who decides about the proposal",
            hint="give a name with --by, or set DATELINE_AGENT",
            code="proposal-unnamed",
        )
