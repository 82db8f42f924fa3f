"""The archive used for kills: many stories with corrections, retractions and other notices."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from tests.benchmarks import workload
from tests.faults.observed import NAMES, Folds, plugins

from dateline import Archive
from dateline.events.editorial import FactCorrected, FactDisputed, FactRetracted, FactReviewed
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import NewEvent, RecordedBy
from dateline.events.fact import FigureRecorded
from dateline.events.identity import uuid7
from dateline.events.parts import Change
from dateline.events.payload import Payload
from dateline.events.source import SourceWithdrawn
from dateline.events.story import StoryRetitled
from dateline.log.append import Appender
from dateline.log.engine import writing

_STARTED_US = 1_709_550_000_000_000
#: How many stories are interleaved, like those of one week.
_TOGETHER = 20


class Ground:
    """Archives to copy, and the rows of each view at each position.

    ``level`` has all events and live views at the head, ``short`` the early events with views at their
    head, ``behind`` all events with views at the early head, ``bare`` all events and no view.
    `step` and `page` are set in the child; None keeps the values of production.
    """

    def __init__(
        self, folder: Path, stories: int, *, step: int | None = None, page: int | None = None
    ) -> None:
        self.folder, self.step, self.page = folder, step, page
        early, self.later = history(stories)
        self.early_head, self.head = len(early), len(early) + len(self.later)
        with Archive.create(self.path("short"), plugins()[0]) as archive:
            append(archive, early)
        self._derive("short", "bare").close()
        with self._open("short") as archive:
            archive.catch_up(NAMES)
        self._derive("short", "behind").close()
        shutil.copy(self.path("behind"), self.path("level"))
        with self._open("level") as archive:
            archive.catch_up(NAMES)
        self.folds = Folds(self.path("bare"))

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def _open(self, name: str) -> Archive:
        return Archive.open(self.path(name), plugins()[0])

    def _derive(self, name: str, longer: str) -> Archive:
        """A copy with the later events."""
        shutil.copy(self.path(name), self.path(longer))
        archive = self._open(longer)
        append(archive, self.later)
        assert archive.head().position == self.head
        return archive


def payloads(number: int) -> Iterator[Payload]:
    """One story of the workload, with corrections, retractions and other notices among its facts."""
    chance = random.Random(f"notices {number}")
    late = chance.random() < 0.3  # the publisher is introduced after its facts, so labels come late
    current: dict[str, str] = {}
    publisher: Payload | None = None
    for payload in workload.payloads(number):
        if late and isinstance(payload, EntityIntroduced):
            publisher = payload
            continue
        yield payload
        if isinstance(payload, FigureRecorded):
            current[payload.fact] = payload.text
            if chance.random() < 0.25:
                yield _notice(chance, current)
    if publisher is not None:
        yield publisher
    if chance.random() < 0.2:
        yield SourceWithdrawn(source=workload.SOURCE, reason="The wire took it back.")


def _notice(chance: random.Random, current: dict[str, str]) -> Payload:
    fact = chance.choice(sorted(current))
    kind = chance.choice(("correct", "correct", "correct", "retract", "reject", "dispute", "title"))
    if kind == "correct":
        was, now = current[fact], f"{chance.randrange(10_000)} were counted again."
        current[fact] = now
        return FactCorrected(
            fact=fact, changes=(Change(path="/text", was=was, now=now),), reason="-"
        )
    if kind == "retract" and len(current) > 1:
        del current[fact]
        return FactRetracted(fact=fact, reason="It did not happen.")
    if kind == "reject":
        return FactReviewed(fact=fact, verdict="rejected", reviewer="desk", reason="Unsound.")
    if kind == "dispute":
        return FactDisputed(fact=fact, ground=f"Doubt {chance.random()}")
    return StoryRetitled(title=f"Title {chance.random()}", reason="Shorter.")


def history(stories: int) -> tuple[list[tuple[UUID, NewEvent]], list[tuple[UUID, NewEvent]]]:
    """(early events, later events) of all stories, interleaved. The last stories are only in the later
    events."""
    early: list[tuple[UUID, NewEvent]] = []
    later: list[tuple[UUID, NewEvent]] = []
    for first in range(0, stories, _TOGETHER):
        fresh = first >= stories * 9 // 10
        streams = {
            uuid7(): list(payloads(n)) for n in range(first, min(first + _TOGETHER, stories))
        }
        for at in range(max(map(len, streams.values()))):
            for story, stream in streams.items():
                if at < len(stream):
                    old = not fresh and at < len(stream) * 3 // 4
                    (early if old else later).append((story, _event(stream[at], at)))
    return early, later


def _event(payload: Payload, at: int) -> NewEvent:
    return NewEvent(
        event_id=uuid7(),
        data=payload,
        type=payload.type,
        schema_version=payload.schema_version,
        recorded_by=RecordedBy("faults", "faults 1", "imported"),
        recorded_us=_STARTED_US + at * 1_000_000,
    )


def append(archive: Archive, pairs: Sequence[tuple[UUID, NewEvent]]) -> None:
    """Append in one transaction: acknowledged when this returns."""
    with writing(archive._engine) as connection:
        appender = Appender(connection)
        appender.append_all(pairs, {})
        appender.finish()
