"""The live notice: one follower of the log tells all open pages how many events were recorded."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from dateline_web.problems import Problem
from dateline_web.site import Site

#: The most pages that listen at a time, and the seconds between two signs of life to each.
_LISTENERS, _BEAT = 500, 20.0
#: Events within so many seconds are one message.
_BATCH = 0.3


@dataclass(eq=False)
class _Listener:
    slug: str
    events: int = 0
    position: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    """The pages that listen. The follower runs in a thread, while the server does."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listeners: set[_Listener] = set()
        self._closing = False

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[None]:
        """Follow the log while the server runs."""
        from dateline import Stop

        stop, loop = Stop(), asyncio.get_running_loop()
        thread = threading.Thread(target=self._follow, args=(stop, loop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._closing = True
            for one in self._listeners:
                one.wake.set()
            stop.request()
            await asyncio.to_thread(thread.join, 5)
            if not thread.is_alive():
                stop.close()

    def _follow(self, stop: Any, loop: asyncio.AbstractEventLoop) -> None:
        for event in self._site.archive.follow(stop=stop):
            loop.call_soon_threadsafe(self._recorded, event.slug, event.position)

    def _recorded(self, slug: str, position: int) -> None:
        for one in self._listeners:
            if one.slug == slug:
                one.events += 1
                one.position = position
                one.wake.set()

    def listen(self, slug: str) -> AsyncIterator[str]:
        """Server-sent events for one page: the number of events since it began to listen. Raises Problem."""
        if len(self._listeners) >= _LISTENERS:
            raise Problem(503, "too many pages listen; reload to see what is new")
        return self._told(_Listener(slug))

    async def _told(self, one: _Listener) -> AsyncIterator[str]:
        self._listeners.add(one)
        try:
            yield "retry: 5000\n\n"
            while not self._closing:
                try:
                    await asyncio.wait_for(one.wake.wait(), _BEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                one.wake.clear()
                await asyncio.sleep(_BATCH)
                while self._site.head().position < one.position and not self._closing:
                    await asyncio.sleep(_BATCH)  # who reloads now would see nothing new
                if one.events:
                    yield f"event: recorded\ndata: {json.dumps({'events': one.events})}\n\n"
        finally:
            self._listeners.discard(one)
