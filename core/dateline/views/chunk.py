"""Chunks of a replay: ranges of stories with about the same number of events.

A chunk is all that is said to whoever folds it, in this process or in another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import msgspec
from sqlalchemy import Engine, select

from dateline.events.envelope import Event
from dateline.log import read as log
from dateline.log.engine import reading
from dateline.log.tables import stories

#: Stories whose sizes are read at a time.
_PAGE = 5000


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """The stories whose ids are greater than `after` and not greater than `until`; without `until` all
    that follow. Of each it takes the events up to position `target`."""

    after: bytes
    until: bytes | None
    target: int


def chunks(engine: Engine, cursor: bytes, target: int, size: int) -> Iterator[Chunk]:
    """Chunks of about `size` events each, of the stories after `cursor`. A larger story is in one chunk.

    The last one has no end, so that each event of the log is in a chunk, whatever the table of stories holds.
    """
    after = seen = at = cursor
    count = 0
    page = select(stories.c.story, stories.c.version).order_by(stories.c.story).limit(_PAGE)
    while True:
        with reading(engine) as connection:
            found = connection.execute(page.where(stories.c.story > at)).fetchall()
        for story, version in found:
            at = story
            if len(story) != 16 or type(version) is not int:
                continue  # damaged; reading the events says so
            if count and count + version > size:
                yield Chunk(after, seen, target)
                after, count = seen, 0
            seen, count = story, count + version
        if len(found) < _PAGE:
            break
    yield Chunk(after, None, target)


def read_chunk(
    engine: Engine, reader: log.Reader, chunk: Chunk, page: int = log.PAGE
) -> Iterator[Sequence[Event]]:
    """The events of each story of a chunk. Raises LogGap, Damaged.

    The transaction ends before the first one is decoded: SQLite's write-ahead log cannot start again
    while anybody reads, and with several readers that might be never.
    """
    with reading(engine) as connection:
        rows = reader.rows_by_story(
            connection,
            after=UUID(bytes=chunk.after) if chunk.after else None,
            last=None if chunk.until is None else UUID(bytes=chunk.until),
            until=chunk.target,
            page=page,
        )
    for _, group in groupby(rows, key=itemgetter(2)):
        yield list(map(reader.decode, group))
