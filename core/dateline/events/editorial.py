"""What editors do to recorded facts: link, correct, dispute, review, retract, erase."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from dateline.events.parts import Change, ErasedEvent, Evidence
from dateline.events.payload import FactNotice, Payload, Wording

LinkRelation = Literal[
    "corroborates", "contradicts", "contrasts", "disputes", "same_statement", "same_event",
    "same_act", "quantifies", "elaborates", "explains", "includes", "precedes", "supports",
]  # fmt: skip


class FactsLinked(Payload, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Two facts are related. ``independence`` is required for ``corroborates``:
    several reports of one origin are not several sources. ``to`` is a fact of this story, such as ``f3``, or of
    another story of the archive: ``velm-flood/f3``. Such a link changes nothing in the other story."""

    type: ClassVar[str] = "facts.linked"
    from_: str
    to: str
    relation: LinkRelation
    independence: Literal["independent", "same-origin", "unknown"] | None = None
    note: str | None = None

    @property
    def elsewhere(self) -> tuple[str, str] | None:
        """The story and fact that ``to`` names, if that is another story."""
        story, slash, fact = self.to.rpartition("/")
        return (story, fact) if slash else None


class EvidenceAdded(FactNotice, frozen=True, kw_only=True):
    type: ClassVar[str] = "evidence.added"
    evidence: tuple[Evidence, ...]
    note: str | None = None

    @property
    def wording(self) -> Wording:
        return Wording("evidence added", None, self.note)


class FactCorrected(FactNotice, frozen=True, kw_only=True):
    """Values of a fact are changed from now on; the earlier values stay in the log.

    ``shape`` is the schema version of the fact's payload that the paths refer to; the archive
    fills it in.
    """

    type: ClassVar[str] = "fact.corrected"
    changes: tuple[Change, ...]
    kind: Literal["correction", "clarification", "typo", "update"] = "correction"
    by: str | None = None
    reason: str
    shape: int | None = None

    @property
    def wording(self) -> Wording:
        return Wording(self.kind, self.by, self.reason)


class FactRetracted(FactNotice, frozen=True, kw_only=True):
    type: ClassVar[str] = "fact.retracted"
    by: str | None = None
    reason: str

    @property
    def wording(self) -> Wording:
        return Wording("retracted", self.by, self.reason)


class FactDisputed(FactNotice, frozen=True, kw_only=True):
    type: ClassVar[str] = "fact.disputed"
    by: str | None = None
    ground: str

    @property
    def wording(self) -> Wording:
        return Wording("disputed", self.by, self.ground)


class FactReviewed(FactNotice, frozen=True, kw_only=True):
    """A reviewer accepted or rejected a fact, or checked its doubts. A rejected fact that is checked stays
    rejected. Version 2 added ``checked``."""

    type: ClassVar[str] = "fact.reviewed"
    schema_version: ClassVar[int] = 2
    verdict: Literal["accepted", "rejected", "checked"]
    reviewer: str
    reason: str | None = None

    @property
    def wording(self) -> Wording:
        return Wording(self.verdict, self.reviewer, self.reason)


class EventRevoked(Payload, frozen=True, kw_only=True):
    """An editorial act is taken back: from now on the story is as if the act had not been recorded. Both
    stay in the log.

    ``event`` is the id of the act. The archive fills in ``act``, its type, and ``about``, the ids of the
    facts, entities and sources that it is about. An act that was taken back is in force again when its
    revocation is revoked.
    """

    type: ClassVar[str] = "event.revoked"
    event: UUID
    act: str = ""
    about: tuple[str, ...] = ()
    by: str | None = None
    reason: str


class ContentErased(Payload, frozen=True, kw_only=True):
    """Content of the story was erased on purpose. Every event without a body is listed in one of these.

    ``subject_key`` is the id of the key that was destroyed with it. ``positions`` are the positions
    of the erased events; they are empty in an archive that imported this event.
    """

    type: ClassVar[str] = "content.erased"
    schema_version: ClassVar[int] = 2
    reason: str
    basis: str
    subject_key: str | None = None
    positions: tuple[int, ...] = ()
    events: tuple[ErasedEvent, ...] = ()
