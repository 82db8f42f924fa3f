"""Answers that are kept: the bytes of a page, also compressed, until the log grows."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

#: Bytes of answers that are kept in memory, and the size from which one is compressed.
KEPT, SMALL = 64 << 20, 800


@dataclass(frozen=True)
class Answer:
    """An answer before it is sent. ``headers`` are further ones."""

    media_type: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    packed: bytes | None = field(default=None)

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed or b"")

    def compressed(self) -> Answer:
        """The same, with its compressed bytes if they are worth it."""
        if len(self.body) < SMALL:
            return self
        packed = gzip.compress(self.body, 5, mtime=0)
        return Answer(self.media_type, self.body, self.status, self.headers, packed)


#: What an answer depends on: the positions of the log and of its indexes, the address and its query.
Key = tuple[tuple[int, int], str, str]


class Answers:
    """The last answers, each made once however many ask for it at the same time. Belongs to one event loop."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit, self._size = limit, 0
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._making: dict[Key, asyncio.Future[Answer]] = {}

    async def get(self, key: Key, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """The kept answer, or a new one. An error of `make` reaches all who wait for it."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if (waiting := self._making.get(key)) is not None:
            return await asyncio.shield(waiting)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._making[key] = future
        try:
            answer = await make()
        except BaseException as error:
            kind = error if isinstance(error, Exception) else RuntimeError("the request was ended")
            future.set_exception(kind)
            future.exception()  # nobody else may be waiting
            raise
        else:
            future.set_result(answer)
            self._keep(key, answer)
            return answer
        finally:
            del self._making[key]

    def _keep(self, key: Key, answer: Answer) -> None:
        if (
            next(iter(self._kept), key)[0] != key[0]
        ):  # the log grew: nothing older is asked for again
            self._kept.clear()
            self._size = 0
        if answer.status != 200 or answer.size > self._limit // 8:
            return
        self._kept[key] = answer
        self._size += answer.size
        while self._size > self._limit:
            self._size -= self._kept.popitem(last=False)[1].size
