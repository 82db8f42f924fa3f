"""What a view counts on from one event of a story to the next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Self

from dateline.events.envelope import Event
from dateline.events.present import Fact


class Tally(ABC):
    """A sum over the facts of a story, for a view that would else go through all of them at each event.

    Get it by ``state.kept(name, MyTally).after(event)``. It lives beside the state and goes with it,
    and begins from all facts whenever it was not there for the event before.
    """

    _version = 0

    def after(self, event: Event) -> Self:
        """The tally as it is after `event`, which a fold was given."""
        if event.state is not None and self._version != event.version:
            if self._version == event.version - 1:
                self.move(event.before, event.fact)
            else:
                self.begin(event.state.facts.values())
            self._version = event.version
        return self

    @abstractmethod
    def begin(self, facts: Iterable[Fact]) -> None:
        """Forget everything, and count all facts."""

    @abstractmethod
    def move(self, before: Fact | None, after: Fact | None) -> None:
        """Count a fact as it is after an event, and no more as it was before. Both are None for an
        event that is about no fact."""
