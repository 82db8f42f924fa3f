"""Reading a captured document again, in another charset or with another reader: only the new text is
recorded, as another reading of the capture that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dateline.capture.details import in_words, taken
from dateline.capture.earlier import Earlier
from dateline.capture.source_lines import SourceLines, read_by, text_of
from dateline.documents.document import Document
from dateline.events.acts import short
from dateline.events.readings import drawn, lost, readings
from dateline.events.registry import to_fields
from dateline.events.source import SourceCaptured, document_of
from dateline.events.state import StoryState

#: Returns a document of the archive by its id.
Stored = Callable[[str], Document | None]
#: What a reading has of its own; the rest is that of its capture.
_OWN = ("source", "media_type", "url", "chars", "derived_from", "extracted_by", "read_as")


def usual_charset(earlier: Earlier, document: str, stored: Document | None) -> str | None:
    """The charset of the newest reading of a document in the story, else the one it is stored with. None if
    there is neither."""
    for source in reversed(earlier.of(document).values()):
        if document_of(source.derived_from or "") == document:
            if source.read_as is not None:
                return source.read_as
            break
    return None if stored is None or stored.binary else stored.charset


@dataclass(frozen=True)
class Rereading:
    """The reading `read` of a document whose earlier capture is `before`. `made` has the lines as if the
    document were captured now."""

    made: SourceLines
    read: Document
    before: SourceCaptured
    state: StoryState
    earlier: Earlier
    stored: Stored

    @cached_property
    def text(self) -> Document:
        """The document that holds the text that was read."""
        return text_of(self.made.extracted or self.read, self.made.document, self.stored)

    @cached_property
    def line(self) -> dict[str, Any] | None:
        """The line of a new reading; None if the newest one has this text, or none is there."""
        newest = self._newest
        if newest is None or (self.read.binary and self.made.extracted is None):
            return None
        last = self.stored(newest.source)
        if last is not None and last.text == self.text.text:
            return None
        shared = {key: one for key, one in to_fields(self.before).items() if key not in _OWN}
        return {
            "type": SourceCaptured.type,
            **shared,
            "source": self.earlier.next_id(self.text.source),
            "file": self.text.source,
            "charset": self.text.charset,
            "derived_from": self.before.source,
            **read_by(self.read, self.made.extracted, self.made.document),
        }

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines with the ids of the earlier capture and of its newest reading, which add nothing. If its
        text was erased, they add that."""
        before, newest = self.before, self._newest
        lines = [self.made.lines[0] | {"source": before.source, "media_type": before.media_type}]
        if newest is None:
            return lines + [one | {"derived_from": before.source} for one in self.made.lines[1:]]
        if newest.source != before.source:
            fields = {key: one for key, one in to_fields(newest).items() if key != "chars"}
            lines.append({"type": SourceCaptured.type, **fields})
        return lines

    @property
    def is_complete(self) -> bool:
        """Whether the story has the document and a text of it: nothing is to be recorded."""
        return self._newest is not None

    @property
    def name(self) -> str:
        """The id of the new reading."""
        assert self.line is not None
        return str(self.line["source"])

    @property
    def same_tool(self) -> bool:
        """Whether the tool, perhaps in another version, made the newest reading too."""
        assert self.line is not None and self._newest is not None
        by = "dateline" if self._newest.source == self.before.source else self._newest.extracted_by
        return _name(by or "") == _name(self.line["extracted_by"])

    @property
    def not_asked(self) -> str:
        """Why a reading by another tool is not recorded."""
        assert self._newest is not None
        by = self._newest.extracted_by or "plain text"
        return f"It was last read by {by}. To read it again, give --as or --charset."

    @property
    def words(self) -> str:
        """The new reading in words."""
        assert self.line is not None
        charset = "" if self.read.binary else f"as {self.read.charset} "
        return (
            f"{charset}by {self.line['extracted_by']}: sha256:{short(self.name)} "
            f"({len(self.text.text):,} characters)"
        )

    def content(self, name: str) -> bytes:
        """The bytes of the text."""
        return self.text.content

    def notes(self) -> list[str]:
        """What the document says of itself in this reading, if that is not what was recorded."""
        if self.made.extracted is None:
            return []
        found, _ = taken(self.made.extracted, {}, self.state.entities)
        now: dict[str, Any] = {key: found[key] for key in ("title", "byline") if key in found}
        other = {key: one for key, one in now.items() if one != _plain(getattr(self.before, key))}
        if not other:
            return []
        amend = f"dateline amend {self.state.slug} {short(self.name)}"
        return [f"It now says {in_words(other)}. To record that, use `{amend} --set ...`."]

    @property
    def _newest(self) -> SourceCaptured | None:
        near = self.earlier.of(document_of(self.before.source))
        listed = readings(near, self.before.source)
        if listed == [self.before.source] and self.before.media_type != "text/plain":
            return None
        return near[listed[-1]]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _name(tool: str) -> str:
    """A tool without its version."""
    return tool.rpartition(" ")[0] or tool


def consequences(story: StoryState, name: str, text: str) -> list[str]:
    """What a new reading means for the facts that quote an earlier one. `story` has these facts."""
    earlier = [one for one in readings(story.sources, name) if one != name]
    facts = [fact for one in earlier for fact in drawn(story, one)]
    found: list[str] = []
    if facts:
        gone = [fact.id for fact in facts if lost(fact, text)]
        quote = "1 fact quotes" if len(facts) == 1 else f"{len(facts)} facts quote"
        are = "1 of them is" if len(gone) == 1 else f"{len(gone)} of them are"
        where = (
            f"; {are} not in the new one: {', '.join(gone)}"
            if gone
            else ", and the new one has all"
        )
        found.append(f"{quote} an earlier reading{where}.")
    withdrawn = [one for one in earlier if one in story.withdrawn]
    if withdrawn:
        found.append(
            f"The earlier reading {short(withdrawn[-1])} is withdrawn ({story.withdrawn[withdrawn[-1]]}), and this "
            f"one is not. If its publisher withdrew the document, use `dateline withdraw {story.slug} {short(name)}`."
        )
    return found
