"""Records lines: checks them on a snapshot, appends under the lock, checks again if the story changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Engine

from dateline.documents import storage as documents
from dateline.errors import EventIdConflict, SlugTaken, VersionConflict
from dateline.events.adjusted import Adjusted
from dateline.events.envelope import RecordedBy
from dateline.events.state import Fact
from dateline.log.append import Appender, Expected
from dateline.log.databases.dialect import of
from dateline.log.engine import reading, require_writable, writing
from dateline.log.read import Reader
from dateline.recording.accepted import Accepted
from dateline.recording.batch import accept
from dateline.recording.clocks import Clocks
from dateline.recording.key_policy import KeyPolicy, PlanAgain
from dateline.recording.known import Known
from dateline.recording.line import Files, Line
from dateline.views.own import keep_up

_TRIES = 50
#: To weigh facts, shorter stories are folded whole: a new fact may equal any other.
_WHOLE = 2000
#: Makes the key policy of a call, given the name of the subject to protect and whether erased lines are
#: recorded again.
Policies = Callable[[str | None, bool], KeyPolicy]
#: Looks at facts as they will be, each with the version of its story before.
Weigh = Callable[[Iterable[tuple[Fact, int]]], None]
#: Is called in the transaction that appends, with the id of the last event.
Beside = Callable[[Connection, UUID], None]


class Recorded(msgspec.Struct, frozen=True):
    """The result of a call. ``new`` and ``already`` count the lines that were added and those that were
    in the archive before; ``version`` is that of the last story added to, 0 if nothing was added.

    ``erased`` counts lines whose events were erased and that were not recorded again; ``anew`` are the
    positions of the erasures of those that were. ``subjects`` are the names of the subjects whose keys
    protect the events; ``opened`` is the one of them that is new. ``rekeyed`` is a subject whose erased
    key came back with an older keys database: it was destroyed again and replaced by a new key.
    ``clocks`` reports clocks that differ much. ``adjusted`` are the quotations that were given as copies:
    the source's own words were recorded.
    """

    new: int
    already: int
    facts: tuple[str, ...]
    positions: tuple[int, ...]
    version: int
    stories: tuple[str, ...]
    erased: int = 0
    anew: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    opened: str | None = None
    rekeyed: str | None = None
    clocks: Clocks = Clocks()
    adjusted: tuple[Adjusted, ...] = ()


class Recorder:
    """Records lines into one archive."""

    def __init__(self, engine: Engine, reader: Reader, policies: Policies) -> None:
        self._engine, self._reader, self._policies = engine, reader, policies

    def record(
        self,
        lines: Sequence[Line],
        story: UUID | None,
        files: Files | None,
        recorded_by: RecordedBy,
        expected: Expected,
        *,
        dry_run: bool,
        protect: str | None,
        anew: bool,
        weigh: Weigh | None = None,
        beside: Beside | None = None,
    ) -> Recorded:
        """Record all of `lines` or none, in one transaction, as `dateline.Archive` describes it. `expected`
        is the version of the first story appended to. `weigh` gets the facts that change before anything
        is written; what it raises is raised. `beside` changes other tables in the same transaction, if
        anything is written; what it raises undoes all."""
        if not dry_run:
            require_writable(self._engine)
        keys = self._policies(protect, anew)
        for attempt in range(_TRIES):
            keys.prepare()
            with reading(self._engine) as connection:
                known = Known(connection, self._reader, 0 if weigh is None else _WHOLE)
                accepted = accept(
                    lines,
                    known,
                    keys,
                    story=story,
                    files=files,
                    recorded_by=recorded_by,
                    anew=anew,
                )
            _check_expected(accepted, expected)
            if weigh is not None:
                weigh(accepted.changed(known.state))
            if dry_run or not accepted.events:
                return _recorded(accepted)
            keep_up(self._engine, self._reader, max(accepted.expected.values()))
            try:
                accepted.keys.settle()
                return self._write(accepted, beside)
            except PlanAgain:
                if attempt == _TRIES - 1:
                    raise
            except (VersionConflict, SlugTaken, EventIdConflict):
                # Another writer was first. The rules must see the current story.
                if expected is not None or attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _write(self, accepted: Accepted, beside: Beside | None) -> Recorded:
        found, vault = _recorded(accepted), self._reader.vault
        # The appender's first statement takes the append lock if it is not held yet.
        with writing(self._engine, append=False) as connection:
            accepted.keys.hold(connection, [document for document, _ in accepted.documents])
            appender = Appender(connection, vault)
            positions, new = appender.append_all(accepted.events, accepted.expected)
            documents.put_all(connection, accepted.documents, vault)
            version = appender.version(accepted.events[-1][0])
            appender.finish()
            if beside is not None:
                beside(connection, accepted.events[-1][1].event_id)
        backend = of(self._engine)
        backend.announce(self._engine)
        skew, written = appender.skew_us, backend.written_us(self._engine)
        if skew is None and written is not None:
            skew = appender.now - written
        ahead = {accepted.named[story]: us for story, us in appender.ahead.items()}
        return msgspec.structs.replace(
            found,
            new=new,
            already=found.already + len(positions) - new,
            positions=tuple(positions),
            version=version,
            clocks=Clocks.of(skew, ahead, accepted.future_us),
        )


def _check_expected(accepted: Accepted, expected: Expected) -> None:
    if expected is None or not accepted.events:
        return
    story = accepted.events[0][0]
    actual = accepted.expected[story]
    if actual != (0 if expected == "new" else expected):
        raise VersionConflict(story, expected, actual)


def _recorded(accepted: Accepted) -> Recorded:
    """The result before anything is written."""
    subjects, opened, rekeyed = accepted.keys.outcome()
    return Recorded(
        new=0,
        already=accepted.already,
        facts=tuple(accepted.facts),
        positions=(),
        version=0,
        stories=tuple(accepted.opened),
        erased=accepted.erased,
        anew=tuple(dict.fromkeys(accepted.anew)),
        subjects=subjects,
        opened=opened,
        rekeyed=rekeyed,
        clocks=Clocks(future_us=accepted.future_us),
        adjusted=tuple(accepted.adjusted),
    )
