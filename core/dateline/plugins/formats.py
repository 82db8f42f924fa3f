"""What exporters and importers are, and what they are handed."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec

from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.events.present import StoryState
from dateline.log.document import Document
from dateline.recording.line import Line
from dateline.views.table import Table

NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


class Cut(msgspec.Struct, frozen=True):
    """Where an export was cut out of the archive: enough to make the same bytes again.

    ``stories`` are the slugs of those in it, in order.
    """

    archive: UUID
    position: int
    root: str
    as_of: str | None = None
    stories: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """As an export states it, in JSON."""
        return {
            "archive": str(self.archive),
            "position": self.position,
            "root": self.root,
            "as_of": self.as_of,
            "stories": list(self.stories),
        }

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Cut:
        """The cut that `fields` state, whatever else they hold. Raises KeyError, and
        msgspec.ValidationError for values of another type."""
        return msgspec.convert({name: fields[name] for name in cls.__struct_fields__}, cls)


class StatedCut(msgspec.Struct, frozen=True):
    """What a finished export says of itself: its cut; its one view, if it has one; and the views in
    it, if the format lists them."""

    cut: Cut
    view: str | None = None
    views: tuple[str, ...] | None = None


class Material(Protocol):
    """One story, or several, as of a cut: what an exporter writes from.

    Everything comes in a fixed order, so equal logs give equal bytes.
    """

    @property
    def cut(self) -> Cut: ...

    @property
    def failed(self) -> Mapping[str, Any]:
        """Views that are left out because their fold raised, by name."""

    @property
    def view(self) -> str | None:
        """The view asked for with ``--view``, if any."""

    @property
    def slugs(self) -> list[str]:
        """The stories' names, in order."""

    def stories(self) -> Iterator[StoryState]:
        """The stories, by slug, each with its present facts."""

    def views(self) -> list[str]:
        """Names of the views there are."""

    def table(self, view: str, story: str) -> Table:
        """A view's rows of one story. Raises UnknownName."""

    def events(self) -> Iterator[Event]:
        """The events of the stories, in the order of the log."""

    def document(self, source: str) -> Document | None:
        """A captured document."""


class Exporter(ABC):
    """Writes stories in a format, as chunks of text that end with a line end."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str] = "text/plain"
    #: Every line but the first is one event: after an erasure the other lines can still be verified.
    by_line: ClassVar[bool] = False

    @abstractmethod
    def export(self, material: Material) -> Iterator[str]:
        """The document, in pieces. Deterministic: no clock, no randomness, no input."""

    def schema(self) -> str | None:
        """The published schema of the format, if it has one."""
        return None

    def sidecar(self, material: Material) -> str | None:
        """What goes into ``NAME.meta.json`` beside a file that cannot say where it was cut."""
        return None

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        """Where a file of this format says that it was cut, so that ``verify --export`` can compare it
        with what the archive gives there; None when it does not say.

        The file may come from anybody: errors of parsing it count as None.
        """
        return None


class Importer(ABC):
    """Reads facts: a stream of bytes into lines."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def read(self, chunks: Iterable[bytes]) -> Iterator[Line]:
        """Lines in order; one that cannot be read carries its findings."""


class Extracted(msgspec.Struct, frozen=True):
    """The text inside a document that is markup or no text at all, and what the document says
    of itself.

    ``tool`` names what extracted it, with its version; ``published`` is EDTF as precise as the
    document is; ``note`` is one sentence for the person who captures it.
    """

    text: str
    tool: str
    title: str | None = None
    published: str | None = None
    language: str | None = None
    byline: tuple[str, ...] = ()
    note: str | None = None


class SourceImporter(ABC):
    """Reads a document into the text that evidence counts in."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    media_type: ClassVar[str]

    @abstractmethod
    def document(self, content: bytes, charset: str | None) -> Document:
        """The document with its charset: the one given, else the one found.

        Bytes that are no text have the charset ``binary``. Raises DatelineError when they do not
        decode, or nobody can tell their charset.
        """

    def extract(self, document: Document) -> Extracted | None:
        """The text to quote, when it is another than the document's own.

        It is archived as a source of its own, derived from the document. Raises DatelineError
        when the document holds none.
        """
        return None


def check_format(item: object) -> None:
    """Raises DatelineError when `item` cannot be an exporter or importer."""
    if not isinstance(item, Exporter | Importer | SourceImporter):
        raise DatelineError(f"{item!r} is no Exporter, Importer or SourceImporter instance")
    name = getattr(item, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DatelineError(f"a format's name is lower-case letters, digits and -, not {name!r}")
    suffixes = (item.suffix,) if isinstance(item, Exporter) else item.suffixes
    for suffix in suffixes:
        if not re.fullmatch(r"(\.[a-z0-9]+)+", suffix):
            raise DatelineError(f"format {name}: a suffix is like .csv, not {suffix!r}")
