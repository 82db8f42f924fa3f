"""Finding a source by a unique part of its hash, or without a name when there is only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateline.errors import UnknownName

if TYPE_CHECKING:
    from dateline.events.source import SourceCaptured
    from dateline.events.state import StoryState


def find_source(state: StoryState, given: str | None) -> str:
    """The full id of the one source that matches. Raises UnknownName with a list of candidates."""
    from dateline.documents.document import PREFIX

    wanted = (given or "").removeprefix(PREFIX)
    found = [name for name in state.sources if name.removeprefix(PREFIX).startswith(wanted)]
    if not wanted:  # facts quote the text of a page, not its markup
        found = [name for name in found if name not in _wholes(state)]
    if len(found) == 1:
        return found[0]
    if not state.sources:
        raise UnknownName(
            f"story {state.slug} has no source yet",
            hint="capture one with `dateline capture`",
            code="source-unknown",
        )
    listed = "\n  ".join(
        f"--source {name[len(PREFIX) :][:12]}  {_described(state, source)}"
        for name, source in state.sources.items()
        if name in (found or state.sources)
    )
    if not found:
        raise UnknownName(
            f"story {state.slug} has no source {given!r}", hint=listed, code="source-unknown"
        )
    raise UnknownName(
        f"story {state.slug} has several matching sources; choose one",
        hint=listed,
        code="source-ambiguous",
    )


def _wholes(state: StoryState) -> set[str]:
    """Documents that facts do not quote, because their text was extracted as a source of its own:
    from them, or from another document of the same media type."""
    whole = {source.derived_from for source in state.sources.values()}
    kinds = {source.media_type for name, source in state.sources.items() if name in whole}
    return {name for name, source in state.sources.items() if source.media_type in kinds}


def _described(state: StoryState, source: SourceCaptured) -> str:
    """Its title, publisher and date, which distinguish it from other sources."""
    parts = (source.title or "untitled", state.label(source.publisher), source.published)
    return ", ".join(part for part in parts if part)
