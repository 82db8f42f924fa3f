"""Reading views of Dateline's own at the head of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.log import read
from dateline.log.databases.dialect import of
from dateline.log.engine import reading as snapshot
from dateline.search.memory import InMemory
from dateline.views import catching_up, kept, store
from dateline.views.folding import require_live
from dateline.views.generation import OWNERS, Build
from dateline.views.projection import View
from dateline.views.runner import Progress

_TRIES = 100


@contextmanager
def reading(
    engine: Engine,
    reader: read.Reader,
    views: Sequence[View],
    memory: InMemory,
    progress: Progress | None = None,
) -> Iterator[tuple[Connection, Mapping[str, Build]]]:
    """A connection to `views`, caught up to the head of the log, and their generations by name. Where the
    archive must be left unchanged they are read as they are, or if one of them cannot be used, from `memory`.
    Raises ViewFailed, DatelineError."""
    if of(engine).rests(engine):
        with kept.snapshot(engine, reader, views) as (connection, found):
            if len(found) == len(views):
                yield connection, found
                return
        with memory.reading(engine, reader, views) as folded:
            yield folded
        return
    for _ in range(_TRIES):
        builds = catching_up.catch_up(engine, reader, views, OWNERS, progress=progress)
        for build in builds:
            require_live(build)
        with snapshot(engine) as connection:
            current = store.settled(connection, builds)
            if current is not None:
                yield connection, current
                return
    raise DatelineError(
        f"other processes changed the index during each of {_TRIES} reads",
        hint="try again",
        code="view-busy",
    )
