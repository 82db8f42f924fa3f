"""Requests as bytes, as no client library would send them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.web.running import Running

HOST = b"Host: 127.0.0.1\r\n"


@dataclass(frozen=True)
class Reply:
    """What came back on a connection: `statuses` of all answers, and whether the server ended the connection."""

    data: bytes
    ended: bool

    @property
    def statuses(self) -> list[int]:
        parts = self.data.split(b"HTTP/1.1 ")[1:]
        return [int(part[:3]) for part in parts]

    @property
    def status(self) -> int | None:
        return self.statuses[0] if self.statuses else None

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0].lower()

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def request(
    target: bytes = b"/stories.json",
    *lines: bytes,
    method: bytes = b"GET",
    host: bytes = HOST,
    version: bytes = b"HTTP/1.1",
    close: bool = True,
) -> bytes:
    """A request with these further header lines, without their line ends."""
    more = b"".join(line + b"\r\n" for line in lines) + (b"Connection: close\r\n" if close else b"")
    return method + b" " + target + b" " + version + b"\r\n" + host + more + b"\r\n"


def send(server: Running, data: bytes, seconds: float = 5) -> Reply:
    """Send bytes and read until the server ends the connection or the time is over."""
    with connected(server, seconds) as connection:
        # The server may answer before it has all, and end the connection.
        with suppress(OSError):
            connection.sendall(data)
        return receive(connection)


def receive(connection: socket.socket) -> Reply:
    """Read until the server ends the connection or the connection's time is over."""
    found = bytearray()
    while True:
        try:
            part = connection.recv(1 << 16)
        except TimeoutError:
            return Reply(bytes(found), ended=False)
        except OSError:
            part = b""
        if not part:
            return Reply(bytes(found), ended=True)
        found += part


@contextmanager
def connected(server: Running, seconds: float = 5) -> Iterator[socket.socket]:
    with socket.create_connection(server.address, timeout=seconds) as connection:
        yield connection
