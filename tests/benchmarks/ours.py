"""Dateline, through the code that its commands use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mixed
import workload
from measure import Clock
from sqlalchemy import Engine

from dateline import Archive, Plugins
from dateline.log import read, schema
from dateline.log.append import Appender
from dateline.log.engine import reading, writing

VIEW = "figures"


def create(db: Path | str) -> None:
    schema.create(db).dispose()


def append(db: Path | str, stories: int, batch: int, *, making: bool = False) -> dict[str, Any]:
    """With `making`, the clock includes making event objects from payloads."""
    clock, engine, count = Clock(), schema.connect(db), 0
    for payloads in workload.batches(stories, batch):
        pairs = [] if making else workload.made(payloads)
        with clock:
            append_pairs(engine, pairs or workload.made(payloads))
        count += len(payloads)
    result = clock.result(count)
    engine.dispose()
    return result


def single(db: Path, stories: int, events: int) -> dict[str, Any]:
    [pairs] = map(workload.made, workload.batches(stories, events))
    clock, engine = Clock(), schema.connect(db)
    with clock:
        for pair in pairs:
            with writing(engine, append=False) as connection:
                appender = Appender(connection)
                appender.append_all([pair], {})
                appender.finish()
    result = clock.result(len(pairs))
    engine.dispose()
    return result


def append_mixed(db: Path | str, stories: int, batch: int) -> dict[str, Any]:
    """Write the second workload."""
    clock, engine, count = Clock(), schema.connect(db), 0
    for pairs in mixed.batches(stories, batch):
        with clock:
            append_pairs(engine, pairs)
        count += len(pairs)
    result = clock.result(count)
    engine.dispose()
    return result


def replay(db: Path | str, views: Sequence[str] = (VIEW,), jobs: int = 1) -> dict[str, Any]:
    clock = Clock()
    with Archive.open(db, Plugins.load(strict=True)) as archive:
        head = archive.head().position
        with clock:
            archive.rebuild(views, jobs=jobs)
        return clock.result(head)


def catch_up(db: Path, events: int) -> dict[str, Any]:
    """Catch a view up with `events` new events, one to each story in turn."""
    clock, chance = Clock(), random.Random(1)
    with Archive.open(db, Plugins.load(strict=True)) as archive:
        archive.rebuild([VIEW])
        engine = schema.connect(db)
        with reading(engine) as connection:
            stories = [story.id for story in read.list_stories(connection)]
        pairs = [
            (stories[at % len(stories)], workload.event(workload.figure(chance, 98 + at)))
            for at in range(events)
        ]
        append_pairs(engine, pairs)
        engine.dispose()
        with clock:
            archive.catch_up([VIEW])
        return clock.result(events)


def catch_up_one(db: Path, events: int, views: Sequence[str]) -> dict[str, Any]:
    """Catch these views up with one new fact, `events` times."""
    clock, engine = Clock(), schema.connect(db)
    with Archive.open(db, Plugins.load(strict=True)) as archive:
        archive.rebuild(views)
        for pair in mixed.later(engine, events):
            append_pairs(engine, [pair])
            with clock:
                archive.catch_up(views)
        engine.dispose()
        return clock.result(events)


def append_pairs(engine: Engine, pairs: list[workload.Pair]) -> None:
    with writing(engine, append=False) as connection:  # like recording
        appender = Appender(connection)
        appender.append_all(pairs, {})
        appender.finish()


def load(db: Path, file: str) -> dict[str, Any]:
    """Import a file of complete lines into an empty archive."""
    clock = Clock()
    with Archive.open(db, Plugins.load(strict=True)) as archive:
        with clock:
            done = archive.import_file(file)
        return clock.result(done.new)
