"""Stories whose rows an erasure deleted: they are folded again before anything else.

The erasure itself folds nothing, because a fold is a plugin's code: it may be slow, raise, or never
end. The generation records which stories have no rows, and the next process that catches it up folds
them, a few at a time, up to its position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine

from dateline.log import read as log
from dateline.log.collector import collector_paused
from dateline.log.engine import reading, writing
from dateline.views import store, stored_rows
from dateline.views.folding import Running
from dateline.views.rows import Rows
from dateline.views.stories import fold_story

#: Events folded between two commits; a longer story is folded whole.
STEP = 5000


def fold_pending(engine: Engine, reader: log.Reader, running: Sequence[Running]) -> None:
    """Fold the pending stories of each generation. A generation whose fold raises stops there, and the
    others continue. Raises ChangedElsewhere."""
    while todo := [item for item in running if item.error is None and item.build.pending]:
        first = todo[0].build
        # One read of the log serves all that need the same events.
        group = [
            item
            for item in todo
            if (item.build.pending, item.build.position) == (first.pending, first.position)
        ]
        count, slugs = _fold_step(engine, reader, group)
        with writing(engine, append=False, limited=True) as connection:
            for item in sorted(group, key=lambda item: item.view.name):
                _write(connection, item, count, slugs)


def _fold_step(
    engine: Engine, reader: log.Reader, group: Sequence[Running]
) -> tuple[int, list[str]]:
    """Fold about STEP events of pending stories into fresh buffers. Returns the number of stories, and
    the slugs of those that had events by that position."""
    build = group[0].build
    for item in group:
        item.rows = Rows(item.rows.schema)
    count = folded = 0
    slugs = []
    for story in build.pending_stories:
        with collector_paused():
            with reading(engine) as connection:
                events = list(reader.read_story(connection, story, until=build.position))
            # The snapshot is closed first: a slow fold must not block other processes.
            fold_story(reader.registry, group, events)
        slugs += [events[0].slug] if events else []
        count, folded = count + 1, folded + len(events)
        if folded >= STEP or any(item.error is not None for item in group):
            break
    return count, slugs


def _write(connection: Connection, item: Running, count: int, slugs: Sequence[str]) -> None:
    """Write the rows, and mark the stories as no longer pending, in one transaction. If the view raised
    in this step, none of its rows are kept."""
    build, values = item.build, dict[str, Any]()
    if item.error is None:
        assert build.pending is not None
        values["pending"] = build.pending[16 * count :] or None
        if build.state == "failed":
            values |= {"state": "live", "failed_position": None, "error": None}
    elif build.state == "retired":
        return  # an undo wanted to restore it; it is left as it is
    else:
        values |= {"state": "failed", "failed_position": item.failed, "error": item.error}
    item.build = store.advance(connection, build, **values)
    if item.error is None:
        rows, schema = list(item.rows.stored()), item.rows.schema
        stored_rows.fill_stories(connection, item.build, schema, slugs, rows)
