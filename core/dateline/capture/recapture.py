"""Documents that are captured again: where the archive has them, and under which conditions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Protocol

from dateline.capture.earlier import Earlier
from dateline.capture.source_lines import SourceLines
from dateline.documents.document import Document
from dateline.errors import DatelineError
from dateline.events.acts import short
from dateline.events.envelope import Event
from dateline.events.source import SourceCaptured, document_of
from dateline.events.state import StoryState
from dateline.log.read import StoryRow
from dateline.plugins.loaded import Plugins
from dateline.recording.recorder import Recorded


class CapturingArchive(Protocol):
    """What capturing needs of `dateline.Archive`."""

    plugins: Plugins

    def story(self, slug: str) -> StoryRow: ...
    def state(self, slug: str, *, facts: Collection[str] | None) -> StoryState: ...
    def events(self, slug: str, *, after: int = 0) -> Iterator[Event]: ...
    def document(self, source: str) -> Document | None: ...
    def subjects(self) -> list[str]: ...
    def key_of(self, subject: str) -> str | None: ...
    def record(self, *lines: Any, **how: Any) -> Recorded: ...


def captures(archive: CapturingArchive, source: str, story: str) -> list[int]:
    """Positions of all captures of a document and of the texts extracted from it in a story. It reads all
    events of the story, so use it only in rare cases."""
    return [
        event.position
        for event in archive.events(story)
        if isinstance(event.data, SourceCaptured)
        and source in map(document_of, (event.data.source, event.data.derived_from or ""))
    ]


def require_not_withdrawn(
    state: StoryState, sources: Iterable[str], archive: CapturingArchive
) -> None:
    """Raises DatelineError (``source-withdrawn``) when one of the sources was withdrawn."""
    for source in sources:
        if source in state.withdrawn:
            raise DatelineError(
                f"{source} is already in {state.slug} and was withdrawn "
                f"({state.withdrawn[source]}); nothing was written",
                hint="facts recorded from it are marked as withdrawn. To remove the mark, erase it "
                f"with `dateline erase {_listed(archive, state, source)}` and capture it again",
                code="source-withdrawn",
            )


def require_same_protection(
    archive: CapturingArchive, state: StoryState, text: str, protect: str | None
) -> None:
    """Check that an archived text is protected as requested for the document that contains it,
    since each reveals the other. Raises DatelineError (``protection-differs``)."""
    held = state.protected.get(text)
    if held is None and protect is None:
        return
    if held is not None and protect is not None and archive.key_of(protect) == held:
        return
    owner = next((name for name in archive.subjects() if archive.key_of(name) == held), None)
    protection = "unprotected" if held is None else "protected"
    under = "" if owner is None else f' under "{owner}"'
    step = (
        "erase that text first, or leave out --protect"
        if held is None
        else "use the same subject with --protect"
    )
    raise DatelineError(
        f"its text {text} is already in {state.slug}, {protection}{under}; nothing was written",
        hint=step,
        code="protection-differs",
    )


def kept_without(earlier: Earlier, document: str) -> str | None:
    """The last text that was extracted from a document, if it is in the story and the document, erased,
    is not."""
    there = earlier.of(document)
    if any(document_of(name) == document for name in there):
        return None
    return next(
        (
            name
            for name, one in reversed(there.items())
            if document_of(one.derived_from or "") == document
        ),
        None,
    )


def captured_before(state: StoryState, earlier: Earlier, made: SourceLines) -> list[str]:
    """A message if the document, or its text, was captured before: from whom, and under which id."""
    text = document_of(made.quoted)
    same = [name for name in earlier.of(text) if document_of(name) == text]
    if not same:
        return []
    known = state.sources[same[-1]]
    published = f", published {known.published}" if known.published else ""
    which = "document" if made.text is None else "text"
    whose = f"{state.label(known.publisher)} ({known.publisher}){published}"
    notes = [f"Its {which} is that of {short(same[-1])}, captured from {whose}."]
    document = made.document.source
    if any(document_of(name) == document for name in earlier.of(document)):
        notes.append(
            "To change what was recorded about that one instead, take this back with `dateline undo "
            f"{state.slug}` and use `dateline amend`."
        )
    return notes


def _listed(archive: CapturingArchive, state: StoryState, source: str) -> str:
    return " ".join(map(str, captures(archive, source, state.slug)))


def text_kept(text: str, slug: str) -> str:
    """Why an erased document is not captured again."""
    return (
        f"Nothing was captured: its text {text} is already in {slug}. The document that the text "
        "was extracted from was erased, and it stays erased as long as the text is there."
    )
