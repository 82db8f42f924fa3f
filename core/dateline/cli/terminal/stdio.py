"""The three standard streams: in any encoding, closed, on a full disk, or without a reader.

`main` calls `prepare` once before anything is printed, and `finish` at the end.
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

#: ASCII under another name: click treats a stream with the encoding "ascii" as misconfigured and writes
#: UTF-8 past it.
_ASCII = "ascii-terminal"


class ReaderWentAway(Exception):
    """The reader of the output (head, less) has closed it. It is not an OSError, because click and
    rich exit on that."""


def prepare() -> None:
    """Make all three streams usable.

    Data in a pipe or a file is UTF-8, like an export. On a terminal, characters that its encoding
    lacks are written as escapes. A closed stream raises one clear error when it is used.
    """
    _occupy()
    out = _Out(_raw(sys.stdout), "output")
    sys.stdout = _text(out, sys.stdout)
    sys.stderr = _text(_Messages(_raw(sys.stderr), "error output"), sys.stderr)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_ClosedInput()), "utf-8")
    elif isinstance(sys.stdin, io.TextIOWrapper):
        # Bytes that do not decode become surrogates, which are refused where they are used.
        sys.stdin.reconfigure(errors="surrogateescape")


def finish(code: int) -> int:
    """Flush the buffers; returns the exit code, 1 if the flush failed and `code` was 0."""
    try:
        sys.stdout.flush()
    except ReaderWentAway:
        code = code or 1
    except DatelineError as error:
        if not code:  # else the command has reported an error already
            with contextlib.suppress(Exception):
                sys.stderr.write(f"Error: {error}\n")
        code = code or 1
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Out):
        raw.dropping = True  # the interpreter flushes again at exit
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    return code


def reopened(descriptor: int, was: IO[Any]) -> IO[Any]:
    """A stream like `was` that owns another file descriptor: same encoding, same error handling."""
    return _text(_Out(io.FileIO(descriptor, "w"), "output"), was)  # type: ignore[no-any-return]


def _occupy() -> None:
    """Open the null device on the descriptors of closed streams. Otherwise the archive could get
    descriptor 1 or 2, and a library that writes there would write into the archive."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor


def _raw(stream: IO[Any] | None) -> Any:
    """The raw byte stream below `stream`; None if there is no stream or it is text only."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)


def _text(raw: _Out, was: IO[Any] | None) -> Any:
    if raw.below is None and was is not None:  # a replacement stream that is text only
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
    """Standard output, or a closed one (``below`` is None). Writing raises ReaderWentAway and
    DatelineError."""

    #: Set at the end: from then on, writes are discarded and never fail.
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
                f"the {self._name} is closed",
                hint="redirect it to a file or to /dev/null",
                code="output-closed",
            )
        try:
            written = self.below.write(data)
            while written is None:  # a non-blocking pipe that is full
                select.select([], [self.below], [])
                written = self.below.write(data)
        except BrokenPipeError as error:
            raise ReaderWentAway from error
        except OSError as error:
            raise DatelineError(
                f"cannot write the {self._name}: {error.strerror}", code="output-not-writable"
            ) from error
        return int(written)


class _Messages(_Out):
    """Standard error. A message that cannot be written is dropped, and the command continues."""

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
        raise DatelineError(
            "the input is closed",
            hint="name a file, or send the input through a pipe",
            code="input-closed",
        )
