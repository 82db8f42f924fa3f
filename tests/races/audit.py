"""Checks every invariant of a log by recomputing it from its rows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, text

from dateline.log import hashing
from dateline.log.engine import reading

_EVENTS = "SELECT * FROM events WHERE position > :after ORDER BY position LIMIT 5000"


def audit(engine: Engine) -> list[UUID]:
    """Event ids by position. Raises AssertionError for a hole, a duplicate, a broken chain, or a story,
    head, commitment or root that does not match the events."""
    ids: list[UUID] = []
    tree = hashing.Frontier()
    stories: dict[bytes, tuple[int, bytes, int]] = {}
    with reading(engine) as connection:
        archive, position, peaks = connection.execute(
            text("SELECT archive, position, peaks FROM log_head")
        ).one()
        while rows := connection.execute(text(_EVENTS), {"after": len(ids)}).all():
            for row in rows:
                ids.append(UUID(bytes=row.event_id))
                assert row.position == len(ids), "a hole"
                version, prev, recorded = stories.get(row.story, (0, b"", 0))
                assert row.version == version + 1, f"version at position {row.position}"
                assert row.recorded_us >= recorded, f"clock at position {row.position}"
                if row.body is not None:
                    assert hashing.commitment(row.salt, row.body) == row.commitment
                entry = hashing.stored_entry(UUID(bytes=archive), row, prev)
                assert hashing.leaf(entry) == row.leaf, f"leaf at position {row.position}"
                stories[row.story] = (row.version, row.leaf, row.recorded_us)
                tree.append(row.leaf)
        found = connection.execute(text("SELECT story, version, leaf, recorded_us FROM stories"))
        assert {row[0]: tuple(row[1:]) for row in found} == stories
    assert len(set(ids)) == len(ids), "a duplicate"
    assert position == len(ids)
    assert peaks == tree.to_bytes()
    return ids
