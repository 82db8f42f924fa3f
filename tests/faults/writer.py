"""A writer that may be killed at any moment; its successor continues its unfinished batch."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from dateline import DatelineError
from dateline.events.envelope import NewEvent
from dateline.events.identity import uuid7
from dateline.events.payload import Payload
from dateline.events.story import StoryOpened, StoryRetitled
from dateline.log.append import Appender
from dateline.log.databases.unwritten import LockTimeout
from dateline.log.engine import open_engine, reading, writing


class Undone(Exception):
    """Ends a transaction without a commit."""


class Journal:
    """A file of lines that survives a kill; it shows which batch was begun and not acknowledged."""

    def __init__(self, path: Path) -> None:
        lines = path.read_bytes().split(b"\n") if path.exists() else []
        if lines and lines[-1]:  # cut short; the line before shows what was begun
            path.write_bytes(b"\n".join([*lines[:-1], b""]))
        self.entries = [json.loads(line) for line in lines[:-1] if line]
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - for as long as it lives

    def note(self, what: str, **more: Any) -> None:
        """Write one line. A batch is ``begun``, then each attempt is ``committing``, and finally it is
        ``acknowledged``; ``cut`` records the result of an attempt whose reply was lost."""
        entry = {"what": what, **more}
        self._file.write(json.dumps(entry).encode() + b"\n")
        self.entries.append(entry)

    def left(self) -> dict[str, Any] | None:
        """The last batch that was begun, unless it was acknowledged."""
        ends = ("begun", "acknowledged")
        last = next((e for e in reversed(self.entries) if e["what"] in ends), None)
        return last if last is not None and last["what"] == "begun" else None


def main() -> None:
    order = json.loads(sys.argv[1])
    chance, journal = random.Random(order["seed"]), Journal(Path(order["file"]))
    stop, engine = Path(order["stop"]), open_engine(order["db"])
    left, story = journal.left(), _story(journal)
    if left is not None:
        _cut(engine, journal, left)
        _insist(engine, journal, left, chance)
    while not stop.exists():
        batch = _batch(journal, story, chance)
        story = batch["story"]
        if chance.random() < 0.05 and not batch["opens"]:
            _roll_back(engine, journal, batch)
            continue
        journal.note("begun", **batch)
        _insist(engine, journal, batch, chance)


def _story(journal: Journal) -> str | None:
    return next((e["story"] for e in reversed(journal.entries) if e["what"] == "begun"), None)


def _batch(journal: Journal, story: str | None, chance: random.Random) -> dict[str, Any]:
    opens = story is None or chance.random() < 0.05
    ids = [str(uuid7()) for _ in range(chance.randint(1, 40))]
    return {"story": str(uuid7()) if opens else story, "opens": opens, "ids": ids}


def _events(batch: dict[str, Any]) -> list[NewEvent]:
    made = []
    for number, id_ in enumerate(batch["ids"]):
        payload: Payload = StoryRetitled(title=f"Title {id_}")
        if batch["opens"] and number == 0:
            payload = StoryOpened(slug=f"story-{batch['story']}", title="T")
        made.append(NewEvent(event_id=UUID(id_), data=payload, type=payload.type, schema_version=1))
    return made


def _append(
    engine: Engine, journal: Journal, batch: dict[str, Any], slow: float, *, undone: bool = False
) -> None:
    with writing(engine, append=False) as connection:
        appender = Appender(connection)
        appender.append(UUID(batch["story"]), _events(batch))
        time.sleep(slow)
        appender.finish()
        if undone:
            raise Undone
        journal.note("committing")


def _roll_back(engine: Engine, journal: Journal, batch: dict[str, Any]) -> None:
    try:
        _append(engine, journal, batch, 0, undone=True)
    except Undone:
        journal.note("rolled back")
    except DatelineError as error:  # the attempt failed, and was to be rolled back anyway
        _require_passing(error)


def _insist(engine: Engine, journal: Journal, batch: dict[str, Any], chance: random.Random) -> None:
    """Append with the same ids until it is acknowledged."""
    while True:
        try:
            _append(
                engine, journal, batch, chance.uniform(0.005, 0.03) if chance.random() < 0.3 else 0
            )
        except DatelineError as error:
            _require_passing(error)
            _cut(engine, journal, batch)
        else:
            break
    journal.note("acknowledged", ids=batch["ids"])


def _cut(engine: Engine, journal: Journal, batch: dict[str, Any]) -> None:
    """Record whether an attempt with an unknown outcome was committed, and whether it had reached its
    commit."""
    committing = journal.entries[-1]["what"] == "committing"
    first = UUID(batch["ids"][0]).bytes
    while True:
        try:
            with reading(engine) as connection:
                found = connection.execute(
                    text("SELECT 1 FROM events WHERE event_id = :id"), {"id": first}
                ).first()
        except DatelineError as error:  # no server yet
            _require_passing(error)
            time.sleep(0.05)
        else:
            journal.note("cut", committing=committing, committed=found is not None)
            return


def _require_passing(error: DatelineError) -> None:
    """Continue only after accidents; a refusal ends the writer."""
    if type(error) not in (DatelineError, LockTimeout):
        raise error
