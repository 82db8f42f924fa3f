"""Facts of sources without a date of publication: on the public record they count from their recording."""

from __future__ import annotations

from dateline.events.state import StoryState
from dateline.views.asof import Moment


def left_out(state: StoryState, moment: Moment) -> int:
    """How many facts of undated sources the public record at `moment` leaves out, of those that `state`,
    the story as it is now, shows. 0 for a moment on the archive's own clock."""
    until = moment.public_us
    if until is None:
        return 0
    undated = {source for source, data in state.sources.items() if data.published is None}
    return sum(fact.source in undated and fact.recorded_us > until for fact in state.shown())
