"""The bulk of a rebuild: whole stories, chunk by chunk, up to a position.

Chunks are folded here or by other processes, and one writer commits the rows of each together with a
cursor, the last story done: a build that was killed continues from there. Only one story's state is in
memory in each process, however long the log is. Folds run outside of write transactions: a slow fold
blocks no other process.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing

from sqlalchemy import Connection, Engine

from dateline.errors import LogGap
from dateline.log import read as log
from dateline.log.collector import collector_paused
from dateline.log.engine import writing
from dateline.views import store, stored_rows
from dateline.views.chunk import Chunk, chunks, read_chunk
from dateline.views.folding import Running
from dateline.views.projection import View
from dateline.views.runner import Progress
from dateline.views.stories import Folded, fold_stories

#: About how many events there are between two commits.
STEP = 5000

#: Folds chunks into the views of those names. Yields their results in the same order.
Replay = Callable[[Sequence[str], Iterable[Chunk]], Generator[Folded, None, None]]


def fold_bulk(
    engine: Engine,
    reader: log.Reader,
    running: list[Running],
    target: int,
    cursor: bytes,
    progress: Progress | None,
    replay: Replay | None = None,
) -> None:
    """Fold whole stories after `cursor`, up to position `target`, and commit chunk by chunk. `replay` folds
    them elsewhere."""
    wanted, done, last = chunks(engine, cursor, target, STEP), 0, cursor
    if replay is None:
        results = _fold_here(engine, reader, running, wanted)
    else:
        results = replay([item.view.name for item in running], wanted)
    with closing(results):
        for folded in results:
            if not folded.last:
                continue
            open_ = [item for item in running if item.error is None]
            with collector_paused(), writing(engine, append=False, limited=True) as connection:
                for item in open_:
                    _write_step(connection, item, folded)
            last, done = folded.last, done + folded.events
            if progress is not None:
                progress(done, target)
            if all(item.error is not None for item in running):
                return
    if last == b"" and target:
        raise LogGap(1, target)


def _fold_here(
    engine: Engine, reader: log.Reader, running: Sequence[Running], wanted: Iterable[Chunk]
) -> Generator[Folded, None, None]:
    for chunk in wanted:
        yield _fold_chunk(engine, reader, [i.view for i in running if i.error is None], chunk)


def _fold_chunk(engine: Engine, reader: log.Reader, views: Sequence[View], chunk: Chunk) -> Folded:
    with collector_paused():
        return fold_stories(reader.registry, views, read_chunk(engine, reader, chunk))


def _write_step(connection: Connection, item: Running, folded: Folded) -> None:
    failure = folded.failures.get(item.view.name)
    if failure is None:
        item.build = store.advance(connection, item.build, cursor=folded.last, state="building")
        stored_rows.fill(connection, item.build, item.rows.schema, folded.rows[item.view.name])
    else:
        # Nothing of this chunk is kept: once the plugin is fixed, its stories are folded again from
        # their first events.
        item.failed, item.error = failure.position, failure.error
        values = {"state": "failed", "failed_position": item.failed, "error": item.error}
        item.build = store.advance(connection, item.build, **values)
