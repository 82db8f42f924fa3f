"""Facts folded from the events about them alone are those of a fold of the whole story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.bundled import plugins
from tests.effort import examples
from tests.views.desk import Desk

from dateline import Archive, Refused
from dateline.events.clock import to_iso
from dateline.events.fold import StoryFold
from dateline.events.state import Fact, StoryState
from dateline.log.engine import reading, writing
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import Fields
from dateline.views import own, runner, store
from dateline.views import present as module
from dateline.views.about import ABOUT, fact_thing
from dateline.views.own import keep_up
from dateline.views.present import before, fold, present
from dateline.views.row_differences import verify


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every story counts as long, and nothing is read that was not asked for."""
    monkeypatch.setattr(module, "SHORT", 1)
    monkeypatch.setattr(own, "LAG", 1)


def some(archive: Archive, slug: str, *names: str, **how: Any) -> StoryFold:
    story = archive.story(slug).id
    with reading(archive._engine) as connection:
        return present(connection, archive._reader, story, names, **how)


def whole(archive: Archive, slug: str) -> StoryFold:
    story = archive.story(slug).id
    with reading(archive._engine) as connection:
        return fold(connection, archive._reader, story)


def kept(archive: Archive) -> None:
    keep_up(archive._engine, archive._reader, module.SHORT)


def shown(fact: Fact) -> Any:
    """What a fact shows, of itself and of what it names."""
    return (
        fact.data, fact.status, fact.position, fact.notices, fact.older, fact.chain, fact.when,
        fact.span, [event.position for event in fact.history], fact.document,
        [link.event.position for link in fact.story.linked(fact.id)],
        [fact.label(step.agent) for step in fact.data.attribution],
    )  # fmt: skip


def of_story(state: StoryState) -> Any:
    """What is true of a whole story."""
    left = {name: value for name, value in vars(state.tombstones).items() if name != "unread"}
    return state.id, state.slug, state.title, state.closed, state.version, state.recorded_us, left


def require_same(archive: Archive, slug: str) -> None:
    """Any one thing, folded alone, is as in a fold of the story."""
    everything = whole(archive, slug)
    for name in [*everything.facts, "f99", *everything.tombstones.unread]:
        found = some(archive, slug, name)
        assert of_story(found) == of_story(everything)
        assert found.knows(name) == everything.knows(name)
        if name in everything.facts:
            assert shown(found.facts[name]) == shown(everything.facts[name])
            source = everything.facts[name].source
            assert found.withdrawn.get(source) == everything.withdrawn.get(source)
    for entity in [*everything.entities, "person:nobody"]:
        found = some(archive, slug, entity)
        assert found.entities.get(entity) == everything.entities.get(entity)
    for source in [*everything.sources, samples.digest("nothing")]:
        found = some(archive, slug, source)
        assert found.sources.get(source) == everything.sources.get(source)
        assert found.withdrawn.get(source) == everything.withdrawn.get(source)
    around = some(archive, slug, context=True)
    assert around.entities == everything.entities
    assert around.sources == everything.sources
    assert around.withdrawn == everything.withdrawn


@settings(
    max_examples=examples(60),
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture,
    ],
)  # fmt: skip
@given(histories(), st.data())
def test_one_thing_alone_is_as_in_the_whole_story(
    short: None, lines: list[Fields], data: st.DataObject
) -> None:
    """Wherever the projection has come to, and with events recorded since."""
    split = data.draw(st.integers(1, len(lines)))
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines[:split])
        kept(archive)
        if lines[split:]:
            archive.record(lines[split:], story=lines[0]["slug"])
        for story in archive.stories():
            require_same(archive, story.slug)
        kept(archive)
        for story in archive.stories():
            require_same(archive, story.slug)
        assert verify(archive._engine, archive._reader, [ABOUT]) == {ABOUT.name: []}


@settings(
    max_examples=examples(30),
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture,
    ],
)  # fmt: skip
@given(histories(), st.data())
def test_views_that_catch_up_from_what_is_touched_are_the_fold_of_the_log(
    short: None, lines: list[Fields], data: st.DataObject
) -> None:
    """However many events come at once, and wherever the projection has come to."""
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines[:8])
        archive.catch_up()
        at = 8
        while at < len(lines):
            step = data.draw(st.sampled_from([1, 1, 1, 2, 5]))
            archive.record(lines[at : at + step], story=lines[0]["slug"])
            at += step
            if data.draw(st.booleans()):
                kept(archive)
            for name in archive.plugins.views:  # one by one: some need the whole story
                archive.catch_up([name])
        for name in archive.plugins.views:
            assert archive.verify_view(name) == [], name


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(40))
def test_what_concerns_other_things_is_caught_up_without_folding_the_story(
    short: None, seed: int
) -> None:
    """Figures of one series, facts that say the same, links, the sources of a document, people."""
    random = Random(seed)
    with Archive.create(":memory:", plugins()) as archive:
        desk = Desk(archive, random)
        for _ in range(10):
            desk.step()
        archive.catch_up()
        for _ in range(10):
            for _ in range(random.choice([1, 1, 2, 4])):
                desk.step()
            if random.random() < 0.5:
                kept(archive)
            for name in archive.plugins.views:
                archive.catch_up([name])
        for name in archive.plugins.views:
            assert archive.verify_view(name) == [], name


def test_no_bundled_view_folds_a_long_story_for_what_a_desk_does_all_day(
    db: str, short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = samples.captured("It rained, Ida Brandt said.", url="https://wire.example/2")
    ida = samples.entity("person:ida-brandt", "Ida Brandt")
    chain = [
        {"agent": "person:ida-brandt", "role": "origin", "act": "say"},
        {"agent": samples.WIRE, "role": "publisher"},
    ]
    said = samples.statement(
        "It rained", text="It rained", source=source["source"], attribution=chain
    ) | {"speakers": ["person:ida-brandt"]}
    with Archive.create(db, plugins()) as archive:
        archive.record(samples.story(*[samples.figure(text=f"Figure {at}") for at in range(9)]))
        archive.catch_up()
        kept(archive)
        monkeypatch.setattr(runner.RecentStates, "apply", None)
        for act in (
            lambda: archive.record([source, ida, said], story="ferry"),
            lambda: archive.record([samples.figure(text="One more")], story="ferry"),
            lambda: archive.link("ferry", "f2", "disputes", "f1"),
            lambda: archive.correct("ferry", "f2", {"text": "Put otherwise"}, reason="Unclear"),
            lambda: archive.retract("ferry", "f4", reason="It was said of another day"),
            # Said twice; and f2 shows what everyone who disputes it says, whoever is corrected.
            lambda: archive.record([said], story="ferry"),
            lambda: archive.link("ferry", "f12", "disputes", "f2"),
            lambda: archive.link("ferry", "f1", "disputes", "f2"),
            lambda: archive.correct("ferry", "f1", {"text": "No"}, reason="Unclear"),
        ):
            act()
            kept(archive)
            for name in sorted(archive.plugins.views):
                archive.catch_up([name])
        for name in archive.plugins.views:
            assert archive.verify_view(name) == [], name
        assert "Put otherwise" in [row["text"] for row in archive.view("timeline", "ferry").dicts()]


def test_a_story_may_be_folded_in_part_and_whole_in_turn(
    short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = [samples.figure(text=f"Figure {at}") for at in range(9)]
    amended = samples.amended(samples.SOURCE, "/title", "Ferry aground", "The Alma")
    back = samples.amended(samples.SOURCE, "/title", "The Alma", "Ferry aground")
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story(*figures))
        archive.catch_up()
        archive.record([amended, samples.figure(text="One more"), back], story="ferry")
        kept(archive)
        monkeypatch.setattr(runner, "PAGE", 1)
        archive.catch_up(["sources"])
        assert archive.verify_view("sources") == []


def test_facts_that_waited_for_an_entity_or_a_source_are_read(short: None) -> None:
    """Few do: mostly both come first."""
    ida = samples.entity("person:ida-brandt", "Ida Brandt")
    source = samples.captured("It rained, Ida Brandt said.")
    said = samples.statement(
        "It rained", text="Said", source=source["source"], speakers=["person:ida-brandt"]
    )
    with Archive.create(":memory:", plugins()) as archive:
        archive.record([*samples.story(), said, source, ida])
        kept(archive)
        with reading(archive._engine) as connection:
            *_, captured, introduced = archive._reader.read(connection)
            found = before(connection, archive._reader, [captured], captured.position - 1)
            assert found is not None and "f3" in found.facts
            at = introduced.position - 1
            assert before(connection, archive._reader, [introduced], at) is None


@pytest.fixture
def archive(db: str, short: None, tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(db, plugins(), tmp_path / "keys") as archive:
        archive.record(samples.story())
        archive.record(
            [samples.figure(text=f"Figure {number}") for number in range(6)], story="ferry"
        )
        kept(archive)
        yield archive


def test_only_what_is_named_is_read(archive: Archive) -> None:
    found = some(archive, "ferry", "f3")

    assert set(found.facts) == {"f3"}
    assert len(whole(archive, "ferry").facts) == 8


def test_a_dispute_by_a_fact_that_is_not_named_counts_and_ends(archive: Archive) -> None:
    archive.record(
        [{"type": "facts.linked", "from": "f4", "to": "f3", "relation": "disputes"}], story="ferry"
    )
    kept(archive)
    assert some(archive, "ferry", "f3").facts["f3"].status == "disputed"

    archive.retract("ferry", "f4", reason="It was of another day")
    kept(archive)
    assert some(archive, "ferry", "f3").facts["f3"].status == "recorded"


def test_numbers_go_on_after_facts_that_are_not_read(archive: Archive) -> None:
    [fact] = archive.record([samples.figure(text="One more")], story="ferry").facts

    assert fact == "f9"


def test_a_number_that_is_taken_is_refused(archive: Archive) -> None:
    with pytest.raises(Refused) as refused:
        archive.record([samples.figure(fact="f3", text="Another")], story="ferry")

    assert [finding.rule for finding in refused.value.findings] == ["fact-taken"]


def test_erased_things_leave_no_name_and_their_numbers_stay_taken(archive: Archive) -> None:
    ida = samples.entity("person:ida-brandt", "Ida Brandt")
    archive.record(
        [ida, samples.statement(text="Brandt said so", speakers=["person:ida-brandt"])],
        story="ferry",
    )
    kept(archive)
    positions = [event.position for event in archive.events("ferry")][-2:]

    archive.erase(positions=positions, reason="asked for", basis="consent withdrawn")

    with reading(archive._engine) as connection:
        [table] = [b.table for b in store.builds(connection, ABOUT.name)]
        things = set(connection.execute(text(f"SELECT thing FROM {table}")).scalars())
    assert "person:ida-brandt" not in things
    assert fact_thing("f9") not in things
    kept(archive)
    require_same(archive, "ferry")
    assert verify(archive._engine, archive._reader, [ABOUT]) == {ABOUT.name: []}
    assert archive.record([samples.figure(text="After it")], story="ferry").facts == ("f10",)


def test_names_of_protected_things_are_not_kept(db: str, short: None, tmp_path: Any) -> None:
    with Archive.create(db, plugins(), tmp_path / "keys") as archive:
        archive.record(samples.story())
        ida = samples.entity("person:ida-brandt", "Ida Brandt")
        said = samples.statement(text="Brandt said so", speakers=["person:ida-brandt"])
        archive.record([ida, said], story="ferry", protect="Ida")
        kept(archive)
        with reading(archive._engine) as connection:
            [build] = store.builds(connection, ABOUT.name)
            things = set(connection.execute(text(f"SELECT thing FROM {build.table}")).scalars())

        assert "person:ida-brandt" not in things
        require_same(archive, "ferry")


def test_a_changed_row_is_found(archive: Archive) -> None:
    with writing(archive._engine) as connection:
        connection.execute(
            text("UPDATE dateline_about__g1 SET thing = 'f000000099' WHERE thing = 'f000000003'")
        )

    assert "views" in {finding.rule for finding in archive.verify(deep_too=True).findings}


def test_it_is_not_offered_as_a_view(archive: Archive) -> None:
    archive.catch_up()

    assert ABOUT.name not in {build.name for build in archive.builds()}
    assert ABOUT.name not in {shown.build.name for shown in archive.sql_views()}
    with reading(archive._engine) as connection:
        found = store.catalog.find(connection, [ABOUT.name])
    assert not found


def test_a_short_story_needs_none(db: str) -> None:
    with Archive.create(db, plugins()) as archive:
        archive.record(samples.story())
        archive.retract("ferry", "f1", reason="It was not said")
        with reading(archive._engine) as connection:
            assert not store.builds(connection, ABOUT.name)


def test_a_story_that_does_not_exist_is_at_version_0(archive: Archive) -> None:
    with reading(archive._engine) as connection:
        assert present(connection, archive._reader, UUID(int=7), ["f1"]).version == 0


def test_it_is_rebuilt_and_undone_like_a_view(archive: Archive) -> None:
    [build] = [build for build in archive.rebuild() if build.name == ABOUT.name]
    assert (build.generation, build.state) == (2, "live")
    assert archive.verify_view(ABOUT.name) == []
    assert archive.undo_rebuild(ABOUT.name).generation == 1
    require_same(archive, "ferry")


def test_another_process_that_is_ahead_or_behind_changes_nothing(archive: Archive) -> None:
    archive.record([samples.figure(text=f"More {number}") for number in range(9)], story="ferry")
    require_same(archive, "ferry")
    archive.prune([ABOUT.name])
    require_same(archive, "ferry")


def test_a_fact_that_another_fact_still_disputes_stays_disputed(archive: Archive) -> None:
    for disputing in ("f4", "f5"):
        archive.link("ferry", disputing, "disputes", "f3")
    archive.catch_up()
    archive.retract("ferry", "f4", reason="It was of another day")
    kept(archive)
    archive.catch_up(["timeline"])

    assert archive.verify_view("timeline") == []


def test_what_a_place_is_part_of_is_read_with_it(archive: Archive) -> None:
    bay = samples.entity("place:bay", "The bay") | {"part_of": "place:coast"}
    lines = [
        samples.entity("place:coast", "The coast"),
        bay,
        samples.statement(text="In the bay", places=[{"place": "place:bay", "role": "location"}]),
    ]
    [fact] = archive.record(lines, story="ferry").facts
    archive.catch_up()
    archive.correct("ferry", fact, {"text": "Within the bay"}, reason="It was unclear")
    kept(archive)
    archive.catch_up(["places"])

    assert archive.verify_view("places") == []
    assert some(archive, "ferry", fact).label("place:coast") == "The coast"


def test_the_other_facts_linked_with_one_in_common_are_not_read(archive: Archive) -> None:
    for fact in ("f3", "f4", "f5", "f6"):
        archive.link("ferry", fact, "explains", "f2")
    kept(archive)

    found = some(archive, "ferry", "f3")
    assert set(found.facts) == {"f2", "f3"}
    assert len(found.links) == 1


def test_a_number_that_an_erasure_elsewhere_took_is_counted(archive: Archive) -> None:
    last = max(event.recorded_us for event in archive.events("ferry"))
    erased = {"event_id": str(UUID(int=7)), "type": "figure.recorded"}
    line = {
        "type": "content.erased", "schema_version": 2, "reason": "asked for", "basis": "consent",
        "events": [erased], "positions": [8], "event_id": str(UUID(int=8)),
        "recorded_at": to_iso(last),
    }  # fmt: skip
    archive.record([line], story="ferry")
    kept(archive)

    require_same(archive, "ferry")
    assert archive.record([samples.figure(text="Next")], story="ferry").facts == ("f10",)
