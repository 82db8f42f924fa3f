"""The earlier captures in a story, found by their document: reading through all of them for each document
that is captured would take long in a large story."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.events.source import SourceCaptured, capture_id, document_of
from dateline.events.state import StoryState


class Earlier:
    """The captures of `state`. Call `add` when one was folded on top of it."""

    def __init__(self, state: StoryState) -> None:
        self._state = state
        self._near: dict[str, list[str]] = {}
        self._ever: dict[str, list[str]] = {}
        for name, source in state.sources.items():
            self._file(name, source)
        for name in state.captures:
            self._count(name)

    def add(self, source: SourceCaptured) -> None:
        self._file(source.source, source)
        self._count(source.source)

    def of(self, document: str) -> dict[str, SourceCaptured]:
        """The sources of a document in the order of capture: its captures, the texts that were read from them,
        and, if it is such a text itself, what it was read from with all its texts."""
        names = dict.fromkeys(self._near.get(document, ()))
        for name in list(names):
            if (whole := self._state.sources[name].derived_from) is not None:
                names |= dict.fromkeys(self._near.get(document_of(whole), ()))
        ordered: Iterable[str] = sorted(names, key=self._state.captured.__getitem__)
        return {name: self._state.sources[name] for name in ordered}

    def next_id(self, document: str) -> str:
        """The id of the next capture of a document. Captures that were taken back count."""
        return capture_id(document, self._ever.get(document, ()))

    def _file(self, name: str, source: SourceCaptured) -> None:
        for document in {document_of(name), document_of(source.derived_from or name)}:
            self._near.setdefault(document, []).append(name)

    def _count(self, name: str) -> None:
        self._ever.setdefault(document_of(name), []).append(name)
