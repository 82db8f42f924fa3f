"""Keeps the projection of Dateline's own up with the log."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log import read as log
from dateline.log.databases.dialect import of
from dateline.log.engine import reading
from dateline.views import present, store
from dateline.views.about import ABOUT
from dateline.views.catching_up import catch_up
from dateline.views.generation import OWNERS

#: How many events may come after the position of `ABOUT` before it is caught up: they are read too.
LAG = 32


def keep_up(engine: Engine, reader: log.Reader, version: int) -> None:
    """Catch `ABOUT` up with the log if a story at that `version` is long, unless the archive must be left
    unchanged. What keeps that from being done only makes reading slower."""
    if version < present.SHORT or of(engine).rests(engine):
        return
    with reading(engine) as connection:
        build, head = store.current(connection, ABOUT.name), log.head(connection).position
    if build is None or build.pending or head - build.position >= LAG:
        with suppress(DatelineError):
            catch_up(engine, reader, [ABOUT], OWNERS)
