"""Readings of a capture: the texts that were taken from it, with one charset or reader or another. Pure.

A plain text is its own first reading. Any text that was extracted from a capture is a reading of it. The
newest one in the story supersedes the others; when its capture is taken back, the one before is the newest
again. Facts stay with the reading that they were drawn from.
"""

from __future__ import annotations

from collections.abc import Mapping

from dateline.events.quoting import find
from dateline.events.source import SourceCaptured
from dateline.events.state import Fact, StoryState

_TEXT = "text/plain"
_Sources = Mapping[str, SourceCaptured]


def superseded(sources: _Sources) -> dict[str, str]:
    """The readings that a newer one supersedes, each with the newest."""
    newest = {
        one.derived_from: name for name, one in sources.items() if one.derived_from is not None
    }
    if not newest:
        return {}
    found = {}
    for name, one in sources.items():
        last = newest.get(one.derived_from) if one.derived_from is not None else None
        if last in (None, name):  # it may be a plain text that was read again
            last = newest.get(name) if one.media_type == _TEXT else None
        if last is not None:
            found[name] = last
    return found


def readings(sources: _Sources, name: str) -> list[str]:
    """The readings of a capture, oldest first. It is named by its id or by that of one of its readings."""
    whole = original(sources, name)
    texts = [one for one, source in sources.items() if source.derived_from == whole]
    own = whole in sources and (not texts or sources[whole].media_type == _TEXT)
    return [whole, *texts] if own else texts


def original(sources: _Sources, name: str) -> str:
    """The capture that a source is a reading of: what it was extracted from, else itself."""
    return sources[name].derived_from or name if name in sources else name


def drawn(story: StoryState, name: str) -> list[Fact]:
    """The facts that are drawn from a source, retracted and rejected ones left out."""
    return [fact for fact in story.naming(name) if fact.source == name and not fact.hidden]


def lost(fact: Fact, text: str) -> bool:
    """Whether a quotation of a fact is not in a text."""
    return not all(find(item.exact, text) for item in fact.data.evidence)
