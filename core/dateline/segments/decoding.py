"""Rows of segments as the events that the log's reader gives."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from dateline.events.envelope import Event
from dateline.log.read import Reader
from dateline.segments.parquet import Row


def event_of(reader: Reader, row: Row) -> Event:
    """The event of a row. Raises Damaged, as reading the log does."""
    *stored, slug = row
    # The reader would look the slug up in the archive, which is out of reach of a worker.
    reader._slugs = {row[2]: (UUID(bytes=row[2]), slug)}
    return reader._event(cast(Any, None), tuple(stored))
