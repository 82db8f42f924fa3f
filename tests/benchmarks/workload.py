"""The workload: made-up, interleaved stories of figures. An event has about 350 bytes of data, and 70
more about who recorded it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import NewEvent, RecordedBy
from dateline.events.fact import FigureRecorded
from dateline.events.identity import uuid7
from dateline.events.parts import Evidence, Quantity, Step, Time, Times
from dateline.events.payload import FactPayload, Payload
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryOpened

PER_STORY = 100
SOURCE = "sha256:" + "0" * 64
REPORTED = 1_709_510_400_000_000
BY = RecordedBy("bench", "bench 1", "imported")
Pair: TypeAlias = tuple[UUID, NewEvent]
WORDS = [
    "river",
    "town",
    "flood",
    "gate",
    "bridge",
    "school",
    "mayor",
    "people",
    "water",
    "night",
    "road",
    "hill",
    "dam",
    "rain",
]


def payloads(story: int) -> Iterator[Payload]:
    """The 100 payloads of one story: opened, publisher, source, 97 figures."""
    chance = random.Random(story)
    yield StoryOpened(slug=f"story-{story}", title=f"Story {story}")
    yield EntityIntroduced(entity="org:wire", kind="organization", label="The Wire")
    yield SourceCaptured(source=SOURCE, publisher="org:wire", published="2024-03-04", chars=1000)
    for number in range(1, PER_STORY - 2):
        yield figure(chance, number)


def figure(chance: random.Random, number: int) -> FigureRecorded:
    """One figure; every third is dated."""
    value = chance.randrange(10_000)
    exact = f"{value} {chance.choice(WORDS)}"
    start = chance.randrange(900)
    day = Time(edtf=f"2024-03-{chance.randrange(1, 29):02}")
    return FigureRecorded(
        fact=f"f{number}",
        text=f"{value} {chance.choice(WORDS)} were counted by the {chance.choice(WORDS)}.",
        source=SOURCE,
        evidence=(Evidence(role="content", exact=exact, start=start, end=start + len(exact)),),
        attribution=(Step(agent="org:wire", role="publisher"),),
        times=Times() if number % 3 else Times(valid=day),
        quantities=(Quantity(measure="things", value=value, verbatim=str(value)),),
    )


def event(payload: Payload) -> NewEvent:
    return NewEvent(
        event_id=uuid7(),
        data=payload,
        type=payload.type,
        schema_version=payload.schema_version,
        recorded_by=BY,
        reported_us=REPORTED if isinstance(payload, FactPayload) else None,
    )


def stream(stories: int, first: int = 0) -> Iterator[tuple[UUID, Payload]]:
    """(story, payload) of all stories, interleaved: the first payload of each, then the second ..."""
    ids = [uuid7() for _ in range(stories)]
    streams = [payloads(number) for number in range(first, first + stories)]
    for _ in range(PER_STORY):
        for story, each in zip(ids, streams, strict=True):
            yield story, next(each)


def batches(stories: int, size: int, first: int = 0) -> Iterator[list[tuple[UUID, Payload]]]:
    """The same in batches of `size`, each built just before it is used."""
    whole = stream(stories, first)
    while batch := list(islice(whole, size)):
        yield batch


def made(batch: Sequence[tuple[UUID, Payload]]) -> list[Pair]:
    return [(story, event(payload)) for story, payload in batch]
