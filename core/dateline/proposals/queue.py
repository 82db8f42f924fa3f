"""The rows of the queue: proposals that wait, and what became of those that were decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from dateline.errors import Damaged, DatelineError, UnknownName
from dateline.events.clock import now_us
from dateline.events.editorial import ContentErased
from dateline.log.read import Reader, StoryRow
from dateline.log.tables import events
from dateline.log.tables import proposed_facts as table

State = Literal["queued", "later", "rejected", "accepted"]
#: The states of proposals that nobody has decided about.
OPEN: tuple[State, ...] = ("queued", "later")
#: The states of proposals that are not queued a second time.
KNOWN: tuple[State, ...] = (*OPEN, "rejected")


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a tool proposes, and what became of it.

    ``name`` is its id, such as ``p3``. ``fields`` are those of the fact in the import format, with the
    offsets of its evidence, and ``new`` the entities that it introduces, each as ``ID=Label``. Both are
    empty once it is ``accepted``: then the fact is recorded, as the event ``event_id``. Times are in
    microseconds since 1970 in UTC. ``by`` is who rejected or accepted it, ``reason`` why it was rejected,
    and ``fact`` the id of the fact, if it was read.
    """

    id: int
    story: UUID
    source: str
    proposer: str
    version: str
    proposed_us: int
    state: State = "queued"
    fields: Mapping[str, Any] = {}
    new: tuple[str, ...] = ()
    confidence: float | None = None
    decided_us: int | None = None
    by: str | None = None
    reason: str | None = None
    event_id: UUID | None = None
    fact: str | None = None

    @property
    def name(self) -> str:
        return f"p{self.id}"

    @property
    def tool(self) -> str:
        """The proposer and its version."""
        return f"{self.proposer} {self.version}".strip()


class _Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """The column ``candidate``."""

    fields: dict[str, Any]
    new: tuple[str, ...] = ()
    confidence: float | None = None


_NOTHING = _Stored({})
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Stored).decode


def add(connection: Connection, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Queue proposals, which get the next ids. The caller holds the append lock."""
    last = connection.execute(select(func.max(table.c.id))).scalar() or 0
    numbered = [
        msgspec.structs.replace(one, id=number) for number, one in enumerate(proposals, last + 1)
    ]
    if numbered:
        connection.execute(insert(table), [_row(one) for one in numbered])
    return numbered


def read(
    connection: Connection, story: UUID | None, states: Collection[State], after: int = 0
) -> Iterator[Proposal]:
    """The proposals of a story, or of all, in the order of their ids, from that `after` one on."""
    query = select(table).where(table.c.state.in_(states)).order_by(table.c.id)
    if after:
        query = query.where(table.c.id > after)
    if story is not None:
        query = query.where(table.c.story == story.bytes)
    return map(_proposal, connection.execute(query))


def one(connection: Connection, name: str) -> Proposal:
    """A proposal by its id. Raises UnknownName."""
    number = name.lower().removeprefix("p")
    row = None
    if number.isascii() and number.isdecimal() and len(number) < 19:
        row = connection.execute(select(table).where(table.c.id == int(number))).first()
    if row is None:
        raise UnknownName(
            f"there is no proposal {name!r}",
            hint="list them with `dateline proposals STORY`",
            code="proposal-unknown",
        )
    return _proposal(row)


def with_fact(connection: Connection, reader: Reader, proposal: Proposal) -> Proposal:
    """The proposal with the id of its fact, if that was recorded and is not erased."""
    if proposal.event_id is None:
        return proposal
    event = reader.by_id(connection, proposal.event_id)
    fact = getattr(event and event.data, "fact", None)
    return msgspec.structs.replace(proposal, fact=fact)


def decide(
    connection: Connection,
    proposal: Proposal,
    state: State,
    by: str | None = None,
    reason: str | None = None,
    event_id: UUID | None = None,
) -> None:
    """Set the state of an open proposal. What an accepted one proposed is deleted from the queue: it is in
    the log. Raises DatelineError if somebody decided about it before."""
    decided = state not in OPEN
    values: dict[str, Any] = {
        "state": state,
        "decided_by": by,
        "reason": reason,
        "decided_us": now_us() if decided else None,
        "event_id": None if event_id is None else event_id.bytes,
    }
    if state == "accepted":
        values["candidate"] = None
    this = (table.c.id == proposal.id) & table.c.state.in_(OPEN)
    if connection.execute(update(table).where(this).values(values)).rowcount != 1:
        raise already_decided(proposal)


def already_decided(proposal: Proposal) -> DatelineError:
    """The error about a proposal that is not open."""
    if proposal.state in OPEN:
        what = "somebody has decided about it meanwhile, or it was erased"
    else:
        what = decided_words(proposal)
    return DatelineError(
        f"{proposal.name} is not open: {what}",
        hint="list the open ones with `dateline proposals STORY`",
        code="proposal-decided",
    )


def decided_words(proposal: Proposal) -> str:
    """``Ida Brandt accepted it as f3``"""
    fact = f" as {proposal.fact}" if proposal.fact else ""
    return f"{proposal.by or 'somebody'} {proposal.state} it{fact}"


def require_unerased(connection: Connection, story: StoryRow) -> None:
    """Check that nothing of a story was erased since it was at that version: what was read of it before must
    not be queued. Raises DatelineError."""
    since = (events.c.story == story.id.bytes) & (events.c.version > story.version)
    erasure = select(events.c.position).where(since, events.c.type == ContentErased.type)
    if connection.execute(erasure.limit(1)).first() is not None:
        raise DatelineError(
            f"content of story {story.slug} was erased meanwhile; nothing was queued",
            hint="run `dateline propose` again",
            code="erased-meanwhile",
        )


def drop(connection: Connection, stories: Collection[UUID]) -> int:
    """Delete every proposal of some stories, whatever became of it. Returns their number."""
    these = table.c.story.in_([story.bytes for story in stories])
    return connection.execute(delete(table).where(these)).rowcount


def count(connection: Connection, stories: Collection[UUID]) -> int:
    """The number of proposals of some stories, whatever became of them."""
    these = table.c.story.in_([story.bytes for story in stories])
    found = connection.execute(select(func.count()).select_from(table).where(these))
    return int(found.scalar_one())


def _row(proposal: Proposal) -> dict[str, Any]:
    stored = _Stored(dict(proposal.fields), proposal.new, proposal.confidence)
    return {
        "id": proposal.id,
        "story": proposal.story.bytes,
        "source": proposal.source,
        "proposer": proposal.proposer,
        "version": proposal.version,
        "proposed_us": proposal.proposed_us,
        "state": proposal.state,
        "candidate": _encode(stored),
    }


def _proposal(row: Any) -> Proposal:
    try:
        stored = _NOTHING if row.candidate is None else _decode(row.candidate)
        return Proposal(
            id=row.id,
            story=UUID(bytes=row.story),
            source=row.source,
            proposer=row.proposer,
            version=row.version,
            proposed_us=row.proposed_us,
            state=row.state,
            fields=stored.fields,
            new=stored.new,
            confidence=stored.confidence,
            decided_us=row.decided_us,
            by=row.decided_by,
            reason=row.reason,
            event_id=None if row.event_id is None else UUID(bytes=row.event_id),
        )
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise Damaged(f"the proposal p{row.id} cannot be read ({error})") from error
