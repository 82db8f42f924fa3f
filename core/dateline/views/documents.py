"""The documents of a story, followed from one event to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dateline.events.editorial import EventRevoked
from dateline.events.entity import EntityMerged
from dateline.events.fold import FoldedEvent
from dateline.events.grouping import Grouping, Node, nodes_of
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.events.state import StoryState
from dateline.views import touched

#: Amendments of these fields may move a source into another document.
_MOVING = ("/publisher", "/url")


class Documents:
    """The sources of a story in groups, kept with its state. Get it with `of` or `after`."""

    NAME = "dateline.views.documents"

    def __init__(self) -> None:
        self.groups = Grouping({})
        #: The ids of documents that the last event made, changed or removed.
        self.moved: set[str] = set()
        self._version = self._moved_at = -1

    @classmethod
    def of(cls, story: StoryState) -> Documents:
        """The documents of a story as it is now."""
        found = story.kept(cls.NAME, cls)
        if found._version != story.version:
            found._begin(story, ())
            found._version = story.version
        return found

    @classmethod
    def after(cls, event: FoldedEvent) -> Documents:
        """The documents after `event`, an event that a fold was given."""
        found = event.state.kept(cls.NAME, cls)
        if found._moved_at != event.version:
            found._move(event)
            found._version = found._moved_at = event.version
        return found

    def id(self, source: str) -> str | None:
        """The id of the document that a source belongs to; None if the story has no such source."""
        return self.groups.group(source).head if source in self.groups else None

    def _begin(self, story: StoryState, without: Collection[str]) -> None:
        """Group all sources of a story but those `without`."""
        sources = story.sources.items()
        some = (item for item in sources if item[0] not in without) if without else sources
        kept = story.entity_id if story.merged else None
        self.groups = Grouping.of(some, story.captured, kept)

    def _move(self, event: FoldedEvent) -> None:
        """Take the sources whose document the event may change out of their groups, and add them again."""
        story, names = event.state, touched.renamed(event)
        moving = dict.fromkeys(_moving(event, names))
        merged = bool(names) and isinstance(event.data, EntityMerged | EventRevoked)
        if self._version != event.version - 1 or merged:
            self._begin(story, moving)
        else:
            for name in moving:
                self.groups.remove(name)
        groups, self.moved = self.groups, set(moving)
        # Apart from those sources, what they joined is in several groups: the head of each may have rows.
        for node in _former(story, moving, names):
            self.moved.update(groups.group(one).head for one in groups.at(node))
        for name in moving:
            if name in story.sources:
                self.moved |= groups.add(name, story.sources[name])


def _moving(event: FoldedEvent, names: Collection[str]) -> Iterator[str]:
    """The sources that may belong to another document since `event`, which renamed the entities `names`."""
    data = event.data
    if isinstance(data, SourceCaptured):
        yield data.source
    elif isinstance(data, SourceAmended):
        if any(change.path in _MOVING for change in data.changes):
            yield data.source
    elif isinstance(data, EntityMerged | EventRevoked):
        if isinstance(data, EventRevoked):
            yield from (name for name in data.about if name.startswith("sha256:"))
        if names:
            sources = event.state.sources.items()
            yield from (name for name, one in sources if one.publisher in names)


def _former(story: StoryState, moving: Iterable[str], names: Collection[str]) -> Iterator[Node]:
    """What each of the sources `moving` ever shared with others, if the entities `names` were renamed."""
    for name in moving:
        known = story.former.get(name, ())
        if names and name in story.sources:
            known = (*known, story.sources[name])
        for source in known:
            publisher = source.publisher
            yield name
            for kept in names if publisher in names else (story.entity_id(publisher),):
                yield from nodes_of(name, source, kept)
