"""Amendments, merges and revocations: what a story is after them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline import Archive, Plugins, Refused, UnknownName
from dateline.events.acts import REVOCABLE
from dateline.events.editorial import EventRevoked
from dateline.events.entity import EntityMerged
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.source import SourceAmended
from dateline.events.state import StoryState
from dateline.testing import samples
from dateline.testing.histories import histories

PLUGINS = Plugins.load()


def folded(events: Iterable[Event]) -> StoryFold:
    state = StoryFold(PLUGINS.registry())
    for event in events:
        state.take(event)
    return state


def shown(state: StoryState) -> Any:
    """All that a story shows, without the record of what was taken back."""
    facts = {
        fact.id: (
            fact.data, fact.status, fact.notices, fact.chain, set(fact.names), fact.older,
            [event.event_key for event in fact.history], fact.document,
            [link.event.event_key for link in state.linked(fact.id)],
            [fact.label(name) for name in fact.names],
        )
        for fact in state.facts.values()
    }  # fmt: skip
    named = {name: [fact.id for fact in state.naming(name)] for name in state.entities}
    return (
        facts, state.title, state.closed, state.entities, list(state.entities), state.sources,
        list(state.sources), state.captured, state.withdrawn, state.merged, dict(state.labels), named,
        [link.event.event_key for link in state.links],
    )  # fmt: skip


@settings(
    max_examples=examples(60), phases=[Phase.generate], deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
@given(histories(min_length=4), st.data())
def test_a_revocation_is_the_inverse_of_every_kind_of_act(
    lines: list[dict[str, Any]], data: st.DataObject
) -> None:
    with Archive.create(":memory:", PLUGINS) as archive:
        archive.record(lines)
        events = list(archive.events("made-up"))
        state = folded(events)
        acts = [
            event
            for event in events
            if isinstance(event.data, REVOCABLE) and event.event_key not in state.revoked
        ]
        act = data.draw(st.sampled_from(acts))
        assume(not isinstance(act.data, EventRevoked))
        if isinstance(act.data, SourceAmended):  # facts were recorded with the publisher it gave
            assume(all(change.path != "/publisher" for change in act.data.changes))
        try:
            archive.undo("made-up", act.position)
        except Refused as refusal:
            assert {finding.rule for finding in refusal.findings} <= {"revocation"}
            assume(False)
        *_, revocation = after = list(archive.events("made-up"))
        assume(len(after) == len(events) + 1)  # a capture is taken back with its texts
        without = folded(event for event in events if event.position != act.position)
        revoked = {key for key, by in without.revoked.items() if key == act.event_key}
        assert not revoked
        assert shown(folded(after)) == shown(without)
        archive.undo("made-up", revocation.position)
        assert shown(folded(archive.events("made-up"))) == shown(state)


@pytest.fixture
def archive() -> Iterable[Archive]:
    with Archive.create(":memory:", PLUGINS) as archive:
        archive.record(samples.story(samples.entity("person:m-voss", "M. Voss")))
        yield archive


def test_a_renamed_and_a_merged_entity_are_shown_by_their_name(archive: Archive) -> None:
    archive.amend("ferry", samples.VOSS, {"label": "Mara Lind"}, reason="Married")
    assert archive.fact("ferry", "f1").chain == "Mara Lind › NORA › Ister Wire"
    archive.merge("ferry", samples.VOSS, "person:m-voss", reason="The same person")
    fact = archive.fact("ferry", "f1")
    assert fact.chain == "M. Voss › NORA › Ister Wire"
    assert fact.data.speakers == (samples.VOSS,)
    assert [one.id for one in archive.state("ferry").naming("person:m-voss")] == ["f1"]
    archive.undo("ferry")
    assert archive.fact("ferry", "f1").chain == "Mara Lind › NORA › Ister Wire"
    archive.undo("ferry")
    assert archive.fact("ferry", "f1").chain == "Mara Voss › NORA › Ister Wire"
    with pytest.raises(UnknownName) as refusal:
        archive.undo("ferry")
    assert refusal.value.code == "act-unknown"


def test_an_amended_publisher_is_the_end_of_the_chain(archive: Archive) -> None:
    changes = {"publisher": samples.NORA, "title": None}
    archive.amend("ferry", samples.SOURCE[7:15], changes, reason="Misread")
    assert archive.fact("ferry", "f2").chain == "NORA"
    archive.record(
        [samples.figure(text="Later", attribution=[{"agent": samples.NORA, "role": "publisher"}])],
        story="ferry",
    )
    archive.correct("ferry", "f2", {"note": "kept"}, reason="A note")
    archive.undo("ferry", archive.head().position - 2)
    assert [archive.fact("ferry", name).chain for name in ("f2", "f3")] == ["Ister Wire"] * 2
    assert archive.fact("ferry", "f2").data.note == "kept"
    assert archive.state("ferry").sources[samples.SOURCE].title == "Ferry aground"


def test_a_moment_before_an_act_or_its_revocation_shows_what_was_there(archive: Archive) -> None:
    archive.amend(
        "ferry", samples.VOSS, {"label": "Mara Lind"}, reason="Renamed", reported="2024-05-10"
    )
    archive.retract("ferry", "f2", reason="Miscounted", reported="2024-05-11")
    archive.undo("ferry", reason="It was right", reported="2024-05-12")
    labels, statuses = {}, {}
    for day in ("2024-05-09", "2024-05-10", "2024-05-11", "2024-05-12"):
        state = archive.state("ferry", as_of=day)
        labels[day[-2:]] = state.label(samples.VOSS)
        statuses[day[-2:]] = state.facts["f2"].status
    assert labels == {"09": "Mara Voss", "10": "Mara Lind", "11": "Mara Lind", "12": "Mara Lind"}
    assert statuses == {"09": "recorded", "10": "recorded", "11": "retracted", "12": "recorded"}
    top = archive.head().position
    assert archive.fact("ferry", "f2", as_recorded=top - 1).status == "retracted"
    assert archive.state("ferry", as_recorded=top - 3).label(samples.VOSS) == "Mara Voss"


def test_an_amended_date_of_publication_counts_at_once(archive: Archive) -> None:
    """It says since when the source was public, so its facts count from then on the public record."""
    archive.amend("ferry", samples.SOURCE, {"published": "2024-05-03"}, reason="Misread")
    assert set(archive.state("ferry", as_of="2024-05-03").facts) == {"f1", "f2"}
    assert archive.state("ferry", as_of="2024-05-02").facts == {}
    assert (
        archive.state("ferry", as_of="2024-05-03").sources[samples.SOURCE].published == "2024-05-03"
    )
    archive.undo("ferry")
    assert archive.state("ferry", as_of="2024-05-03").facts == {}
    assert (
        archive.state("ferry", as_of="2024-05-06").sources[samples.SOURCE].published == "2024-05-06"
    )


def test_a_capture_that_no_fact_rests_on_is_taken_back(archive: Archive) -> None:
    other = samples.captured("FICTION. Another story.", title="Elsewhere")
    archive.record([other], story="ferry")
    (act,) = archive.undo("ferry", reason="Wrong story")
    assert act.data.title == "Elsewhere"
    assert list(archive.state("ferry").sources) == [samples.SOURCE]
    assert [row["source"] for row in archive.view("sources", "ferry").dicts()] == [samples.SOURCE]
    again = archive.record([other], story="ferry", anew=True)
    assert again.new == 1
    assert len(archive.state("ferry").sources) == 2


def test_an_import_does_not_restore_what_was_taken_back(archive: Archive) -> None:
    line = {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "explains"}
    archive.record([line], story="ferry")
    archive.undo("ferry")
    assert archive.record([line], story="ferry").already == 1
    assert archive.state("ferry").links == []


def test_stories_count_what_is_in_force(archive: Archive) -> None:
    archive.retract("ferry", "f2", reason="Miscounted")
    archive.close_story("ferry")
    archive.review("ferry", "f1", "rejected", reviewer="desk")
    (row,) = archive.overview()
    assert (row.facts, row.closed) == (0, True)
    for _ in range(3):
        archive.undo("ferry")
    (row,) = archive.overview()
    assert (row.facts, row.closed) == (2, False)
    archive.undo("ferry", archive.head().position)
    assert archive.overview()[0].facts == 1


def test_merges_follow_each_other(archive: Archive) -> None:
    archive.record([samples.entity("person:v", "V.")], story="ferry")
    archive.merge("ferry", samples.VOSS, "person:m-voss", reason="One")
    archive.merge("ferry", "person:m-voss", "person:v", reason="One")
    state = archive.state("ferry")
    assert state.entity_id(samples.VOSS) == "person:v"
    assert state.facts["f1"].chain.startswith("V. ›")
    first = next(event for event in archive.events("ferry") if isinstance(event.data, EntityMerged))
    archive.undo("ferry", first.position)
    assert archive.fact("ferry", "f1").chain.startswith("Mara Voss ›")
    archive.undo("ferry", archive.head().position)
    assert archive.fact("ferry", "f1").chain.startswith("V. ›")


def test_how_sure_the_publisher_is_follows_an_amended_publisher(archive: Archive) -> None:
    sure = [{"by": name, "value": "CT+"} for name in (samples.WIRE, samples.VOSS)]
    steps = [
        {"agent": samples.NORA, "role": "relay"},
        {"agent": samples.WIRE, "role": "publisher"},
    ]
    facts = [
        samples.statement(text="Sure", factuality=sure, attribution=steps[1:]),
        samples.statement(text="Relayed", factuality=sure, attribution=steps),
    ]
    archive.record(facts, story="ferry")
    archive.amend("ferry", samples.SOURCE, {"publisher": samples.NORA}, reason="Misread")
    found = {
        fact.data.text: [view.by for view in fact.data.factuality]
        for fact in archive.state("ferry").facts.values()
    }
    assert found["Sure"] == [samples.NORA, samples.VOSS]
    assert found["Relayed"] == [samples.WIRE, samples.VOSS]
    archive.undo("ferry")
    assert archive.fact("ferry", "f3").data.factuality[0].by == samples.WIRE
