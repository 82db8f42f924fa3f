"""The workload: made-up stories of figures, bodies of about 350 bytes, stories interleaved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import UUID

from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import NewEvent, RecordedBy
from dateline.events.fact import FigureRecorded
from dateline.events.identity import uuid7
from dateline.events.parts import Evidence, Quantity, Step
from dateline.events.payload import Payload
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryOpened

PER_STORY = 100
SOURCE = "sha256:" + "0" * 64
_BY = RecordedBy("bench", "bench 1", "imported")
_WORDS = [
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
        value = chance.randrange(10_000)
        exact = f"{value} {chance.choice(_WORDS)}"
        start = chance.randrange(900)
        yield FigureRecorded(
            fact=f"f{number}",
            text=f"{value} {chance.choice(_WORDS)} were counted by the {chance.choice(_WORDS)}.",
            source=SOURCE,
            evidence=(Evidence(role="content", exact=exact, start=start, end=start + len(exact)),),
            attribution=(Step(agent="org:wire", role="publisher"),),
            quantities=(Quantity(measure="things", value=value, verbatim=str(value)),),
        )


def events(stories: int) -> Iterator[tuple[UUID, NewEvent]]:
    """(story, event) of all stories, interleaved: the first of each, then the second ..."""
    ids = [uuid7() for _ in range(stories)]
    streams = [payloads(number) for number in range(stories)]
    for _ in range(PER_STORY):
        for story, stream in zip(ids, streams, strict=True):
            payload = next(stream)
            yield (
                story,
                NewEvent(
                    event_id=uuid7(),
                    data=payload,
                    type=payload.type,
                    schema_version=1,
                    recorded_by=_BY,
                    reported_us=1_709_510_400_000_000
                    if "fact" in payload.__struct_fields__
                    else None,
                ),
            )
