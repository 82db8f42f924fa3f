"""One connection of a reader: it may be slow, but it may not hold the server."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds in which a connection must send a whole request head, also after an answer.
HEAD_SECONDS = 10.0
#: Seconds between two looks at a connection, and the bytes of an answer that it must take between them.
LOOK_SECONDS, TAKEN = 5.0, 8 << 10
#: The most connections at a time. Most systems let a process open 1,024 files.
CONNECTIONS = 900


class Connection(H11Protocol):
    """Closes when it sends no request or takes no answer in time, or when others need its place."""

    _look: asyncio.TimerHandle | None = None
    #: Since when it could send a request, and the bytes that were waiting for it at the last look.
    _since = 0.0
    _waiting = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # Otherwise the end of a short answer waits for the reader's machine to acknowledge its beginning.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._since = self.loop.time()
        if len(self.connections) > CONNECTIONS:
            self._make_room()
        self._look = self.loop.call_later(min(HEAD_SECONDS, LOOK_SECONDS), self._looked)

    def on_response_complete(self) -> None:
        self._since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    @property
    def _idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _looked(self) -> None:
        before, self._waiting = self._waiting, self.transport.get_write_buffer_size()
        if self._waiting:
            self._since = self.loop.time()
        stuck = before and self._waiting > before - TAKEN
        late = self._idle and self.loop.time() - self._since >= HEAD_SECONDS
        if stuck or late:
            self.transport.abort()
            return
        self._look = self.loop.call_later(min(HEAD_SECONDS, LOOK_SECONDS), self._looked)

    def _make_room(self) -> None:
        """End the connection that has been idle longest, or this one if all others are busy."""
        others = [
            one
            for one in self.connections
            if isinstance(one, Connection) and one._idle and not one.transport.is_closing()
        ]
        min(others, key=lambda one: one._since).transport.abort()
