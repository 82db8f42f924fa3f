"""Which partition a story belongs to. Pure.

Partitions are ranges of story ids, so that a partition is a run of stories for a rebuild, which proceeds
in the order of their ids. Ids begin with the time: new stories come at the end, and there another
partition begins when the last one is full. A story never moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from dateline.segments.manifest import Partition
from dateline.segments.parquet import Row

#: Events in the last partition from which on the next new story begins another one.
FULL = 50_000
_FIRST = UUID(int=0)


def placed(
    rows: Iterable[Row], partitions: Sequence[Partition], full: int
) -> Iterator[tuple[int, UUID, list[Row]]]:
    """Each story of `rows`, which are in the order of story and version, with the index of its partition
    and the first id of that partition. New partitions follow the given ones."""
    firsts = [partition.first for partition in partitions]
    events = partitions[-1].events if partitions else 0
    newest = partitions[-1].last_story if partitions else _FIRST
    at = 0
    for key, group in groupby(rows, key=itemgetter(2)):
        story, stream = UUID(bytes=key), list(group)
        while at + 1 < len(firsts) and firsts[at + 1] <= story:
            at += 1
        if not firsts:
            firsts.append(_FIRST)
        elif at + 1 == len(firsts) and events >= full and story > newest:
            firsts.append(story)
            at, events = at + 1, 0
        if at + 1 == len(firsts):
            events, newest = events + len(stream), max(newest, story)
        yield at, firsts[at], stream
