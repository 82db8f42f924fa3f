"""The stored nodes of the log's Merkle tree: one for every 256 leaves or nodes of the level below.

A node is written once, in the transaction that completes it. Together with the leaves in ``events``
the nodes give any root or proof in a few reads. Levels are those of C2SP tlog-tiles:
level L holds the subtrees of height 8 L.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import Connection, select

from dateline.errors import DatelineError
from dateline.log.databases.dialect import of
from dateline.log.hashing import STRIDE, Node, node
from dateline.log.tables import events, merkle_nodes

_WIDTH = 1 << STRIDE
#: How many pages of 256 hashes are cached; a proof in a log of a million events needs three.
_PAGES = 64


def insert(connection: Connection, complete: Iterable[Node]) -> None:
    """Store nodes that a `hashing.Frontier` completed."""
    if rows := list(complete):
        of(connection).insert(connection, merkle_nodes.name, ("level", "number", "hash"), rows)


class StoredTree:
    """The hashes of complete subtrees, in the form that `dateline.log.tree` takes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._page = lru_cache(_PAGES)(self._read)

    def __call__(self, height: int, index: int) -> bytes:
        """Raises DatelineError when an event or a stored node is missing."""
        level, rest = divmod(height, STRIDE)
        first, count = index << rest, 1 << rest
        at = first % _WIDTH
        hashes = self._page(level, first // _WIDTH)[at : at + count]
        if len(hashes) != count:
            raise DatelineError(
                f"the log's tree has no node of level {level} at {first + len(hashes)}",
                hint="run `dateline verify` to see what is wrong with this archive",
                code="tree-incomplete",
            )
        while len(hashes) > 1:
            hashes = [node(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def _read(self, level: int, page: int) -> list[bytes]:
        first = page * _WIDTH
        if level == 0:
            at, hash_, first = events.c.position, events.c.leaf, first + 1
            query = select(at, hash_)
        else:
            at, hash_ = merkle_nodes.c.number, merkle_nodes.c.hash
            query = select(at, hash_).where(merkle_nodes.c.level == level)
        rows = self._connection.execute(
            query.where(at >= first, at < first + _WIDTH).order_by(at)
        ).all()
        # Stop at the first hole, so that no hash moves into another's place.
        return [hash_ for wanted, (number, hash_) in enumerate(rows, first) if number == wanted]
