"""A TCP proxy in front of a PostgreSQL server that sometimes drops the reply to a COMMIT."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress
from typing import Self

_COMMIT = b"COMMIT\0"


class Proxy:
    """Listens on `port`. A transaction whose reply it drops has been committed by the server."""

    def __init__(self, server: int, seed: int, share: float = 0.05) -> None:
        self._server, self._chance, self._share = server, random.Random(seed), share
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:  # the server is down, so the proxy is too
                client.close()
                continue
            lost = threading.Event()
            for one, other, to_server in ((client, server, True), (server, client, False)):
                arguments = (one, other, to_server, lost)
                threading.Thread(target=self._carry, args=arguments, daemon=True).start()

    def _carry(
        self, one: socket.socket, other: socket.socket, to_server: bool, lost: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                if to_server and _COMMIT in data and self._chance.random() < self._share:
                    lost.set()
                if not to_server and lost.is_set():
                    break
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
