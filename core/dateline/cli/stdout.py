"""Stdout is for data. What plugins print, at import or in a fold, is sent to stderr.

From the moment plugins are loaded until the command ends, `sys.stdout` is stderr, and so is file
descriptor 1, which C libraries and child processes write to. `data` is the original stdout.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, TextIO

from dateline.cli.streams import ReaderWentAway, reopened
from dateline.errors import DatelineError

#: In a context's `meta`: the command is a plugin's, and stdout is its own.
FOREIGN = "dateline.foreign"
_kept: list[IO[Any]] = []


def data() -> IO[Any]:
    """Where a command's data go."""
    return _kept[-1] if _kept else sys.stdout


@contextmanager
def kept_for_data() -> Iterator[None]:
    """Inside, whatever is printed goes to stderr; `data` is the stdout from before."""
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
    """The same for the rest of the process: what a plugin does at exit may print, too."""
    with suppress(OSError, ValueError, AttributeError):  # not there, closed, or no file
        sys.stdout.flush()
        if sys.stdout.fileno() == 1:
            _lead_aside()
    sys.stdout = sys.stderr


@contextmanager
def given_back() -> Iterator[None]:
    """Inside, stdout is stdout again: for a prompt, which a terminal must show."""
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
    """Inside, data go to stderr: for what a person must see before a question, wherever stdout leads."""
    _kept.append(sys.stderr)
    try:
        yield
    finally:
        _kept.pop()


@contextmanager
def _aside() -> Iterator[TextIO]:
    """A stream to where stderr leads, of its own: a plugin that closes its stdout closes no more."""
    stderr = sys.stderr
    if stderr is None:
        stream = open(os.devnull, "w")  # noqa: SIM115 - closed below
    else:
        try:
            copy = os.dup(stderr.fileno())
        except (OSError, ValueError):  # no file, as in a test
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
    """A stream to where `stdout` leads, while descriptor 1 leads to stderr; `stdout` itself where
    that is no file of this process, as in a test."""
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
        with suppress(OSError, ValueError):  # what was printed past `sys.stdout`
            stdout.flush()
        os.dup2(kept, 1)
        with suppress(OSError, ReaderWentAway, DatelineError):  # reported by the flush before
            stream.close()


def _lead_aside() -> None:
    """Descriptor 1 to where stderr leads. Where that was closed, 2 may be any file by now."""
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
