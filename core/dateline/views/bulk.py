"""The bulk of a rebuild: whole stories, one after the other, up to a position.

Only one story's state is in memory, however long the log is. Each step commits its rows together with
a cursor, the last story done: a build that was killed continues from there. Folds run outside of write
transactions: a slow fold blocks no other process.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Connection, Engine

from dateline.errors import LogGap
from dateline.log import read as log
from dateline.log.engine import reading, writing
from dateline.views import store, stored_rows
from dateline.views.collector import collector_paused
from dateline.views.folding import Running
from dateline.views.rows import Rows
from dateline.views.runner import Progress, fold_story

#: Events folded between two commits.
STEP = 5000
#: What is left of the last page of a step is read again by the next.
_PAGE = 1000


def fold_bulk(
    engine: Engine,
    reader: log.Reader,
    running: list[Running],
    target: int,
    cursor: bytes,
    progress: Progress | None,
) -> None:
    """Fold whole stories after `cursor`, up to position `target`, and commit step by step."""
    done = 0
    while True:
        open_ = [item for item in running if item.error is None]
        with collector_paused():
            with reading(engine) as connection:
                folded, last = _fold_stories(connection, reader, open_, target, cursor)
            if last is None:
                break
            with writing(engine, append=False, limited=True) as connection:
                for item in open_:
                    _write_step(connection, item, last)
            for item in open_:  # here, so that the collector does not scan the old rows
                item.rows = Rows(item.rows.schema)
        cursor, done = last, done + folded
        if progress is not None:
            progress(done, target)
    if cursor == b"" and target:
        raise LogGap(1, target)


def _fold_stories(
    connection: Connection, reader: log.Reader, running: list[Running], target: int, cursor: bytes
) -> tuple[int, bytes | None]:
    """Fold stories until about STEP events. Returns the number of events, and the last story or None."""
    events = reader.read_by_story(
        connection, after=UUID(bytes=cursor) if cursor else None, until=target, page=_PAGE
    )
    folded, last = 0, None
    for story, group in groupby(events, key=attrgetter("story")):
        stream = list(group)
        fold_story(reader, running, stream)
        last, folded = story.bytes, folded + len(stream)
        if folded >= STEP or any(item.error is not None for item in running):
            break
    return folded, last


def _write_step(connection: Connection, item: Running, last: bytes) -> None:
    if item.error is None:
        item.build = store.advance(connection, item.build, cursor=last, state="building")
        stored_rows.fill(connection, item.build, item.rows)
    else:
        # Nothing of this step is kept: once the plugin is fixed, its stories are folded again from
        # their first events.
        values = {"state": "failed", "failed_position": item.failed, "error": item.error}
        item.build = store.advance(connection, item.build, **values)
