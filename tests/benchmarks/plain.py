"""A script such as a careful user writes with SQLAlchemy: events as rows of JSON, one table a view.

It hashes nothing, corrects nothing and cannot resume. Its log and its view have the same content.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sql
import workload
from measure import Clock

from dateline.events.edtf import parse
from dateline.events.parts import Quantity
from dateline.events.words import quantity_words

TEXT, INTEGER, NUMBER, BOOLEAN = sql.Text, sql.BigInteger, sql.Double, sql.Boolean
metadata = sql.MetaData()
EVENTS = sql.Table(
    "events",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("story", sql.String(36), nullable=False, index=True),
    sql.Column("type", sql.String(40), nullable=False),
    sql.Column("recorded_at", sql.DateTime(timezone=True), nullable=False),
    sql.Column("recorded_by", sql.JSON, nullable=False),
    sql.Column("data", sql.JSON, nullable=False),
)
FIGURES = sql.Table(
    "figures",
    metadata,
    *(
        sql.Column(name, kind)
        for name, kind in {
            "story": TEXT, "fact": TEXT, "item": INTEGER, "status": TEXT, "source": TEXT,
            "position": INTEGER, "method": TEXT, "measure": TEXT, "words": TEXT, "unit": TEXT, "value": NUMBER,
            "of": NUMBER, "lower": NUMBER, "upper": NUMBER, "lower_inclusive": BOOLEAN,
            "upper_inclusive": BOOLEAN, "ordinal": INTEGER, "approximate": BOOLEAN,
            "verbatim": TEXT, "kind": TEXT, "cumulative": BOOLEAN, "when": TEXT, "as_of": TEXT,
            "earliest": TEXT, "latest": TEXT, "chain": TEXT, "agent_ids": TEXT, "text": TEXT, "start": INTEGER,
            "end": INTEGER,
        }.items()
    ),
    sql.UniqueConstraint("story", "fact", "item"),
)  # fmt: skip
PAGE = 1000
_BY = msgspec.to_builtins(workload.BY)
Row = dict[str, Any]


def opened(db: Path | str) -> sql.Engine:
    if isinstance(db, str):
        return sql.create_engine(sql.make_url(db).set(drivername="postgresql+psycopg"))
    return sql.create_engine(f"sqlite:///{db}")


def create(db: Path | str) -> None:
    engine = opened(db)
    metadata.create_all(engine)
    engine.dispose()


def rows_of(batch: list[tuple[Any, workload.Payload]]) -> list[Row]:
    return [
        {"story": str(story), "type": payload.type, "data": msgspec.to_builtins(payload)}
        for story, payload in batch
    ]


def save(engine: sql.Engine, rows: list[Row]) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(
            EVENTS.insert(), [{**row, "recorded_at": now, "recorded_by": _BY} for row in rows]
        )


def append(db: Path | str, stories: int, batch: int) -> dict[str, Any]:
    create(db)
    clock, engine = Clock(), opened(db)
    for payloads in workload.batches(stories, batch):
        rows = rows_of(payloads)
        with clock:
            save(engine, rows)
    engine.dispose()
    return clock.result(stories * workload.PER_STORY)


def replay(db: Path | str) -> dict[str, Any]:
    clock, engine = Clock(), opened(db)
    slugs: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    after = 0
    with clock:
        while True:
            with engine.begin() as connection:
                later = EVENTS.select().where(EVENTS.c.id > after).order_by(EVENTS.c.id)
                page = connection.execute(later.limit(PAGE)).all()
                rows: list[Row] = []
                for event in page:
                    if event.type == "story.opened":
                        slugs[event.story] = event.data["slug"]
                        labels[event.story] = {}
                    elif event.type == "entity.introduced":
                        labels[event.story][event.data["entity"]] = event.data["label"]
                    elif event.type == "figure.recorded":
                        rows += figures(event, slugs[event.story], labels[event.story])
                if rows:
                    connection.execute(FIGURES.insert(), rows)
            if len(page) < PAGE:
                break
            after = page[-1].id
    engine.dispose()
    return clock.result(after + len(page))


def figures(event: Any, slug: str, labels: dict[str, str]) -> list[Row]:
    data, rows = event.data, []
    times = data.get("times", {})
    time = times.get("valid") or times.get("said")
    when = None if time is None else parse(time["edtf"])
    for item, fields in enumerate(data["quantities"], 1):
        quantity = Quantity(**fields)
        exact = [span for span in data["evidence"] if span["exact"] == quantity.verbatim]
        span = (exact or data["evidence"])[0]
        rows.append({
            **msgspec.structs.asdict(quantity),
            "story": slug, "fact": data["fact"], "item": item, "status": "recorded",
            "source": data["source"], "position": event.id, "method": event.recorded_by["method"], "words": quantity_words(quantity),
            "kind": "figure", "cumulative": data.get("cumulative"), "as_of": data.get("as_of"),
            "when": "undated" if when is None else when.words,
            "earliest": when and when.earliest, "latest": when and when.latest,
            "chain": " › ".join(labels[step["agent"]] for step in data["attribution"]),
            "agent_ids": " ".join(step["agent"] for step in data["attribution"]),
            "text": data["text"], "start": span["start"], "end": span["end"],
        })  # fmt: skip
    return rows
