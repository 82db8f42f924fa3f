"""Fills the queue: judges candidates one by one, and queues the good ones some at a time."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dateline.errors import DatelineError, Refused
from dateline.events.clock import now_us
from dateline.log.engine import reading, writing
from dateline.log.read import StoryRow
from dateline.proposals import queue
from dateline.proposals.desk import Desk, judge_of, payload_of
from dateline.proposals.given import Given
from dateline.proposals.judging import Judge, LeftOut, duplicate, said
from dateline.proposals.queue import Proposal

#: So many proposals are queued in one transaction, so an interruption loses no more.
_TOGETHER = 100
#: Texts of so many sources are kept in memory, since the lines of a program may change between sources.
_JUDGES = 16


class Proposed(msgspec.Struct, frozen=True):
    """What became of candidates: those that are ``queued`` now, and those that were ``left_out``, with the
    reasons. ``failed`` has a sentence for each proposer that raised."""

    queued: tuple[Proposal, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    failed: tuple[str, ...] = ()


def fill(archive: Desk, row: StoryRow, given: Iterable[Given]) -> Proposed:
    """Queue those of the candidates that could be recorded and say something new. `row` is the story as it
    was before anything was read for them. Raises DatelineError."""
    filling = _Filling(archive, row)
    for one in given:
        filling.take(one)
    filling.flush()
    return filling.result


class _Filling:
    """The candidates of one call. ``_said`` has what the queue and the candidates before say, each with the
    name of what says it; ``_good`` are the proposals that are not queued yet."""

    def __init__(self, archive: Desk, row: StoryRow) -> None:
        self._archive, self._row, self._now = archive, row, now_us()
        self._state = archive.state(row.slug, facts=())
        self._judges: dict[str, Judge] = {}
        self._said: dict[object, str] = {}
        self._good: list[tuple[int, Given, Proposal, object]] = []
        self._queued: list[Proposal] = []
        self._left: list[tuple[int, LeftOut]] = []
        self._taken = self._last = 0
        with reading(archive._engine) as connection:
            self._look(queue.read(connection, row.id, queue.KNOWN))

    @property
    def result(self) -> Proposed:
        left = sorted(self._left, key=lambda pair: pair[0])
        return Proposed(tuple(self._queued), tuple(one for _, one in left))

    def take(self, given: Given) -> None:
        """Judge a candidate; queue it with the next ones if it is good."""
        number = self._taken = self._taken + 1
        text = ""
        try:
            if given.findings or given.source is None:
                raise Refused(given.findings)
            judge = self._judge(given.source)
            text = judge.text
            made = judge.ready(given.fact, known=self._said)
            proposal = Proposal(
                id=0,
                story=self._row.id,
                source=given.source,
                proposer=given.proposer,
                version=given.version,
                proposed_us=self._now,
                fields=made.fields,
                new=made.new,
                confidence=given.certainty,
            )
        except DatelineError as error:
            self._left.append((number, given.left_out(error, text)))
            return
        key = said(made.payload)
        self._said[key] = "an earlier candidate"
        self._good.append((number, given, proposal, key))
        if len(self._good) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Queue the good proposals, but for those that another process queued meanwhile. Raises DatelineError."""
        with writing(self._archive._engine) as connection:
            queue.require_unerased(connection, self._row)
            others = self._look(queue.read(connection, self._row.id, queue.KNOWN, self._last))
            new: list[Proposal] = []
            for number, given, proposal, key in self._good:
                if key in others:
                    text = self._judge(proposal.source).text
                    self._left.append((number, given.left_out(duplicate(others[key]), text)))
                else:
                    new.append(proposal)
            queued = queue.add(connection, new)
        self._queued += queued
        self._last = max(self._last, *(one.id for one in queued), 0)
        self._good.clear()

    def _look(self, found: Iterable[Proposal]) -> dict[object, str]:
        """What proposals of the queue say, which is known from now on."""
        there: dict[object, str] = {}
        for one in found:
            rejected = ", which was rejected," if one.state == "rejected" else ""
            there[said(payload_of(self._archive._reader, one))] = f"{one.name}{rejected}"
            self._last = max(self._last, one.id)
        self._said |= there
        return there

    def _judge(self, source: str) -> Judge:
        found = self._judges.get(source)
        if found is None:
            if len(self._judges) >= _JUDGES:
                self._judges.clear()
            found = self._judges[source] = judge_of(self._archive, self._row, self._state, source)
        return found
