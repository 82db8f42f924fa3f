"""A source as people name it: by as much of its hash as is unique, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateline.errors import UnknownName

if TYPE_CHECKING:
    from dateline.events.present import StoryState
    from dateline.events.source import SourceCaptured


def find_source(state: StoryState, given: str | None) -> str:
    """The full id of the one source meant. Raises UnknownName listing the candidates."""
    from dateline.log.document import PREFIX

    wanted = (given or "").removeprefix(PREFIX)
    found = [name for name in state.sources if name.removeprefix(PREFIX).startswith(wanted)]
    if not wanted:  # what is quoted is the text of a page, not its markup
        found = [name for name in found if name not in _wholes(state)]
    if len(found) == 1:
        return found[0]
    if not state.sources:
        raise UnknownName(
            f"story {state.slug} has no source yet", hint="archive one with `dateline capture`"
        )
    listed = "\n  ".join(
        f"--source {name[len(PREFIX) :][:12]}  {_described(state, source)}"
        for name, source in state.sources.items()
        if name in (found or state.sources)
    )
    problem = f"no source {given!r}" if not found else "several sources; say which"
    raise UnknownName(f"story {state.slug} has {problem}", hint=listed)


def _wholes(state: StoryState) -> set[str]:
    """Documents that are not quoted, since a text was extracted from them, or, where that text was
    there already, from another one of their kind."""
    whole = {source.derived_from for source in state.sources.values()}
    kinds = {source.media_type for name, source in state.sources.items() if name in whole}
    return {name for name, source in state.sources.items() if source.media_type in kinds}


def _described(state: StoryState, source: SourceCaptured) -> str:
    """Its title, who published it and when: what tells it from another."""
    parts = (source.title or "untitled", state.label(source.publisher), source.published)
    return ", ".join(part for part in parts if part)
