"""The `eventsourcing` library, used as its documentation shows: aggregates, application, projection.

Its SQLite recorder has no subscriptions, so its ProjectionRunner cannot run; the projection is fed
from its NotificationLogReader. Each event is one transaction with its tracking row, as intended there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import msgspec
import workload
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactory, Tracking, TrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteTrackingRecorder
from eventsourcing.system import NotificationLogReader
from eventsourcing.utils import Environment
from limit import COLUMNS, METHOD
from measure import Clock
from sqlalchemy.engine import make_url

from dateline.events.edtf import parse
from dateline.events.parts import Quantity
from dateline.events.words import quantity_words

SECTION = 1000
Fields = dict[str, Any]


class Story(Aggregate):
    @event("Opened")
    def __init__(self, data: Fields, by: Fields) -> None:
        self.slug, self.title = data["slug"], data["title"]
        self.entities: dict[str, str] = {}
        self.sources: dict[str, Fields] = {}
        self.facts: dict[str, Fields] = {}

    @event("EntityIntroduced")
    def introduce(self, data: Fields, by: Fields) -> None:
        self.entities[data["entity"]] = data["label"]

    @event("SourceCaptured")
    def capture(self, data: Fields, by: Fields) -> None:
        self.sources[data["source"]] = data

    @event("FigureRecorded")
    def record(self, data: Fields, by: Fields, reported: int) -> None:
        self.facts[data["fact"]] = data


class Archive(Application):
    log_section_size = SECTION


def env(db: Path | str) -> dict[str, str]:
    if isinstance(db, str):
        url = make_url(db)
        found = {"HOST": url.query.get("host") or url.host, "PORT": url.port, "USER": url.username,
                 "DBNAME": url.database, "PASSWORD": url.password or ""}  # fmt: skip
        postgres = {f"POSTGRES_{name}": str(value) for name, value in found.items()}
        return {"PERSISTENCE_MODULE": "eventsourcing.postgres", **postgres}
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(db)}


_BY: Fields = msgspec.to_builtins(workload.BY)


def _grown(story: Story | None, data: Fields) -> Story:
    """The story with another pending event."""
    if story is None:
        return Story(data=data, by=_BY)
    if "kind" in data:
        story.introduce(data=data, by=_BY)
    elif "chars" in data:
        story.capture(data=data, by=_BY)
    else:
        story.record(data=data, by=_BY, reported=workload.REPORTED)
    return story


def whole_of(payloads: list[Fields]) -> Story:
    story: Story | None = None
    for data in payloads:
        story = _grown(story, data)
    assert story is not None
    return story


def payloads_of(number: int) -> list[Fields]:
    return [msgspec.to_builtins(payload) for payload in workload.payloads(number)]


def create(db: str) -> None:
    """Create its tables, because writers that start together would conflict when creating them."""
    Archive(env=env(db)).close()


def append(db: Path | str, stories: int, batch: int, *, making: bool = False) -> dict[str, Any]:
    """Save as many complete stories at once as make a batch. With `making`, the clock includes the calls
    of the aggregates, which make the events."""
    clock, app = Clock(), Archive(env=env(db))
    size = max(1, batch // workload.PER_STORY)
    for first in range(0, stories, size):
        some = [payloads_of(number) for number in range(first, min(first + size, stories))]
        whole = [] if making else [whole_of(payloads) for payloads in some]
        with clock:
            app.save(*(whole or [whole_of(payloads) for payloads in some]))
    result = clock.result(stories * workload.PER_STORY)
    app.close()
    return result


def single(db: Path, stories: int, events: int) -> dict[str, Any]:
    clock, app, count = Clock(), Archive(env=env(db)), 0
    payloads = [payloads_of(number) for number in range(stories)]
    grown: list[Story | None] = [None] * stories
    while count < events:
        at, version = count % stories, count // stories
        story = grown[at] = _grown(grown[at], payloads[at][version])
        with clock:
            app.save(story)
        count += 1
    result = clock.result(count)
    app.close()
    return result


class FiguresView(TrackingRecorder):
    def add(self, rows: list[tuple[Any, ...]], tracking: Tracking) -> None: ...


class SQLiteFigures(SQLiteTrackingRecorder, FiguresView):
    def construct_create_table_statements(self) -> list[str]:
        return [
            *super().construct_create_table_statements(),
            f"CREATE TABLE IF NOT EXISTS figures ({COLUMNS})",
        ]

    def add(self, rows: list[tuple[Any, ...]], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                cursor.executemany(f"INSERT INTO figures VALUES ({marks})", rows)
            self._insert_tracking(cursor, tracking)


class Figures(Projection[FiguresView]):
    name = "figures"
    _slugs: ClassVar[dict[Any, str]] = {}
    _labels: ClassVar[dict[Any, dict[str, str]]] = {}

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.add([], tracking)

    @process_event.register
    def _opened(self, domain_event: Story.Opened, tracking: Tracking) -> None:  # type: ignore[name-defined]
        self._slugs[domain_event.originator_id] = domain_event.data["slug"]
        self.view.add([], tracking)

    @process_event.register
    def _introduced(self, domain_event: Story.EntityIntroduced, tracking: Tracking) -> None:  # type: ignore[name-defined]
        labels = self._labels.setdefault(domain_event.originator_id, {})
        labels[domain_event.data["entity"]] = domain_event.data["label"]
        self.view.add([], tracking)

    @process_event.register
    def _recorded(self, domain_event: Story.FigureRecorded, tracking: Tracking) -> None:  # type: ignore[name-defined]
        data, story = domain_event.data, domain_event.originator_id
        labels = self._labels[story]
        time = data["times"].get("valid")
        when = None if time is None else parse(time["edtf"])
        chain = " › ".join(labels[step["agent"]] for step in data["attribution"])
        agents = " ".join(step["agent"] for step in data["attribution"])
        rows = []
        for item, fields in enumerate(data["quantities"], 1):
            q = Quantity(**fields)
            exact = [span for span in data["evidence"] if span["exact"] == q.verbatim]
            span = (exact or data["evidence"])[0]
            rows.append(
                (
                    self._slugs[story], data["fact"], item, "recorded", data["source"],
                    tracking.notification_id, METHOD, q.measure, quantity_words(q), q.unit, q.value, q.of,
                    q.lower, q.upper, q.lower_inclusive, q.upper_inclusive, q.ordinal,
                    q.approximate, q.verbatim, "figure", data.get("cumulative"),
                    "undated" if when is None else when.words, data.get("as_of"),
                    None if when is None else when.earliest,
                    None if when is None else when.latest, chain, agents, data["text"], span["start"],
                    span["end"],
                )
            )  # fmt: skip
        self.view.add(rows, tracking)


def view_class(db: Path | str) -> type[FiguresView]:
    if isinstance(db, str):
        from peer_postgres import PostgresFigures

        return PostgresFigures
    return SQLiteFigures


def replay(db: Path | str) -> dict[str, Any]:
    clock, app = Clock(), Archive(env=env(db))
    factory = InfrastructureFactory.construct(Environment("figures", env(db)))
    projection = Figures(view=factory.tracking_recorder(view_class(db)))
    reader = NotificationLogReader(app.notification_log, section_size=SECTION)
    count = 0
    with clock:
        for notification in reader.read(start=1):
            change = app.mapper.to_domain_event(notification)
            projection.process_event(change, Tracking(app.name, notification.id))
            count += 1
    result = clock.result(count)
    app.close()
    factory.close()
    return result
