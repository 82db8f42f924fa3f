"""Functions that worker processes of the tests call in place of the fold."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from dateline import DatelineError


def shout(chunk: bytes) -> bytes:
    return chunk.upper()


def uneven(chunk: bytes) -> bytes:
    """The first chunks take longest."""
    time.sleep(0.2 / (1 + int(chunk)))
    return chunk


def pid(chunk: bytes) -> bytes:
    return str(os.getpid()).encode()


def slow(chunk: bytes) -> bytes:
    """Notes its process in the folder `chunk`, then works for a long time."""
    (Path(chunk.decode()) / str(os.getpid())).touch()
    time.sleep(600)
    return chunk


def slow_but_first(chunk: bytes) -> bytes:
    """The first chunk is folded at once; the others note their process next to it, and take long."""
    folder = Path(chunk.decode())
    return chunk if folder.name == "0" else slow(os.fsencode(folder.with_name("0")))


def refuse(chunk: bytes) -> bytes:
    if chunk == b"2":
        raise DatelineError("no", hint="ask again", code="not-this-one")
    return chunk


def unreadable(chunk: bytes) -> bytes:
    raise FileNotFoundError(2, "no such file", "the keys")


def die_once(chunk: bytes) -> bytes:
    """Is killed when it is called for the second chunk for the first time; `chunk` names a folder."""
    mark = Path(chunk.decode()) / "dead"
    if chunk.endswith(b"2") and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk


def die(chunk: bytes) -> bytes:
    if chunk == b"2":
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk


class Strange(Exception):
    """It cannot be pickled."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.held = lambda: what


def strange(chunk: bytes) -> bytes:
    print("a fold should not print")
    raise Strange("as it is")


def large(chunk: bytes) -> bytes:
    """A result that does not fit into a pipe; the process dies while it sends the second one."""
    if chunk == b"1":
        timer = threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGKILL))
        timer.start()
    return chunk * 100_000_000
