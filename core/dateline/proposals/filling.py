"""Fills the queue: judges candidates one by one, and queues the good ones in one transaction."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dateline.errors import DatelineError, Refused
from dateline.events.clock import now_us
from dateline.log.engine import writing
from dateline.log.read import StoryRow
from dateline.proposals import queue
from dateline.proposals.desk import Desk, judge_of, payload_of
from dateline.proposals.given import Given
from dateline.proposals.judging import Judge, LeftOut, duplicate, said
from dateline.proposals.queue import Proposal


class Proposed(msgspec.Struct, frozen=True):
    """What became of candidates: those that are ``queued`` now, and those that were ``left_out``, with the
    reasons. ``lines`` has for each that is queued its number in the input, None if a proposer made it.
    ``failed`` has a sentence for each proposer that raised."""

    queued: tuple[Proposal, ...] = ()
    lines: tuple[int | None, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    failed: tuple[str, ...] = ()


def fill(archive: Desk, row: StoryRow, given: Iterable[Given]) -> Proposed:
    """Queue those of the candidates that could be recorded and say something new. `row` is the story as it
    was before anything was read for them. Raises DatelineError."""
    judges: dict[str, Judge] = {}
    good: list[tuple[int, Given, Proposal, object]] = []
    left: list[tuple[int, LeftOut]] = []
    now = now_us()
    for number, one in enumerate(given):
        try:
            if one.findings or one.source is None:
                raise Refused(one.findings)
            if one.source not in judges:
                judges[one.source] = judge_of(archive, row, one.source)
            made = judges[one.source].ready(one.fact)
            proposal = Proposal(
                id=0,
                story=row.id,
                source=one.source,
                proposer=one.proposer,
                version=one.version,
                proposed_us=now,
                fields=made.fields,
                new=made.new,
                confidence=one.certainty,
            )
            good.append((number, one, proposal, said(made.payload)))
        except DatelineError as error:
            left.append((number, one.left_out(error)))
    with writing(archive._engine) as connection:
        queue.require_unerased(connection, row)
        taken: dict[object, str] = {}
        for there in queue.read(connection, row.id, (*queue.OPEN, "rejected")):
            rejected = ", which was rejected," if there.state == "rejected" else ""
            taken[said(payload_of(archive._reader, there))] = f"{there.name}{rejected}"
        new: list[Proposal] = []
        lines: list[int | None] = []
        for number, one, proposal, key in good:
            if key in taken:
                left.append((number, one.left_out(duplicate(taken[key]))))
            else:
                taken[key] = "an earlier candidate"
                new.append(proposal)
                lines.append(one.line)
        queued = queue.add(connection, new)
    left.sort(key=lambda pair: pair[0])
    return Proposed(tuple(queued), tuple(lines), tuple(one for _, one in left))
