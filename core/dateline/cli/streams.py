"""The three streams of a process, whatever they are: in another encoding, closed, full, not read.

`main` calls `prepare` once before anything is printed, and `finish` last.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import select
import sys
from typing import IO, TYPE_CHECKING, Any

from dateline.errors import DatelineError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

#: ASCII by a name of our own: click takes a stream that says "ascii" for one that was set up wrongly, and
#: writes UTF-8 past it.
_ASCII = "ascii-terminal"


class ReaderWentAway(Exception):
    """Whoever read the output (head, less) has closed it. No OSError: click and rich exit on that."""


def prepare() -> None:
    """Make all three streams usable.

    In a pipe or a file, data is UTF-8, as an export is. On a terminal, what its encoding does not have
    is written as an escape. What cannot be written or read is one clear error when it is tried.
    """
    _occupy()
    out = _Out(_raw(sys.stdout), "output")
    sys.stdout = _text(out, sys.stdout)
    sys.stderr = _text(_Messages(_raw(sys.stderr), "error output"), sys.stderr)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_ClosedInput()), "utf-8")
    elif isinstance(sys.stdin, io.TextIOWrapper):
        # What does not decode is refused where it arrives, as the surrogates it gives.
        sys.stdin.reconfigure(errors="surrogateescape")


def finish(code: int) -> int:
    """Write what is left in the buffers; returns the exit code, 1 where that did not work."""
    try:
        sys.stdout.flush()
    except ReaderWentAway:
        code = code or 1
    except DatelineError as error:
        if not code:  # else the command has said it, or what matters more
            with contextlib.suppress(Exception):
                sys.stderr.write(f"Error: {error}\n")
        code = code or 1
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Out):
        raw.dropping = True  # the interpreter flushes once more
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    return code


def reopened(descriptor: int, was: IO[Any]) -> IO[Any]:
    """A stream like `was` on another file descriptor, which it owns: same encoding, same errors."""
    return _text(_Out(io.FileIO(descriptor, "w"), "output"), was)  # type: ignore[no-any-return]


def _occupy() -> None:
    """Let no file that is opened later take the number of a closed stream: a library that writes to
    number 1 or 2 would write into the archive."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gives the lowest number that is free


def _raw(stream: IO[Any] | None) -> Any:
    """What writes the bytes of `stream`; None where there is no stream, or it has no bytes."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)


def _text(raw: _Out, was: IO[Any] | None) -> Any:
    if raw.below is None and was is not None:  # somebody's own stream, of text alone
        return was
    terminal = raw.isatty()
    encoding = getattr(was, "encoding", None) if terminal else "utf-8"
    if encoding is not None and codecs.lookup(encoding).name == "ascii":
        codecs.register(_ascii)
        encoding = _ASCII
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=terminal
    )


def _ascii(name: str) -> codecs.CodecInfo | None:
    found = codecs.lookup("ascii")
    if name.replace("_", "-") != _ASCII:
        return None
    return codecs.CodecInfo(
        found.encode, found.decode, found.streamreader, found.streamwriter,
        found.incrementalencoder, found.incrementaldecoder, _ASCII,
    )  # fmt: skip


class _Out(io.RawIOBase):
    """Standard output, or none (``below`` is None). Raises ReaderWentAway, and DatelineError."""

    #: Set at the end: nothing is written any more, and nothing fails.
    dropping = False

    def __init__(self, below: Any, name: str) -> None:
        self.below, self._name = below, name

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self.below is not None and bool(self.below.isatty())

    def fileno(self) -> int:
        if self.below is None:
            raise io.UnsupportedOperation(f"the {self._name} is closed")
        return int(self.below.fileno())

    def write(self, data: ReadableBuffer) -> int:
        if self.dropping:
            return memoryview(data).nbytes
        if self.below is None:
            raise DatelineError(
                f"the {self._name} is closed", hint="send it somewhere: to a file, or to /dev/null"
            )
        try:
            written = self.below.write(data)
            while written is None:  # a pipe that does not block and is full
                select.select([], [self.below], [])
                written = self.below.write(data)
        except BrokenPipeError as error:
            raise ReaderWentAway from error
        except OSError as error:
            raise DatelineError(f"cannot write the {self._name}: {error.strerror}") from error
        return int(written)


class _Messages(_Out):
    """Standard error. A message that reaches nobody stops nothing."""

    def write(self, data: ReadableBuffer) -> int:
        size = memoryview(data).nbytes
        try:
            return super().write(data)
        except (ReaderWentAway, DatelineError):
            return size


class _ClosedInput(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        raise DatelineError("the input is closed", hint="give a file, or send it through a pipe")
