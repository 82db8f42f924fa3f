"""Places for archives on both databases, and the contents of their tables."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dateline.log import schema
from dateline.log.engine import reading
from dateline.log.tables import documents, events, log_head, plugin_types, stories
from dateline.testing.postgres import Server

LOG = (log_head, stories, events, documents, plugin_types)
PAIRS = [
    (one, other) for one in ("sqlite", "postgresql") for other in ("sqlite", "postgresql")
]  # fmt: skip

#: Returns an empty place on the database with that name.
Place = Callable[[str], str]


def places(stack: ExitStack, folder: Path, server: Callable[[], Server]) -> Place:
    numbers = itertools.count(1)

    def place(kind: str) -> str:
        if kind == "sqlite":
            return str(folder / f"{next(numbers)}.db")
        return stack.enter_context(server().database())

    return place


def tables(db: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the log's tables in the order of their keys, by name of the table."""
    engine = schema.connect(db, unfinished=True)
    with reading(engine) as connection:
        found = {
            table.name: [
                tuple(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in LOG
        }
    engine.dispose()
    return found
