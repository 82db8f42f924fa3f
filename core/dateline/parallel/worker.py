"""The fold of chunks as it runs in another process. It reads the log, or segments, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import msgspec

from dateline.events.envelope import Event
from dateline.log import schema
from dateline.log.collector import collector_paused
from dateline.log.databases.sqlite_connection import file_of
from dateline.log.engine import keys_of, open_engine, reading
from dateline.log.read import Reader
from dateline.parallel.order import Order, require_same, views_of
from dateline.plugins.loaded import Plugins
from dateline.protect.keys import Keys
from dateline.protect.vault import Vault
from dateline.search.own import own_views
from dateline.views.chunk import Chunk, read_chunk
from dateline.views.stories import Folded, fold_stories

#: Threads of one process take turns: they would only wait for each other.
_ONE_AT_A_TIME = Lock()

encode = msgspec.msgpack.Encoder().encode
decode_folded = msgspec.msgpack.Decoder(Folded).decode
_decode_chunk = msgspec.msgpack.Decoder(Chunk).decode
_decode_order = msgspec.msgpack.Decoder(Order).decode


@dataclass(frozen=True)
class Worker:
    """A function from an encoded chunk, of the log or of segments, to an encoded Folded; `order` is an encoded Order. It can be pickled.

    Calling it raises DatelineError, SealedContent and LogGap among them.
    """

    order: bytes

    def __call__(self, chunk: bytes) -> bytes:
        with _ONE_AT_A_TIME:
            return encode(_opened(self.order).fold(chunk))

    def __repr__(self) -> str:  # the order holds the archive's URL
        return "Worker()"


class _Opened:
    """An archive, or segments of it, and plugins, kept from one chunk to the next."""

    def __init__(self, order: Order) -> None:
        recipe, self._connected = order.recipe, order.connected
        plugins = Plugins.load(folders=list(map(Path, recipe.folders)), selection=recipe.selection)
        self._engine = None if order.segments else open_engine(order.url)
        archive, beside = order.archive, None
        keys = None if order.keys is None else Path(order.keys)
        if self._engine is not None:
            keys, beside = keys_of(self._engine.url, order.keys), file_of(self._engine.url)
            with reading(self._engine) as connection:
                archive = schema.archive_id(connection)
        vault = Vault(Keys(keys, order.archive, beside), order.archive)
        self._reader = Reader(plugins.registry(), vault)
        require_same(order, views_of(plugins, order.views), archive)
        own = own_views(self._engine, self._reader)
        self._views = [own.get(name) or plugins.views[name] for name in order.views]

    def fold(self, chunk: bytes) -> Folded:
        try:
            with collector_paused():
                return fold_stories(self._reader.registry, self._views, self._stories(chunk))
        finally:
            if self._engine is not None and not self._connected:
                self._engine.dispose()  # a cluster's worker may never end

    def _stories(self, chunk: bytes) -> Iterator[Sequence[Event]]:
        if self._engine is not None:
            return read_chunk(self._engine, self._reader, _decode_chunk(chunk))
        from dateline.segments import read  # with an extra that only this needs

        return read.stories(msgspec.msgpack.decode(chunk, type=read.Chunk), self._reader)


@lru_cache(1)
def _opened(order: bytes) -> _Opened:
    return _Opened(_decode_order(order))
