"""The base class of containers: files that hold several documents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import BinaryIO, ClassVar

import msgspec

from dateline.errors import DatelineError
from dateline.plugins.formats import NAME, SUFFIX, invalid


class Contained(msgspec.Struct, frozen=True):
    """One document of a container, and what the container knows about it.

    ``name`` is its path or number in the container. ``content`` are its bytes, or an iterable of pieces
    of them, which is read before the next document is asked for. ``published`` and ``retrieved`` are EDTF
    dates, as precise as in the container; ``retrieved`` is when a crawler or a reader got the document.
    ``byline``, ``publisher`` and ``url`` are as in `Extracted`. ``error`` says why the document cannot be
    read: it is reported, and the next ones are read.
    """

    name: str
    content: bytes | Iterable[bytes] = b""
    media_type: str | None = None
    charset: str | None = None
    title: str | None = None
    published: str | None = None
    retrieved: str | None = None
    language: str | None = None
    byline: tuple[str, ...] = ()
    publisher: str | None = None
    url: str | None = None
    error: DatelineError | None = None


class Container(ABC):
    """Reads a file that holds several documents. Each is kept, and goes through the importers of sources, as if
    it had been captured alone.

    ``suffixes`` may have two parts, as ``.warc.gz``. ``media_types`` are those by which it is found in
    other containers and on the web.
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    media_types: ClassVar[tuple[str, ...]] = ()

    def recognizes(self, beginning: bytes) -> bool:
        """Whether a file that begins with these bytes, up to 4,096, can be in this format. Formats that share a
        suffix are told apart by it."""
        return True

    @abstractmethod
    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        """The documents of `file`, which can be read and sought, in its order, one after the other.

        Raises DatelineError if the file is not in this format. A document that cannot be read has an
        ``error``, so that the others are read. Sizes, counts, depths and times are limited by the caller.
        """


def check_container(item: object) -> Container:
    """Raises DatelineError if `item` is not a valid container."""
    if not isinstance(item, Container):
        raise invalid(f"{item!r} is not an instance of Container")
    name = getattr(item, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise invalid(
            f"a container's name consists of lower-case letters, digits and -, not {name!r}"
        )
    for suffix in item.suffixes:
        if not SUFFIX.fullmatch(suffix):
            raise invalid(
                f"container {name}: a suffix has the form .zip or .warc.gz, not {suffix!r}"
            )
    return item
