"""A walk through a log reports everything that differs in a row, and goes on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dateline import Archive, Plugins
from dateline.log.engine import reading
from dateline.log.hashing import Frontier
from dateline.log.tables import EVENT_COLUMNS, events
from dateline.log.walk import Walk
from dateline.testing import samples


@pytest.fixture(scope="module")
def log() -> tuple[UUID, list[list[Any]]]:
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(samples.story())
        with reading(archive._engine) as connection:
            rows = [list(row) for row in connection.execute(select(events).order_by("position"))]
        return archive.id, rows


@pytest.mark.parametrize(
    ("column", "value", "rules"),
    [
        ("leaf", b"short", ["V1", "V1", "V1"]),
        ("version", 9, ["V3", "V3"]),
        ("version", 2.0, ["V1"]),
        ("type", "another", ["V1"]),
        ("recorded_us", "now", ["V1"]),
        ("body", b"{}", ["V5"]),
        ("body", "{}", ["V5"]),
        ("salt", None, ["V5"]),
        ("subject_key", "key", ["V1", "V5"]),
    ],
)
def test_each_altered_value_breaks_its_rule(
    log: tuple[UUID, list[list[Any]]], column: str, value: object, rules: list[str]
) -> None:
    archive, rows = log
    walk = Walk(archive, Frontier(), {})
    altered = [list(row) for row in rows]
    altered[1][EVENT_COLUMNS.index(column)] = value
    found = [fault.rule for row in altered for fault in walk.take(row).faults]
    assert found == rules
    assert walk.frontier.size == len(rows)


def test_a_sound_log_has_no_faults_and_its_root(log: tuple[UUID, list[list[Any]]]) -> None:
    archive, rows = log
    walk = Walk(archive, Frontier(), {})
    assert [walk.take(row).faults for row in rows] == [[] for _ in rows]
    leaves = Frontier()
    leaves.extend(row[-1] for row in rows)
    assert walk.frontier.root() == leaves.root()
