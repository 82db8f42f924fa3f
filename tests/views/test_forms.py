"""The forms of views: their rows are the same, whether evaluated at each event or after many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive, Plugins
from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.plugin import (
    CapturedDocument,
    DocumentView,
    Entity,
    EntityView,
    EventView,
    Fact,
    FactNotice,
    FactRow,
    FactView,
    FoldedEvent,
    Source,
    SourceView,
    StoryState,
    StoryView,
    View,
    ViewRow,
)
from dateline.search.index import Entities, Facts, Sources
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.isolated import isolated
from dateline.testing.samples import Fields
from dateline.views import runner
from dateline.views.asof import states
from dateline.views.projection import schema_of
from dateline.views.rows import Rows


class Chains(FactView):
    """A stranger's view of facts, with its own keys."""

    name, version, by = "chains", 1, "about"
    row_base, order = ViewRow, ("key",)

    class Row(ViewRow, frozen=True):
        about: str
        words: str
        links: int

    def rows(self, fact: Fact) -> Iterable[Row]:
        links = len(fact.story.linked(fact.id))
        for step in fact.data.attribution:
            yield self.Row(
                about=fact.id, words=f"{fact.label(step.agent)} {fact.status}", links=links
            )


class Said(FactView):
    """A stranger's view of facts, with the usual keys."""

    name, version = "said", 1

    class Row(FactRow, frozen=True):
        who: str

    def rows(self, fact: Fact) -> Iterable[Row]:
        yield self.Row(who=fact.chain_words)


class Named(EntityView):
    """A stranger's view of entities."""

    name, version = "named", 1

    class Row(ViewRow, frozen=True):
        entity: str
        label: str
        facts: str

    def rows(self, entity: Entity) -> Iterable[Row]:
        facts = ", ".join(f"{fact.id} {fact.status}" for fact in entity.facts)
        yield self.Row(entity=entity.id, label=entity.label, facts=facts)


class Published(SourceView):
    """A stranger's view of sources."""

    name, version = "published", 1

    class Row(ViewRow, frozen=True):
        source: str
        by: str
        drawn: int
        withdrawn: str | None

    def rows(self, source: Source) -> Iterable[Row]:
        yield self.Row(
            source=source.id,
            by=source.story.label(source.data.publisher),
            drawn=len(source.facts),
            withdrawn=source.withdrawn,
        )


class Pieces(DocumentView):
    """A stranger's view of documents."""

    name, version = "pieces", 1

    class Row(ViewRow, frozen=True):
        document: str
        versions: int
        texts: str
        drawn: str

    def rows(self, document: CapturedDocument) -> Iterable[Row]:
        yield self.Row(
            document=document.id,
            versions=len(document.versions),
            texts=", ".join(one.id for one in document.texts),
            drawn=", ".join(fact.id for one in document.sources for fact in one.facts),
        )


class Notices(EventView):
    """A stranger's view of events."""

    name, version, of = "notices", 1, FactNotice

    class Row(ViewRow, frozen=True):
        about: str
        status: str | None

    def rows(self, event: FoldedEvent) -> Iterable[Row]:
        status = None if event.fact is None else event.fact.status
        yield self.Row(about=event.data.fact, status=status)  # type: ignore[union-attr]


class Counts(StoryView):
    """A stranger's view of a whole story."""

    name, version = "counts", 1

    class Row(ViewRow, frozen=True):
        status: str
        facts: int

    def rows(self, story: StoryState) -> Iterable[Row]:
        statuses = [fact.status for fact in story.facts.values()]
        for status in sorted(set(statuses)):
            yield self.Row(status=status, facts=statuses.count(status))


STRANGERS: list[View] = [Chains(), Said(), Named(), Published(), Pieces(), Notices(), Counts()]


def searched() -> list[View]:
    """The indexes of search, over texts that are not needed here."""
    sources = Sources()
    sources.text_of = "The text of {}.".format
    return [Facts(), sources, Entities()]


def step_by_step(events: Sequence[Event], loaded: Plugins, view: View) -> list[Any]:
    """The rows of a view that is evaluated at each event, as a general view is."""
    state, rows = StoryFold(loaded.registry()), Rows(schema_of(view))
    for event in events:
        rows.story = event.slug
        view.fold(state.apply(event), rows)
    return sorted(rows.stored(), key=repr)


@settings(
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(histories())
def test_rows_are_the_same_at_each_event_and_at_the_end_of_a_story(lines: list[Fields]) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines)
        for story in archive.stories():
            events = list(archive.events(story.slug))
            for view in (*plugins().views.values(), *STRANGERS, *searched()):
                found = states(events, plugins().registry(), [view])[1][view.name]

                assert sorted(found, key=repr) == step_by_step(events, plugins(), view), view.name


@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(histories())
def test_catching_up_in_parts_is_a_rebuild(lines: list[Fields]) -> None:
    loaded = isolated(*plugins().views.values(), *STRANGERS)
    with Archive.create(":memory:", loaded) as archive:
        for at in range(0, len(lines), 3):
            story = None if at == 0 else lines[0]["slug"]
            archive.record(lines[at : at + 3], story=story)
            archive.catch_up()
            archive.search("said OR not")
        for name in (*loaded.views, *archive.own_views()):
            assert archive.verify_view(name) == [], name
        assert len(archive.own_views()) > 2 and archive.verify().findings == []


def test_a_story_that_was_released_is_folded_again_for_its_things(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_KEPT_FACTS", 1)
    loaded = isolated(*STRANGERS)
    with Archive.create(db, loaded) as archive:
        slugs = ["ferry", "bridge", "dam"]
        for slug in slugs:
            archive.record(samples.story(slug=slug))
        archive.catch_up()
        for number in range(2):
            for slug in slugs:
                archive.record([samples.statement(text=f"Again {number}")], story=slug)
        archive.catch_up()

        assert [found for name in loaded.views for found in archive.verify_view(name)] == []


def test_a_row_about_another_thing_is_refused(db: str) -> None:
    class Wrong(Named):
        name = "wrong"

        def rows(self, entity: Entity) -> Iterable[Named.Row]:
            yield self.Row(entity="person:someone-else", label="", facts="")

    with Archive.create(db, isolated(Wrong())) as archive:
        archive.record(samples.story())
        [build] = archive.catch_up()

        assert build.state == "failed"
        assert build.error is not None and "the row is about" in build.error


def test_a_view_that_raises_keeps_the_rows_before_the_event_at_which_it_stops(db: str) -> None:
    class Third(Said):
        name = "third"
        broken = True

        def rows(self, fact: Fact) -> Iterable[Said.Row]:
            if self.broken and fact.id == "f3":
                raise RuntimeError("not this one")
            yield from super().rows(fact)

    view = Third()
    with Archive.create(db, isolated(view)) as archive:
        archive.record(samples.story())
        archive.catch_up()
        more = samples.statement("Everyone is safe")
        archive.record([more | {"text": f"Again {number}"} for number in range(3)], story="ferry")
        [build] = archive.catch_up()
        assert (build.state, build.failed_position) == ("failed", archive.head().position - 2)

        view.broken = False
        assert [row["fact"] for row in archive.view("third", "ferry").dicts()] == [
            "f1", "f2", "f3", "f4", "f5",
        ]  # fmt: skip


@pytest.mark.sampled(2)
@pytest.mark.parametrize("view", STRANGERS, ids=lambda view: view.name)
def test_the_contract_accepts_each_form(view: View) -> None:
    from dateline.testing.contracts import Trials, verdicts

    with Trials(isolated(view), [], 10) as trials:
        assert [found.rule for found in verdicts(view, trials) if found.broken is not None] == []
