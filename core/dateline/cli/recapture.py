"""What is there already of a document that is captured: where, whose it is, how it is read again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dateline.cli.captured import short
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.events.present import StoryState


def erasing(positions: Iterable[int]) -> str:
    """The command after which a document may be captured in another charset."""
    listed = " ".join(map(str, positions))
    return f'`dateline erase {listed} --reason "Read in the wrong charset" --basis "Correction"`'


def captures(archive: Archive, source: str, story: str | None = None) -> list[int]:
    """Positions of all captures of a document, and of the texts extracted from it: in a story, or in
    any. It reads all events of them: for what seldom happens."""
    from dateline.events.source import SourceCaptured

    return [
        event.position
        for event in archive.events(story)
        if isinstance(event.data, SourceCaptured)
        and source in (event.data.source, event.data.derived_from)
    ]


def require_standing(state: StoryState, sources: Iterable[str], archive: Archive) -> None:
    """See that none of what is there already is withdrawn. Raises DatelineError."""
    for source in sources:
        if source in state.withdrawn:
            raise DatelineError(
                f"{source} is in {state.slug} already, and was withdrawn "
                f"({state.withdrawn[source]}); nothing was written",
                hint="facts that are recorded from it say that it was withdrawn. To have it without "
                f"that, `dateline erase {_listed(archive, state, source)}`, then capture it again",
            )


def require_same_protection(
    archive: Archive, state: StoryState, text: str, protect: str | None
) -> None:
    """See that a text that is there is protected as is asked for the document it was extracted from:
    one would give away the other. Raises DatelineError."""
    held = state.protected.get(text)
    if held is None and protect is None:
        return
    if held is not None and protect is not None and archive.key_of(protect) == held:
        return
    owner = next((name for name in archive.subjects() if archive.key_of(name) == held), None)
    what = "unprotected" if held is None else "protected"
    whose = "" if owner is None else f' under "{owner}"'
    step = "erase that first, or leave --protect out" if held is None else "give the same --protect"
    raise DatelineError(
        f"its text is {text}, which is in {state.slug} already, {what}{whose}; nothing was written",
        hint=step,
    )


def same_text(state: StoryState, text: str, archive: Archive) -> list[str]:
    """Whose text it is that a document shares, and which id to quote."""
    known = state.sources[text]
    published = f", published {known.published}" if known.published else ""
    whose = f"{state.label(known.publisher)} ({known.publisher}){published}"
    place = f"position {_listed(archive, state, text)}"
    said = [
        f"Its text is there already, captured from {whose}, at {place}: it is not repeated.",
        f"Quote that text: --source {short(text)}. Facts drawn from it name that publisher.",
    ]
    if text in state.withdrawn:
        said.append(f"That text was withdrawn: {state.withdrawn[text]}")
    return said


def _listed(archive: Archive, state: StoryState, source: str) -> str:
    return " ".join(map(str, captures(archive, source, state.slug)))


def text_kept(text: str, slug: str) -> str:
    """Why a page that was erased is not captured again."""
    return (
        f"Nothing was captured: its text is {text} in {slug} already. The document that was taken "
        "from is erased, and stays so as long as its text is there."
    )
