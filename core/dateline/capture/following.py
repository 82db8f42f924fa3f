"""The state of a story while many documents are captured in it: read once, then followed."""

from __future__ import annotations

from dateline.capture.earlier import Earlier
from dateline.capture.recapture import CapturingArchive
from dateline.events.entity import EntityIntroduced
from dateline.events.fold import StoryFold
from dateline.events.source import SourceCaptured
from dateline.events.state import StoryState


class Following:
    """`state` is that of the story now, without its facts, and ``earlier`` has its captures. Only what a capture
    records is folded on top of what was read; after any other event it is read again."""

    earlier: Earlier

    def __init__(self, archive: CapturingArchive, story: str) -> None:
        self._archive, self._story = archive, story
        self._state: StoryState | None = None

    def state(self) -> StoryState:
        """Raises UnknownName, SealedContent."""
        state = self._state
        if not isinstance(state, StoryFold) or not self._caught_up(state):
            state = self._state = self._archive.state(self._story, facts=())
            self.earlier = Earlier(state)
        return state

    def _caught_up(self, state: StoryFold) -> bool:
        if self._archive.story(self._story).version == state.version:
            return True
        events = list(self._archive.events(self._story, after=state.version))
        if not all(isinstance(event.data, SourceCaptured | EntityIntroduced) for event in events):
            return False
        for event in events:
            state.take(event)
            if isinstance(event.data, SourceCaptured):
                self.earlier.add(event.data)
        return True
