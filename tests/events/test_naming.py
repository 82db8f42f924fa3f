"""`StoryState.naming` finds the same facts as a scan of all facts."""

from __future__ import annotations

from hypothesis import given

from dateline import Archive, Plugins
from dateline.events.fold import StoryFold
from dateline.events.index import refers_to
from dateline.events.state import Fact, StoryState
from dateline.testing import samples
from dateline.testing.histories import histories

PLUGINS = Plugins.load()


def by_scanning_all(state: StoryState, name: str) -> list[Fact]:
    return [
        fact
        for fact in state.facts.values()
        if name == fact.source
        or any(name in (one, state.entity_id(one)) for one in refers_to(fact.data))
    ]


@given(histories())
def test_naming_is_the_same_whenever_it_is_first_asked_for(lines: list[dict[str, object]]) -> None:
    with Archive.create(":memory:", PLUGINS) as archive:
        archive.record(lines)
        [story] = archive.stories()
        state, late = StoryFold(PLUGINS.registry()), StoryFold(PLUGINS.registry())
        for event in archive.events(story.slug):
            state.apply(event)
            late.apply(event)
            for name in [*state.entities, *state.sources, "person:nobody"]:
                assert state.naming(name) == by_scanning_all(state, name)
        for name in [*state.entities, *state.sources, "person:nobody"]:
            found = [fact.id for fact in late.naming(name)]
            assert found == [fact.id for fact in state.naming(name)]


def test_a_corrected_fact_is_found_by_the_entity_that_it_names_now() -> None:
    eva, state = "person:eva", StoryFold(PLUGINS.registry())
    with Archive.create(":memory:", PLUGINS) as archive:
        archive.record(samples.story(samples.entity(eva, "Eva")))
        change = samples.corrected("f1", "/speakers/0", samples.VOSS, eva)
        archive.record([change], story="ferry")
        *before, correction = archive.events("ferry")
    for event in before:
        state.apply(event)
    assert state.naming(eva) == []
    state.apply(correction)
    assert [fact.id for fact in state.naming(eva)] == ["f1"]
