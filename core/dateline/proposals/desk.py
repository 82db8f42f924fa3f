"""What proposals need of an archive: the story, its texts, and the rules of recording."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Engine

from dateline.documents.document import Document
from dateline.doubts.doubt import Doubter
from dateline.events.envelope import RecordedBy
from dateline.events.state import StoryState
from dateline.log.engine import reading
from dateline.log.read import Reader, StoryRow
from dateline.proposals.judging import Judge
from dateline.proposals.proposer import Proposer
from dateline.proposals.queue import Proposal
from dateline.recording.line import Line
from dateline.recording.recorder import Recorded, Recorder
from dateline.views.own import keep_up
from dateline.views.present import quoting


class Offered(Protocol):
    """What plugins offer."""

    @property
    def proposers(self) -> Mapping[str, Proposer]: ...
    @property
    def doubts(self) -> Mapping[str, Doubter]: ...
    def proposer(self, name: str) -> Proposer: ...
    def owner(self, kind: str, name: str) -> str: ...


class Desk(Protocol):
    """What proposals need of `dateline.Archive`."""

    recorded: Recorded | None
    _engine: Engine
    _reader: Reader
    _recorder: Recorder

    @property
    def held_up(self) -> list[Any]: ...
    @property
    def plugins(self) -> Offered: ...
    def story(self, slug: str) -> StoryRow: ...
    def state(self, slug: str, *, facts: Collection[str]) -> StoryState: ...
    def document(self, source: str) -> Document | None: ...


def judge_of(archive: Desk, row: StoryRow, state: StoryState, source: str) -> Judge:
    """The judge of what is proposed about a source. `state` is the story with its entities and sources; it may be
    without facts."""
    document = archive.document(source)
    text = "" if document is None or document.binary else document.text
    keep_up(archive._engine, archive._reader, row.version)
    with reading(archive._engine) as connection:
        there = quoting(connection, archive._reader, row.id, source)
    facts = [fact for fact in there.facts.values() if fact.source == source]
    return Judge(state, facts, source, text, partial(_try, archive, row))


def _try(archive: Desk, row: StoryRow, lines: Sequence[Line]) -> None:
    archive._recorder.record(
        lines, row.id, None, RecordedBy(), None, dry_run=True, protect=None, anew=True
    )


def payload_of(reader: Reader, proposal: Proposal) -> Any:
    """The payload of a proposal that was not accepted."""
    fields = dict(proposal.fields)
    version = fields.pop("schema_version", 1)
    return reader.registry.convert(fields.pop("type"), version, fields)
