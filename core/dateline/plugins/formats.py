"""The base classes of exporters and importers, and the material that exporters get."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec

from dateline.documents.document import Document
from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.events.state import StoryState
from dateline.recording.line import Line
from dateline.views.table import Table

NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


class Cut(msgspec.Struct, frozen=True):
    """The position and root of the log that an export was made at: enough to make the same bytes again.

    ``as_of`` is the past moment asked for, if any; ``stories`` are the slugs of its stories, in order.
    """

    archive: UUID
    position: int
    root: str
    as_of: str | None = None
    stories: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The cut as exports state it, for JSON."""
        return {
            "archive": str(self.archive),
            "position": self.position,
            "root": self.root,
            "as_of": self.as_of,
            "stories": list(self.stories),
        }

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Cut:
        """The cut that `fields` state; other fields are ignored. Raises KeyError for a missing field,
        msgspec.ValidationError for a value of the wrong type."""
        return msgspec.convert({name: fields[name] for name in cls.__struct_fields__}, cls)


class StatedCut(msgspec.Struct, frozen=True):
    """What a finished export states: its cut, its view if it has only one, and its views if the format
    lists them."""

    cut: Cut
    view: str | None = None
    views: tuple[str, ...] | None = None


class Material(Protocol):
    """The input of an exporter: one or more stories at a cut.

    Everything is in a fixed order, so that equal logs give equal bytes.
    """

    @property
    def cut(self) -> Cut:
        """Where in the log the export is made."""

    @property
    def failed(self) -> Mapping[str, Any]:
        """Views that are left out because their fold raised an error, by name."""

    @property
    def view(self) -> str | None:
        """The view asked for with ``--view``, if any."""

    @property
    def slugs(self) -> list[str]:
        """The slugs of the stories, in order."""

    def stories(self) -> Iterator[StoryState]:
        """The stories, sorted by slug, each with its facts."""

    def views(self) -> list[str]:
        """Names of the available views."""

    def table(self, view: str, story: str) -> Table:
        """A view's rows for one story. Raises UnknownName, ViewFailed."""

    def events(self) -> Iterator[Event]:
        """The events of the stories, in the order of the log. Raises SealedContent."""

    def document(self, source: str) -> Document | None:
        """A captured document by its source id; None if there is none."""


class Exporter(ABC):
    """Writes stories in a format, as chunks of text that end with a line break."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str] = "text/plain"
    #: Whether every line but the first is one event: then other lines stay verifiable after an erasure.
    by_line: ClassVar[bool] = False

    @abstractmethod
    def export(self, material: Material) -> Iterator[str]:
        """The export, in chunks. It must be deterministic: no clock, no randomness, no other input."""

    def schema(self) -> str | None:
        """The published schema of the format, if it has one."""
        return None

    def sidecar(self, material: Material) -> str | None:
        """The content of ``NAME.meta.json``, for a format whose files cannot state their cut."""
        return None

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        """The cut that a file of this format states, so that ``verify --export`` can compare the file
        with an export at that cut; None if it states none.

        The file may come from anyone: an error while parsing it counts as None.
        """
        return None


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
    precise as in the document; ``note`` is one sentence for the user who captures it.
    """

    text: str
    tool: str
    title: str | None = None
    published: str | None = None
    language: str | None = None
    byline: tuple[str, ...] = ()
    note: str | None = None


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
        raise _invalid(f"{item!r} is not an instance of Exporter, Importer or SourceImporter")
    name = getattr(item, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _invalid(
            f"a format's name consists of lower-case letters, digits and -, not {name!r}"
        )
    suffixes = (item.suffix,) if isinstance(item, Exporter) else item.suffixes
    for suffix in suffixes:
        if not re.fullmatch(r"(\.[a-z0-9]+)+", suffix):
            raise _invalid(f"format {name}: a suffix has the form .csv, not {suffix!r}")


def _invalid(what: str) -> DatelineError:
    return DatelineError(what, code="format-invalid")
