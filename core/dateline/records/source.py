"""One source as a JSON object, and the versions of its document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from dateline.documents.document import Document
from dateline.events.counting import documents
from dateline.events.readings import drawn, lost, original, readings, superseded
from dateline.events.registry import to_fields
from dateline.events.source import SourceCaptured
from dateline.events.state import Fact, StoryState

#: Returns the document of a source; None if it is not here.
Stored: TypeAlias = Callable[[str], Document | None]


def source_record(story: StoryState, name: str, stored: Stored) -> dict[str, Any]:
    """A source of a story, with its text, its versions and the facts that are drawn from it. ``stored`` returns the
    document of a source, None if it is not here."""
    newest = Newest(story, name, stored)
    facts = drawn(story, name)
    return {
        **to_fields(story.sources[name]),
        "withdrawn": story.withdrawn.get(name),
        "charset": charset_of(story, name, stored),
        "versions": versions(story, name),
        "readings": readings(story.sources, name),
        "superseded_by": superseded(story.sources).get(name),
        "facts": [fact.id for fact in facts],
        "not_in_newest": [fact.id for fact in facts if newest.lacks(fact)],
        "text": text_of(name, stored),
    }


def versions(story: StoryState, name: str) -> list[str]:
    """The captures of the document that a source belongs to, in the order of capture: the newest reading of
    each if the source is a text, else the originals."""
    document_of, old = documents(story.sources, story.entity_id), superseded(story.sources)
    return [
        one
        for one, other in story.sources.items()
        if document_of[one] == document_of[name]
        and one not in old
        and is_text(other) == is_text(story.sources[name])
    ]


def is_text(source: SourceCaptured) -> bool:
    return source.derived_from is not None or source.media_type == "text/plain"


def read_by(story: StoryState, name: str, stored: Stored) -> str:
    """Who read a source, and in which charset: ``dateline 0.1.0, cp1251``."""
    return ", ".join(
        filter(None, (story.sources[name].extracted_by, charset_of(story, name, stored)))
    )


def charset_of(story: StoryState, name: str, stored: Stored) -> str | None:
    """The charset in which the document was read for a source; None if it is not known."""
    if (charset := story.sources[name].read_as) is not None:
        return charset
    document = stored(original(story.sources, name))
    return None if document is None or document.binary else document.charset


def text_of(name: str, stored: Stored) -> str | None:
    document = stored(name)
    return None if document is None else document.text


class Newest:
    """The newest text of the document that a source belongs to, and which facts it does not have."""

    def __init__(self, story: StoryState, name: str, stored: Stored) -> None:
        listed = versions(story, name)
        self.name = listed[-1] if listed else name
        self._text = None if self.name == name else text_of(self.name, stored)
        same = original(story.sources, self.name) == original(story.sources, name)
        self.what = "READING" if same else "VERSION"

    def lacks(self, fact: Fact) -> bool:
        return self._text is not None and lost(fact, self._text)
