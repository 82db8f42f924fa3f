"""Long lines are broken between words on a terminal and unchanged in a pipe."""

from __future__ import annotations

import io
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from struct import pack
from termios import TIOCSWINSZ
from typing import TextIO

from hypothesis import given
from hypothesis import strategies as st

from dateline.cli.terminal.messages import wrapped

WORDS = st.text(alphabet="ab-/é ", max_size=200).map(lambda text: " ".join(text.split(" ")))


@contextmanager
def terminal(columns: int) -> Iterator[TextIO]:
    there, here = pty.openpty()
    ioctl(here, TIOCSWINSZ, pack("HHHH", 30, columns, 0, 0))
    with os.fdopen(here, "w") as stream:
        yield stream
    os.close(there)


@given(WORDS, st.integers(20, 120))
def test_no_word_is_broken_lost_or_moved(text: str, columns: int) -> None:
    with terminal(columns) as stream:
        lines = wrapped(text, stream).split("\n")
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= columns or len(line.split()) == 1 for line in lines)


def test_continued_lines_are_indented_below_the_labelled_text() -> None:
    line = "written  in a long report that nobody reads to its end"
    with terminal(30) as stream:
        assert wrapped(line, stream).split("\n") == [
            "written  in a long report that",
            "         nobody reads to its",
            "         end",
        ]


def test_a_pipe_gets_unchanged_lines() -> None:
    long = "word " * 100
    assert wrapped(long, io.StringIO()) == long
    there, here = os.pipe()
    with os.fdopen(here, "w") as stream:
        assert wrapped(long, stream) == long
    os.close(there)
