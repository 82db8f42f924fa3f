"""Messages on stderr, and lines wrapped between words on a terminal. In a pipe, nothing is wrapped."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from typing import IO, Any

import click


def say(text: str) -> None:
    """Print a message for the user on stderr, with unsafe characters made visible."""
    from dateline.text import visible

    click.echo(wrapped(visible(text), sys.stderr), err=True)


def counted(number: int, noun: str) -> str:
    """``1 event``, ``2,000 events``"""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def indented(text: str) -> str:
    """`text`, with all lines but the first indented."""
    return text.replace("\n", "\n  ")


def wrapped(text: str, stream: IO[Any]) -> str:
    """`text`, with long lines wrapped and indented if `stream` is a terminal; not those to paste."""
    width = _width(stream)
    if width is None:
        return text
    return "\n".join(_broken(line, width) for line in text.split("\n"))


def _broken(line: str, width: int) -> str:
    if len(line) <= width or line.lstrip().startswith("dateline "):
        return line
    # What precedes its words: its indent, and a label with a gap after it.
    found = re.match(r" *(?:\S{1,12} {2,})?", line)
    hanging = found.end() if found is not None else 0
    return textwrap.fill(
        line,
        width,
        subsequent_indent=" " * (hanging if hanging < width // 2 else 2),
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )


def _width(stream: IO[Any]) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    except (OSError, ValueError, AttributeError):  # closed, or not a file
        return None
