"""Content that was erased after it was written to segments, by the records of the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from dateline.events.editorial import ContentErased
from dateline.log.read import Reader
from dateline.segments import stored
from dateline.segments.decoding import event_of
from dateline.segments.manifest import Partition, partition_of


def erased_since(
    connection: Connection, reader: Reader, after: int, until: int
) -> dict[UUID, list[int]]:
    """Positions up to `after` whose content was erased on record after it, by story."""
    gone: dict[UUID, list[int]] = {}
    for row in stored.erasures(connection, after, until):
        event = event_of(reader, row)
        if isinstance(event.data, ContentErased):
            here = [position for position in event.data.positions if position <= after]
            gone.setdefault(event.story, []).extend(here)
    return {story: positions for story, positions in gone.items() if positions}


def by_partition(
    gone: Mapping[UUID, list[int]], partitions: Sequence[Partition]
) -> dict[int, list[int]]:
    """Erased positions by the index of the partition that holds them."""
    found = defaultdict[int, list[int]](list)
    for story, positions in gone.items():
        found[partition_of(partitions, story)].extend(positions)
    return found
