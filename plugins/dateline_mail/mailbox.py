"""Mailboxes in the mbox format, as mail programs and archives of mailing lists export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO

from dateline.plugin import Contained, Container, DatelineError

#: A line that begins a message: an address or a number, then a date with its year.
_BEGIN = re.compile(rb"From \S+ .{0,60}\d{4}")
_ESCAPED = re.compile(rb">+From ")
_LONGEST = 1 << 16


class Mailbox(Container):
    """A mailbox: each message is a document. It is read line by line, whatever its size."""

    name, suffixes, media_types = "mbox", (".mbox", ".mbx"), ("application/mbox",)

    def recognizes(self, beginning: bytes) -> bool:
        return beginning.startswith(b"From ")

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        for number, lines in groupby(_numbered(file), key=lambda numbered: numbered[0]):
            if number == 0:
                raise DatelineError(
                    "this is not a mailbox: it does not begin with a From line",
                    hint="if it is one message, capture it with --as mail",
                    code="not-a-mailbox",
                )
            content = (line for _, line in lines)
            yield Contained(f"{number}.eml", content, media_type="message/rfc822")


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with the number of its message, from 1, without the lines between messages. A line that
    was escaped, since it would begin a message, is as it was sent."""
    number, blank, whole = 0, True, True
    while line := file.readline(_LONGEST):
        if whole and blank and _BEGIN.match(line):
            number += 1
        elif whole and _ESCAPED.match(line):
            yield number, line[1:]
        else:
            yield number, line
        blank = whole and not line.strip()
        whole = line.endswith(b"\n")
