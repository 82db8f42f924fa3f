"""A fold cannot change its input, so the mistake of one plugin is in no rows of another."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

import dateline_disputes
import dateline_people
import dateline_places
import dateline_sources
import dateline_timeline
from dateline import Archive
from dateline.events import frozen
from dateline.events.fold import StoryFold
from dateline.events.readonly import ReadOnlyStory
from dateline.events.registry import CORE, Registry
from dateline.events.state import StoryState
from dateline.plugin import (
    EntityIntroduced,
    Event,
    EventType,
    FactPayload,
    Payload,
    Raw,
    Rows,
    View,
    ViewRow,
)
from dateline.testing import samples
from dateline.testing.contracts.trials import EVENTFUL
from dateline.testing.isolated import isolated

OTHERS = (dateline_disputes, dateline_people, dateline_places, dateline_sources, dateline_timeline)
ENTITY = {
    "type": "entity.introduced", "entity": "place:quay", "kind": "place", "label": "The quay",
    "identifiers": {"wikidata": "Q1"},
}  # fmt: skip
OLD_ENTITY = {
    "type": "entity.introduced", "schema_version": 1, "entity": "place:pier", "kind": "place",
    "label": "The pier", "identifiers": {"part_of": "place:quay", "wikidata": "Q2"},
}  # fmt: skip
LINES = [
    *EVENTFUL,
    ENTITY,
    OLD_ENTITY,
    {"type": "acme.unheard.happened", "deep": {"list": [1, {"n": 2}]}},
    samples.corrected("f2", "/places", None, [{"place": "place:quay", "role": "at"}]),
]


def is_raw(event: Event) -> bool:
    return isinstance(event.data, Raw) and "deep" in event.data.fields


#: Each would change the input of other plugins.
ATTEMPTS: dict[str, Callable[[Any], object]] = {
    "facts.pop": lambda e: e.state.facts.pop("f2"),
    "facts.clear": lambda e: e.state.facts.clear(),
    "facts[]": lambda e: e.state.facts.__setitem__("f2", None),
    "entities.clear": lambda e: e.state.entities.clear(),
    "sources.popitem": lambda e: e.state.sources.popitem(),
    "withdrawn.update": lambda e: e.state.withdrawn.update({samples.SOURCE: "so"}),
    "erased.setdefault": lambda e: e.state.erased.setdefault("f1", None),
    "protected.clear": lambda e: e.state.protected.clear(),
    "links.sort": lambda e: e.state.links.sort(key=lambda link: link.data.to),
    "links.append": lambda e: e.state.links.append(None),
    "links.clear": lambda e: e.state.links.clear(),
    "links[]": lambda e: e.state.links.__setitem__(0, None),
    "tombstones": lambda e: e.state.tombstones.keys.clear(),
    "title =": lambda e: setattr(e.state, "title", "another"),
    "facts =": lambda e: setattr(e.state, "facts", {}),
    "del facts": lambda e: delattr(e.state, "facts"),
    "a new name": lambda e: setattr(e.state, "mine", 1),
    "apply": lambda e: e.state.apply(e),
    "release": lambda e: e.state.release(),
    "a fact's story": lambda e: [fact.story.facts.clear() for fact in e.touched],
    "a fact's status": lambda e: [setattr(fact, "status", "retracted") for fact in e.touched],
    "a fact's history": lambda e: [fact.history.append(e) for fact in e.touched],
    "a fact's data": lambda e: [setattr(fact.data, "text", "so") for fact in e.touched],
    "the event": lambda e: setattr(e, "fact", None),
    "touched": lambda e: e.touched.append(None),
    "an entity's dict": lambda e: [
        entity.identifiers.update(wikidata="Q0") for entity in e.state.entities.values()
    ],
    "a dict of an unknown type": lambda e: is_raw(e) and e.data.fields.update(n=9),
    "a list inside that": lambda e: is_raw(e) and e.data.fields["deep"]["list"].append(3),
    "a dict inside that": lambda e: is_raw(e) and e.data.fields["deep"]["list"][1].clear(),
    "a correction's value": lambda e: [
        change.now.reverse()
        for change in getattr(e.data, "changes", ())
        if isinstance(change.now, list)
    ],
    "the older shape": lambda e: e.original and e.original["identifiers"].clear(),
}  # fmt: skip


class First(View):
    """Tries one change of its input; its name puts it before the other views."""

    name = "aaa"

    class Row(ViewRow, frozen=True):
        number: int

    def __init__(self, attempt: Callable[[Any], object] = lambda event: None) -> None:
        self.attempt = attempt

    def fold(self, event: Event, rows: Rows) -> None:
        self.attempt(event)


def built(*attempt: Callable[[Any], object]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    with Archive.create(":memory:", isolated(First(*attempt), *OTHERS)) as archive:
        archive.record(LINES)
        names = sorted(archive.plugins.views)
        builds = {build.name: build for build in archive.rebuild(names)}
        rows = {name: list(archive.view(name).dicts()) for name in names if name != "aaa"}
        return builds, rows


@pytest.fixture(scope="module")
def clean() -> dict[str, list[Any]]:
    return built()[1]


@pytest.mark.sampled(7)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_fold_that_tries_to_change_its_input_stops_alone(
    attempt: str, clean: dict[str, list[Any]]
) -> None:
    builds, rows = built(ATTEMPTS[attempt])
    assert builds["aaa"].state == "failed", "it changed something"
    assert rows == clean
    assert {build.state for name, build in builds.items() if name != "aaa"} == {"live"}


def test_everything_a_story_holds_is_read_only() -> None:
    """Including attributes that are added in the future."""
    state = StoryFold(Registry())
    read_only = state.read_only
    for name, held in vars(state).items():
        if name.startswith("_") or name in ReadOnlyStory.WITHHELD:
            assert not hasattr(read_only, name)
        elif name != "registry":
            seen = getattr(read_only, name)
            assert isinstance(seen, frozen.FrozenList) or not isinstance(seen, dict | list | set), (
                name
            )
            assert (
                list(seen or ()) == list(held or ()) if hasattr(held, "__iter__") else seen == held
            )
    for name in {*vars(StoryState), *vars(StoryFold)}:
        if not name.startswith("_"):
            assert hasattr(read_only, name) is (name not in ReadOnlyStory.WITHHELD), name


def test_the_story_given_to_a_plugin_follows_the_state() -> None:
    with Archive.create(":memory:", isolated()) as archive:
        archive.record(LINES)
        state = archive.state("made-up")
        assert list(state.read_only.facts) == list(state.facts)
        assert list(state.read_only.links) == state.links
        assert state.read_only.links[0] is state.links[0]
        assert state.read_only.links[:1] == state.links[:1]
        assert (state.read_only.title, state.read_only.version) == (state.title, state.version)
        assert [f.id for f in state.read_only.shown()] == [f.id for f in state.shown()]
        assert state.read_only.naming(samples.WIRE) == state.naming(samples.WIRE)
        assert state.read_only.label(samples.WIRE) == state.label(samples.WIRE)
        before = state.read_only.facts["f2"]
        state.apply(list(archive.events("made-up"))[-1])
        assert state.read_only.facts["f2"] is state.facts["f2"] is not before


def test_exporters_and_checks_get_stories_that_cannot_be_changed() -> None:
    with Archive.create(":memory:", isolated(*OTHERS)) as archive:
        archive.record(LINES)
        with archive.material() as material:
            for story in material.stories():
                with pytest.raises(AttributeError):
                    story.facts.clear()
                with pytest.raises(AttributeError):
                    story.apply(None)  # type: ignore[arg-type]


class Holder(Payload, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.holder.recorded"
    schema_version: ClassVar[int] = 2
    what: dict[str, Any]
    more: list[dict[str, int]] = []


def greedy(fields: dict[str, Any]) -> dict[str, Any]:
    """An upcaster that changes its argument in place."""
    fields["what"]["n"] = fields["what"].pop("number")
    fields["what"]["list"].append("added")
    return fields


def test_an_upcaster_that_works_in_place_changes_only_its_result(db: str) -> None:
    holder = EventType(Holder, {1: greedy})
    stored = {"what": {"number": 1, "list": [1]}}
    given = copy.deepcopy(stored)
    registry = Registry([holder])
    for _ in range(2):
        read = registry.convert(Holder.type, 1, given)
        assert read == Holder(what={"n": 1, "list": [1, "added"]})
    assert given == stored
    with Archive.create(db, isolated(First(), holder)) as archive:
        archive.record([*samples.story(), {"type": Holder.type, "schema_version": 1, **stored}])
        events = [event for event in archive.events("ferry") if event.type == Holder.type]
        assert [event.original for event in events] == [stored]
        assert archive.verify().findings == []


def test_a_payload_of_a_plugin_is_read_only_to_its_folds(db: str) -> None:
    kinds = {
        "a dict": lambda e: e.data.what.update(a=1),
        "a list": lambda e: e.data.more.append({}),
        "a dict in a list": lambda e: e.data.more[0].clear(),
    }
    for number, attempt in enumerate(kinds.values()):
        view = First(lambda e, attempt=attempt: attempt(e) if isinstance(e.data, Holder) else None)
        target = db if number == 0 else ":memory:"
        with Archive.create(target, isolated(view, EventType(Holder, {1: greedy}))) as archive:
            line = {"type": Holder.type, "schema_version": 2, "what": {}, "more": [{"a": 1}]}
            archive.record([*samples.story(), line])
            [build] = archive.rebuild(["aaa"])
            assert build.state == "failed"


def test_only_types_with_mutable_fields_are_searched() -> None:
    """Other types cost one lookup in a table."""
    holding = {kind.name for kind in CORE if frozen._holds(kind.payload)}
    assert holding == {
        "entity.introduced", "entity.amended", "fact.corrected", "source.amended",
    }  # fmt: skip
    facts = [kind.payload for kind in CORE if issubclass(kind.payload, FactPayload)]
    assert facts and not any(map(frozen._holds, facts))


def test_read_only_values_are_encoded_and_copied_like_the_originals() -> None:
    value = {"a": [1, {"b": [2]}], "c": "d"}
    kept = frozen.frozen(copy.deepcopy(value))
    assert kept == value
    assert isinstance(kept, dict) and isinstance(kept["a"], list)
    assert msgspec.json.encode(kept) == msgspec.json.encode(value)
    again = copy.deepcopy(kept)
    again["a"][1]["b"].append(3)
    assert type(again) is dict and type(again["a"]) is list
    assert kept == value
    entity = EntityIntroduced(entity="place:q", kind="place", label="Q", identifiers={"a": "b"})
    assert msgspec.json.encode(frozen.frozen(entity)) == msgspec.json.encode(
        EntityIntroduced(entity="place:q", kind="place", label="Q", identifiers={"a": "b"})
    )
    for names, held in ((dir(dict), kept), (dir(list), kept["a"]), (dir(set), frozenset())):
        for name in {"clear", "pop", "popitem", "update", "setdefault", "append", "extend", "insert",
                     "remove", "reverse", "sort", "__setitem__", "__delitem__", "__ior__", "__iadd__",
                     "__imul__"} & set(names):  # fmt: skip
            if hasattr(held, name):
                with pytest.raises(TypeError):
                    getattr(held, name)()


@pytest.mark.parametrize("kind", [Mapping, Sequence])
def test_the_collections_of_a_story_have_standard_types(kind: type) -> None:
    read_only = StoryFold(Registry()).read_only
    names = {Mapping: "facts", Sequence: "links"}
    assert isinstance(getattr(read_only, names[kind]), kind)


class Slow(View):
    """A fold that does not return until it is allowed to."""

    name = "slow"
    started, go_on = threading.Event(), threading.Event()

    class Row(ViewRow, frozen=True):
        number: int

    def fold(self, event: Event, rows: Rows) -> None:
        if event.version == 1 and event.slug == "ferry":
            self.started.set()
            assert self.go_on.wait(60)
        rows.put("n", self.Row(number=event.version))


@pytest.mark.parametrize("way", ["catch_up", "rebuild"])
def test_a_fold_that_hangs_blocks_no_append(db: str, way: str, tmp_path: Path) -> None:
    Slow.started.clear()
    Slow.go_on.clear()
    with Archive.create(db, isolated(Slow())) as archive:
        archive.record(samples.story())

        def read() -> None:
            with Archive.open(db, isolated(Slow())) as reader:
                getattr(reader, way)(["slow"])

        thread = threading.Thread(target=read)
        thread.start()
        try:
            assert Slow.started.wait(60)
            archive.record(samples.story(slug="other"))  # fails if the lock times out
            assert archive.verify().findings == []
        finally:
            Slow.go_on.set()
            thread.join()
        assert {row["story"] for row in archive.view("slow").dicts()} == {"ferry", "other"}
