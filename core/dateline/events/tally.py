"""A running sum that a view updates from one event of a story to the next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Self

from dateline.events.editorial import EventRevoked
from dateline.events.fold import FoldedEvent
from dateline.events.source import SourceAmended
from dateline.events.state import Fact


class Tally(ABC):
    """A sum over the facts of a story, for a view that would otherwise scan all of them at each event.

    Get it with ``state.kept(name, MyTally).after(event)``. It is kept with the state and dropped with
    it, and is computed from all facts whenever it did not see the event before.
    """

    _version = 0

    def after(self, event: FoldedEvent) -> Self:
        """The tally after `event`, an event that a fold was given."""
        if self._version != event.version:
            # These may change many facts at once, and do not say what they were before.
            many = event.fact is None and isinstance(event.data, SourceAmended | EventRevoked)
            if self._version == event.version - 1 and not many:
                self.move(event.before, event.fact)
            else:
                self.begin(event.state.facts.values())
            self._version = event.version
        return self

    @abstractmethod
    def begin(self, facts: Iterable[Fact]) -> None:
        """Start again, and count all `facts`."""

    @abstractmethod
    def move(self, before: Fact | None, after: Fact | None) -> None:
        """Replace a fact as it was before an event by the fact as it is after it. Both are None for an
        event that is not about a fact."""
