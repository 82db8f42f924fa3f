"""Places for archives on both databases, and what their tables hold."""

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

#: Gives a place where nothing is, on the database of a name.
Place = Callable[[str], str]


def places(stack: ExitStack, folder: Path, server: Callable[[], Server]) -> Place:
    numbers = itertools.count(1)

    def place(kind: str) -> str:
        if kind == "sqlite":
            return str(folder / f"{next(numbers)}.db")
        return stack.enter_context(server().database())

    return place


def tables(db: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the log's tables, by the name of the table, in the order of keys."""
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
