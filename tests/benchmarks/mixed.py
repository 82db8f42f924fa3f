"""The second workload: made-up stories of 100 events with every kind of fact, and what editors do to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from sqlalchemy import Engine
from workload import PER_STORY, WORDS, Pair, event

from dateline.events.editorial import (
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FactsLinked,
)
from dateline.events.entity import EntityIntroduced
from dateline.events.fact import (
    AssessmentRecorded,
    FigureRecorded,
    OccurrenceRecorded,
    RoleRecorded,
    StatementRecorded,
    StateRecorded,
)
from dateline.events.identity import uuid7
from dateline.events.parts import (
    Actor,
    Change,
    Evidence,
    PlaceRef,
    Quantity,
    Step,
    Time,
    Times,
)
from dateline.events.payload import FactPayload, Payload
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryOpened
from dateline.log import read
from dateline.log.engine import reading

SOURCES = ("sha256:" + "a" * 64, "sha256:" + "b" * 64)
PEOPLE = ("person:ada-lind", "person:bo-holm", "person:cy-marsh", "person:di-vale")
OUTLETS = ("org:wire", "org:gazette", "org:council")
PLACES = ("place:velm", "place:north-gate")
#: What follows the 81 facts.
_EDITS = 7


def payloads(story: int) -> Iterator[Payload]:
    """The payloads of one story: 12 that open it, 81 facts, 7 edits."""
    chance = random.Random(story)
    yield StoryOpened(slug=f"mixed-{story}", title=f"Story {story}")
    for entity in OUTLETS:
        yield EntityIntroduced(entity=entity, kind="organization", label=entity[4:].title())
    for entity in PEOPLE:
        label = entity[7:].replace("-", " ").title()
        yield EntityIntroduced(entity=entity, kind="person", label=label, names=(label[0],))
    for at, entity in enumerate(PLACES):
        yield EntityIntroduced(
            entity=entity, kind="place", label=entity[6:].title(), lat=50.0 + at, lon=30.0 + at,
            precision="settlement", part_of=PLACES[0] if at else None,
        )  # fmt: skip
    for at, source in enumerate(SOURCES):
        yield SourceCaptured(
            source=source, publisher=OUTLETS[at], published=f"2024-03-{4 + at:02}", chars=4000,
            title=f"Report {at + 1}",
        )  # fmt: skip
    facts = PER_STORY - 12 - _EDITS
    for number in range(1, facts + 1):
        yield fact(chance, number)
    yield FactCorrected(
        fact="f2", changes=(Change(path="/text", was=None, now="It was said again."),), shape=1,
        reason="misread",
    )  # fmt: skip
    yield FactCorrected(
        fact="f1", changes=(Change(path="/quantities/0/value", was=None, now=12),), shape=1,
        kind="update", reason="it rose",
    )  # fmt: skip
    yield FactRetracted(fact="f3", reason="not so", by="org:wire")
    yield FactDisputed(fact="f4", by="person:bo-holm", ground="he was elsewhere")
    yield FactReviewed(fact="f5", verdict="accepted", reviewer="desk")
    yield FactsLinked(from_="f7", to="f13", relation="disputes")
    yield EvidenceAdded(
        fact="f6", evidence=(Evidence(role="mention", exact="dam", start=9, end=12),)
    )


def fact(chance: random.Random, number: int) -> FactPayload:
    """Every sixth fact is of the same kind; every third is undated."""
    value = chance.randrange(10_000)
    words = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {value}"
    start = chance.randrange(3900)
    day = Time(edtf=f"2024-03-{chance.randrange(1, 29):02}")
    who = PEOPLE[chance.randrange(4)]
    common = {
        "fact": f"f{number}",
        "text": f"The {words} at the {chance.choice(WORDS)}.",
        "source": SOURCES[number % 2],
        "evidence": (Evidence(role="content", exact=words, start=start, end=start + len(words)),),
        "attribution": (
            Step(agent=who, role="origin"),
            Step(agent=OUTLETS[number % 2], role="publisher"),
        ),
        "times": Times(valid=day) if number % 3 else Times(),
        "places": (PlaceRef(place=PLACES[number % 2], role="at"),) if number % 4 == 0 else (),
    }
    quantity = Quantity(measure="people", value=value, verbatim=str(value))
    make = (
        lambda: FigureRecorded(quantities=(quantity,), **common),
        lambda: StatementRecorded(speakers=(who,), quote=words, mode="direct", **common),
        lambda: OccurrenceRecorded(
            action="arrive", actors=(Actor(agent=who, role="agent"),), **common
        ),
        lambda: StateRecorded(relation="leads", subject=who, object=OUTLETS[2], **common),
        lambda: RoleRecorded(person=who, title="mayor", organization=OUTLETS[2], **common),
        lambda: AssessmentRecorded(effect="more rain", quantities=(quantity,), **common),
    )
    return make[(number - 1) % 6]()


def stream(stories: int, first: int = 0) -> Iterator[tuple[UUID, Payload]]:
    """(story, payload) of all stories, interleaved."""
    ids = [uuid7() for _ in range(stories)]
    streams = [payloads(number) for number in range(first, first + stories)]
    for _ in range(PER_STORY):
        for story, each in zip(ids, streams, strict=True):
            yield story, next(each)


def batches(stories: int, size: int) -> Iterator[list[Pair]]:
    whole = stream(stories)
    while batch := [(story, event(payload)) for story, payload in islice(whole, size)]:
        yield batch


def later(engine: Engine, events: int) -> Iterator[Pair]:
    """Further facts, one to each story in turn."""
    with reading(engine) as connection:
        stories = [story.id for story in read.list_stories(connection)]
    chance, first = random.Random(1), PER_STORY - 12 - _EDITS + 1
    for at in range(events):
        yield stories[at % len(stories)], event(fact(chance, first + at // len(stories)))
