"""The base classes of importers, and what a valid format is."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

import msgspec

from dateline.documents.document import Document
from dateline.errors import DatelineError
from dateline.export.exporter import Exporter
from dateline.recording.line import Line

NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
SUFFIX = re.compile(r"(\.[a-z0-9]+)+")


class Importer(ABC):
    """Reads facts: turns a stream of bytes into lines of the import format."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def read(self, chunks: Iterable[bytes]) -> Iterator[Line]:
        """The lines, in order; a line that cannot be read carries its findings."""


class Extracted(msgspec.Struct, frozen=True):
    """The text extracted from a document that is markup or binary, and the document's own metadata.

    ``tool`` is the name and version of the extracting program; ``published`` is an EDTF date as
    precise as in the document; ``byline`` holds bylines as they are written, from which `read_byline`
    takes the names; ``publisher`` is a name and ``url`` the document's own address; ``note`` is a
    sentence or two for the user who captures it.
    """

    text: str
    tool: str
    title: str | None = None
    published: str | None = None
    language: str | None = None
    byline: tuple[str, ...] = ()
    note: str | None = None
    publisher: str | None = None
    url: str | None = None


class SourceImporter(ABC):
    """Reads a document, and extracts the text that evidence quotes."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    media_type: ClassVar[str]

    @abstractmethod
    def document(self, content: bytes, charset: str | None) -> Document:
        """The document with its charset: the given one, or else the one found in it.

        Bytes that are not text have the charset ``binary``. Raises DatelineError if the bytes cannot
        be decoded, or their charset cannot be determined.
        """

    def extract(self, document: Document) -> Extracted | None:
        """The text to quote, if it differs from the document's own text.

        It is archived as a separate source, derived from the document. Raises DatelineError if the
        document contains no text.
        """
        return None


def check_format(item: object) -> None:
    """Raises DatelineError if `item` is not a valid exporter or importer."""
    if not isinstance(item, Exporter | Importer | SourceImporter):
        raise invalid(f"{item!r} is not an instance of Exporter, Importer or SourceImporter")
    name = getattr(item, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise invalid(f"a format's name consists of lower-case letters, digits and -, not {name!r}")
    suffixes = (item.suffix,) if isinstance(item, Exporter) else item.suffixes
    for suffix in suffixes:
        if not SUFFIX.fullmatch(suffix):
            raise invalid(f"format {name}: a suffix has the form .csv, not {suffix!r}")


def invalid(what: str) -> DatelineError:
    """The error for a format that a plugin must not offer."""
    return DatelineError(what, code="format-invalid")
