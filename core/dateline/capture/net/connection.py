"""A connection to an address that was checked, and to no other, with time limits."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Sequence
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from dateline.capture.net.target import PORTS, Target

#: How many addresses of a host are tried.
_TRIED = 4


class Clock:
    """The time left: `step` seconds for a single wait, `total` seconds for everything."""

    def __init__(self, step: float, total: float) -> None:
        self._step, self._end = step, time.monotonic() + total

    def left(self) -> float:
        """Seconds that the next wait may take. Raises TimeoutError if there are none."""
        seconds = min(self._step, self._end - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("it took too long")
        return seconds


class Connection(HTTPConnection):
    """Connects to the first of `addresses` that answers, and names the target's host to it.

    The name is not looked up again, since it might resolve to another address by then.
    """

    def __init__(
        self,
        target: Target,
        addresses: Sequence[str],
        clock: Clock,
        context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(target.host, target.port)
        self.default_port = PORTS[target.scheme]  # the Host header leaves it out
        self.response_class = partial(_Response, clock=clock)  # type: ignore[assignment]
        self._addresses, self._clock = addresses[:_TRIED], clock
        self._context = None
        if target.scheme == "https":
            self._context = context or ssl.create_default_context()

    def connect(self) -> None:
        raw = self._dial()
        if self._context is None:
            self.sock = raw
            return
        try:
            raw.settimeout(self._clock.left())
            # A trailing dot is only for the resolver: no certificate has one.
            self.sock = self._context.wrap_socket(raw, server_hostname=self.host.rstrip("."))
        except BaseException:
            raw.close()
            raise

    def _dial(self) -> socket.socket:
        failed: OSError = OSError("the host has no address")
        for address in self._addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            raw = socket.socket(family, socket.SOCK_STREAM)
            try:
                raw.settimeout(self._clock.left())
                raw.connect((address, self.port))
                return raw
            except OSError as error:
                raw.close()
                failed = error
        raise failed


class _Response(HTTPResponse):
    """Sets the socket's timeout before each read: one byte a minute does not keep a connection alive."""

    def __init__(self, sock: socket.socket, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, clock))


class _Timed(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, clock: Clock) -> None:
        self._raw, self._sock, self._clock = raw, sock, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._clock.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
