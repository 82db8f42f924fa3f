"""The base class of exporters, and the material that they get."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

from dateline.documents.document import Document
from dateline.events.envelope import Event
from dateline.events.state import StoryState
from dateline.export.cut import Cut, StatedCut
from dateline.views.table import Table


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

    def tables(self, view: str) -> Iterator[Table]:
        """A view's rows for the stories, one after the other; or, if only some were asked for, these in one
        table. Raises UnknownName, ViewFailed, DatelineError."""

    def events(self) -> Iterator[Event]:
        """The events of the stories, in the order of the log. Raises SealedContent."""

    def document(self, source: str) -> Document | None:
        """A captured document by its source id; None if there is none."""


class Exporter(ABC):
    """Writes stories in a format, as chunks of text that end with a line break, or, if it is `binary`, as
    chunks of bytes. A binary format states its cut in its `sidecar`, and is written to files and pipes only."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str] = "text/plain"
    #: Whether every line but the first is one event: then other lines stay verifiable after an erasure.
    by_line: ClassVar[bool] = False

    #: Whether all that it writes are `Material.tables`, so that some of the rows can be asked for.
    tabular: ClassVar[bool] = False

    #: Whether it yields bytes, as Parquet and ZIP files need.
    binary: ClassVar[bool] = False

    @abstractmethod
    def export(self, material: Material) -> Iterator[str] | Iterator[bytes]:
        """The export, in chunks. It must be deterministic: no clock, no randomness, no other input."""

    def schema(self) -> str | None:
        """The published schema of the format, if it has one."""
        return None

    def sidecar(self, material: Material) -> str | None:
        """The content of ``NAME.meta.json``, for a format whose files cannot state their cut."""
        return None

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        """The cut that a file of this format states, so that ``verify --export`` can compare the file
        with an export at that cut; None if it states none. Of a binary format, `content` is empty.

        The file may come from anyone: an error while parsing it counts as None.
        """
        return None

    def earlier(self, content: str) -> str | None:
        """The export `content` as an earlier release wrote it, if that was different, so that its files
        can still be verified."""
        return None
