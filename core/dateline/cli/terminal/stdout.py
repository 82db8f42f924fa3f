"""Stdout is for data. What plugins print, at import or in a fold, is sent to stderr.

From the loading of plugins to the end of the command, `sys.stdout` is stderr, and so is file
descriptor 1, which C libraries and child processes write to. `data` returns the original stdout.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, TextIO

from dateline.cli.terminal.stdio import ReaderWentAway, reopened
from dateline.errors import DatelineError

#: A key in a context's `meta`: the command belongs to a plugin, which may use stdout.
FOREIGN = "dateline.foreign"
#: The byte order mark, by which Excel recognises UTF-8. Also a key in `meta`: CSV begins with it.
MARK = "\ufeff"
_kept: list[IO[Any]] = []


def data() -> IO[Any]:
    """The stream for the data of a command."""
    return _kept[-1] if _kept else sys.stdout


@contextmanager
def kept_for_data() -> Iterator[None]:
    """Inside, everything printed is sent to stderr, and `data` returns the original stdout."""
    if _kept or sys.stdout is None:
        yield
        return
    before = sys.stdout
    with ExitStack() as stack:
        aside = stack.enter_context(_aside())
        _kept.append(stack.enter_context(_descriptor(before)))
        stack.callback(_kept.clear)
        sys.stdout = aside
        try:
            yield
        finally:
            sys.stdout = before


def keep_until_exit() -> None:
    """The same for the rest of the process, since a plugin may print at exit."""
    with suppress(OSError, ValueError, AttributeError):  # missing, closed, or not a file
        sys.stdout.flush()
        if sys.stdout.fileno() == 1:
            _lead_aside()
    sys.stdout = sys.stderr


@contextmanager
def given_back() -> Iterator[None]:
    """Inside, `sys.stdout` is the original stdout, so that a terminal shows a prompt."""
    if not _kept:
        yield
        return
    aside, sys.stdout = sys.stdout, _kept[-1]
    try:
        yield
    finally:
        sys.stdout = aside


@contextmanager
def shown_on_stderr() -> Iterator[None]:
    """Inside, data is sent to stderr: for text that a person must see before a question, even if
    stdout is redirected."""
    _kept.append(sys.stderr)
    try:
        yield
    finally:
        _kept.pop()


@contextmanager
def _aside() -> Iterator[TextIO]:
    """A stream of its own to the target of stderr, so that a plugin that closes its stdout does not
    close stderr."""
    stderr = sys.stderr
    if stderr is None:
        stream = open(os.devnull, "w")  # noqa: SIM115 - closed below
    else:
        try:
            copy = os.dup(stderr.fileno())
        except (OSError, ValueError):  # not a file, as in a test
            yield stderr
            return
        stream = open(  # noqa: SIM115
            copy, "w", buffering=1, encoding=stderr.encoding, errors=stderr.errors
        )
    try:
        yield stream
    finally:
        with suppress(OSError):
            stream.close()


@contextmanager
def _descriptor(stdout: TextIO) -> Iterator[IO[Any]]:
    """A stream to the target of `stdout`, while descriptor 1 points to stderr. It is `stdout` itself
    if that is not descriptor 1, as in a test."""
    try:
        if stdout.fileno() != 1:
            raise io.UnsupportedOperation
        stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError):  # io.UnsupportedOperation is both
        yield stdout
        return
    _lead_aside()
    stream = reopened(kept, stdout)
    try:
        yield stream
        stream.flush()
    finally:
        with suppress(OSError, ValueError):  # text printed to the old stream directly
            stdout.flush()
        os.dup2(kept, 1)
        with suppress(OSError, ReaderWentAway, DatelineError):  # already reported by the flush
            stream.close()


def _lead_aside() -> None:
    """Point descriptor 1 to the target of stderr, or to the null device if stderr is not descriptor
    2, which may be any file once stderr was closed."""
    try:
        standard = sys.stderr is not None and sys.stderr.fileno() == 2
    except (OSError, ValueError):
        standard = False
    if standard:
        os.dup2(2, 1)
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
