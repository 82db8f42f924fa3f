"""The fold of a story: what it adds to an event, and what it costs nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from dateline import Archive, Plugins
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent, StoryFold
from dateline.plugin import Rows, View, ViewRow
from dateline.testing import samples
from dateline.testing.isolated import isolated


def events(*lines: dict[str, Any]) -> list[Event]:
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(samples.story(*lines))
        return list(archive.events("ferry"))


def test_a_folded_event_has_the_fields_of_the_event_and_what_the_fold_adds() -> None:
    state = StoryFold(Plugins().registry())
    for event in events(samples.retracted("f1")):
        before = state.facts.get("f1")
        folded = state.apply(event)
        assert isinstance(folded, Event)
        for name in Event.__struct_fields__:
            assert getattr(folded, name) is getattr(event, name)
        assert (folded.event_id, folded.recorded_at) == (event.event_id, event.recorded_at)
        assert folded.state is state.read_only
    assert before is not None and folded.fact is state.facts["f1"]
    assert (folded.before, folded.touched) == (before, (folded.fact,))
    assert (before.status, folded.fact.status) == ("recorded", "retracted")


def test_a_fact_recorded_from_a_source_that_was_withdrawn_is_marked() -> None:
    state = StoryFold(Plugins().registry())
    withdrawal = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Wrong port"}
    for event in events(withdrawal, samples.statement(text="She said it later.")):
        state.apply(event)

    assert [fact.status for fact in state.facts.values()] == ["withdrawn"] * 3


def test_an_event_of_the_log_has_nothing_of_the_fold() -> None:
    added = {*FoldedEvent.__struct_fields__} - {*Event.__struct_fields__}
    assert added == {"fact", "before", "touched", "state"}
    assert not any(hasattr(events()[0], name) for name in added)


class Strangers(View):
    """Annotated with `Event`, as a plugin may have been before there was a `FoldedEvent`."""

    name = "strangers"

    class Row(ViewRow, frozen=True):
        facts: int
        title: str

    def fold(self, event: Event, rows: Rows) -> None:
        story: Any = event.state  # type: ignore[attr-defined]
        rows.put(event.type, self.Row(facts=len(story.facts), title=story.title))


def test_a_view_whose_fold_is_annotated_with_event_still_runs() -> None:
    with Archive.create(":memory:", isolated(Strangers())) as archive:
        archive.record(samples.story())
        rows = {row["key"]: row["facts"] for row in archive.view("strangers", "ferry").dicts()}
    assert rows["figure.recorded"] == 2


@pytest.mark.parametrize("name", ["tombstones", "apply", "release"])
def test_plugins_do_not_get_what_keeps_the_state(name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(StoryFold(Plugins().registry()).read_only, name)
