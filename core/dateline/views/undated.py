"""Facts of sources without a date of publication: on the public record they count from their recording."""

from __future__ import annotations

from dateline.events.state import Fact, StoryState
from dateline.views.asof import Moment


def left_out(state: StoryState, moment: Moment) -> int:
    """How many facts of undated sources the public record at `moment` leaves out, of those that `state`,
    the story as it is now, shows. 0 for a moment on the archive's own clock."""
    if moment.public_us is None:
        return 0
    return sum(is_left_out(fact, moment) for fact in state.shown())


def is_left_out(fact: Fact, moment: Moment) -> bool:
    """Whether the public record at `moment` leaves out a fact, as it is now, because its source has no
    date."""
    source, until = fact.document, moment.public_us
    undated = source is not None and source.published is None
    return undated and until is not None and fact.recorded_us > until
