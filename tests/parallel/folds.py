"""Functions that worker processes of the tests call in place of the fold."""

from __future__ import annotations

import os
import signal
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
    time.sleep(60)
    return chunk


def refuse(chunk: bytes) -> bytes:
    if chunk == b"2":
        raise DatelineError("no", hint="ask again", code="not-this-one")
    return chunk


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


def chatter(chunk: bytes) -> bytes:
    """Prints, as a plugin might."""
    print("chatter", flush=True)
    return chunk
