"""Proposals, as methods of `dateline.Archive`: what tools propose waits in a queue until a person decides.
Only a call imports the room of proposals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from dateline.erasure.unfinished import require_readable
from dateline.errors import DatelineError
from dateline.log.engine import reading, require_writable
from dateline.recording.line import Line
from dateline.recording.lookup import find_source, quotable

if TYPE_CHECKING:
    from dateline.doubts.weighing import Consider
    from dateline.proposals.desk import Desk
    from dateline.proposals.filling import Proposed
    from dateline.proposals.proposer import Proposer
    from dateline.proposals.queue import Proposal
    from dateline.recording.recorder import Recorded


def propose(
    archive: Desk,
    story: str,
    source: str | None = None,
    *,
    proposers: Collection[str] = (),
    lines: Iterable[Line | Mapping[str, Any]] | None = None,
    tool: str = "unknown",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Proposed:
    """Queue the facts that proposers find in a source, or in all sources that facts quote. Nothing is
    recorded.

    `proposers` are the names of those to ask, by default all that plugins offer. With `lines`, which come
    from another program, none is asked: each line is a fact in the import format without ids, as
    `Candidate` has it. It may have ``source``, by default the one given, ``confidence``, ``proposer`` and
    ``version``; `tool` is the name, and perhaps the version, of the program that made the others.

    Each candidate is judged alone by the rules of recording. One that quotes words which are not in its
    source, names a missing source, refers to protected content, or says what a fact or another proposal
    says, even a rejected one, is left out. Some are queued at a time, so an interruption loses only the last
    ones. `progress` gets the number of sources that were read, and of all. Raises UnknownName.
    """
    from dateline.proposals.filling import fill
    from dateline.proposals.given import asked, from_line

    require_readable(archive)
    require_writable(archive._engine)
    row, state = archive.story(story), archive.state(story, facts=())
    found = None if source is None else find_source(state, source)
    if lines is not None:
        return fill(archive, row, (from_line(line, tool, state, found) for line in lines))
    chosen = [archive.plugins.proposer(name) for name in proposers]
    chosen = chosen or list(archive.plugins.proposers.values())
    if not chosen:
        raise DatelineError(
            "no plugin proposes facts",
            hint="install one, or give the lines of another program with --from",
            code="proposer-missing",
        )
    sources = [found] if found else [one for one in quotable(state) if one not in state.withdrawn]
    failed: list[str] = []

    def note(proposer: Proposer, error: str) -> None:
        owner = archive.plugins.owner("proposers", proposer.name)
        failed.append(f"proposer {proposer.name} (plugin {owner}) raised {error}")

    result = fill(archive, row, asked(chosen, state, sources, archive.document, note, progress))
    return msgspec.structs.replace(result, failed=tuple(failed))


def proposals(
    archive: Desk, story: str | None = None, *, everything: bool = False
) -> list[Proposal]:
    """The proposals of a story, or of all stories, that wait for a decision, in the order in which they were
    queued; those that are put off come last. With `everything` also those that were rejected or
    accepted. Raises UnknownName."""
    from dateline.proposals import queue

    require_readable(archive)
    owner = None if story is None else archive.story(story).id
    states = (*queue.OPEN, "rejected", "accepted") if everything else queue.OPEN
    with reading(archive._engine) as connection:
        found = [
            queue.with_fact(connection, archive._reader, one)
            for one in queue.read(connection, owner, states)
        ]
    return sorted(found, key=lambda one: one.state == "later")


def proposal(archive: Desk, name: str) -> Proposal:
    """A proposal by its id, such as ``p3``. Raises UnknownName."""
    from dateline.proposals import queue

    require_readable(archive)
    with reading(archive._engine) as connection:
        return queue.with_fact(connection, archive._reader, queue.one(connection, name))


def accept(
    archive: Desk,
    name: str,
    *,
    by: str,
    fields: Mapping[str, Any] | None = None,
    new: Iterable[str] = (),
    doubts: Consider | None = None,
) -> Recorded:
    """Record the fact of the proposal `name`, such as ``p3``, in the transaction that takes it from the queue.

    `by` is who accepts it. The log keeps that name, the tool that proposed the fact, and the method
    ``extracted``. `fields` are the fact as that person corrected it, in the form of `Candidate`, and `new`
    the entities that it names for the first time, each written ``ID=Label``. `doubts` is that of `record`.
    Raises UnknownName, Refused for a fact that breaks a rule by now or that the story
    has already, and DatelineError if `by` is empty or somebody has decided about the proposal.
    """
    from dateline.proposals import deciding

    require_readable(archive)
    require_writable(archive._engine)
    return deciding.accept(archive, name, by, fields, tuple(new), doubts)


def reject(archive: Desk, name: str, *, by: str, reason: str | None = None) -> Proposal:
    """Reject a proposal. It is kept, so that the same one is not queued again. `by` is who rejects it.
    Raises UnknownName, and DatelineError if `by` is empty or somebody has decided about it."""
    from dateline.proposals import deciding

    require_readable(archive)
    return deciding.decide(archive, name, "rejected", by, reason)


def put_off(archive: Desk, name: str) -> Proposal:
    """Leave a proposal for later: it is listed after the others. Raises UnknownName, DatelineError."""
    from dateline.proposals import deciding

    require_readable(archive)
    return deciding.decide(archive, name, "later", None, None)
