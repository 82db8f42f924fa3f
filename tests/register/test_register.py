"""The register: the entities of all stories, one of them in all stories, and those that may be the same."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive, DatelineError, Plugins, Refused
from dateline.pytest_plugin import Cli, Result
from dateline.register.duplicates import duplicates
from dateline.register.entry import Count, Described, Entry, entries
from dateline.testing import samples
from dateline.testing.samples import NORA, VOSS, WIRE, amended, entity, fact, retracted

PLUGINS = Plugins.load(strict=True)
#: Another id of the same person, in another story.
MV = "person:m-voss"


def second(*more: samples.Fields) -> list[samples.Fields]:
    """A story in which she has another id and says something else."""
    text = "FICTION. The ferry Alma sails again, said the harbour master, M. Voss.\n"
    source = samples.digest(text)
    said = fact("statement", "sails again", source=source, speakers=[MV])
    times = {"said": {"edtf": "2024-06-01"}}
    return [
        samples.opened("tides"),
        entity(WIRE, "Ister Wire"),
        {
            **entity(MV, "M. Voss"),
            "names": ["MARA VÖSS", "Mara Vöss Lind"],
            "identifiers": {"wikidata": "Q7"},
        },
        samples.captured(text),
        {**said, "times": times},
        {**fact("role", "harbour master", source=source, person=MV), "times": times},
        *more,
    ]


@pytest.fixture
def archive(db: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(db, PLUGINS, keys=tmp_path / "archive.keys") as archive:
        archive.record(samples.story(amended(VOSS, "/label", "Mara Voss", "Mara Voss-Lind")))
        archive.record(second())
        yield archive


def counted(archive: Archive, **how: str) -> dict[str, tuple[int, int, int]]:
    found = archive.entities(**how)  # type: ignore[arg-type]
    return {one.entity: (one.stories, one.facts, one.statements) for one in found}


def test_entities_are_listed_with_what_is_shown_of_them(archive: Archive) -> None:
    assert counted(archive) == {WIRE: (2, 4, 0), MV: (1, 2, 1), NORA: (1, 1, 0), VOSS: (1, 1, 1)}
    assert list(counted(archive)) == [WIRE, MV, NORA, VOSS]
    assert counted(archive, kind="person") == {MV: (1, 2, 1), VOSS: (1, 1, 1)}
    assert counted(archive, like="Восс Мара") == counted(archive, kind="person")
    assert counted(archive, story="ferry") == {WIRE: (1, 2, 0), NORA: (1, 1, 0), VOSS: (1, 1, 1)}
    [wire] = archive.entities(limit=1)
    assert (wire.first, wire.last) == ("2024-05-06", "2024-06-01")

    archive.record([retracted("f1")], story="ferry")

    assert counted(archive, like="voss-lind")[VOSS] == (1, 0, 0)


def test_a_proposed_merge_makes_one_of_two_everywhere(archive: Archive) -> None:
    [pair] = archive.duplicates()
    assert (pair.entity.entity, pair.into.entity, pair.story) == (VOSS, MV, "ferry")
    assert pair.why == ("same name Mara Voss-Lind",)

    archive.merge(pair.story, VOSS, f"{MV}={pair.into.label}", reason="The same person")

    assert archive.duplicates() == []
    assert counted(archive, kind="person") == {MV: (2, 3, 2)}
    for name in (VOSS, MV, "Mara Voss-Lind", "m voss"):
        profile = archive.entity(name)
        assert profile.ids == (MV, VOSS)
        said = [(one.story.slug, one.id) for one in profile.said.facts]
        assert said == [("ferry", "f1"), ("tides", "f1")]


def test_an_entity_is_shown_with_its_names_over_time(archive: Archive) -> None:
    profile = archive.entity(VOSS)

    assert [(one.label, one.stories) for one in profile.labels] == [("Mara Voss-Lind", ("ferry",))]
    [change] = profile.amended
    assert (change.was, change.now, change.story) == ("Mara Voss", "Mara Voss-Lind", "ferry")
    assert archive.entity(MV).identifiers == ("wikidata:Q7",)
    assert [one.id for one in archive.entity(MV).roles.facts] == ["f2"]
    assert archive.entity(WIRE, limit=1).named.count == 4
    assert len(archive.entity(WIRE, limit=1).named.facts) == 1

    archive.record([retracted("f1")], story="ferry")

    assert archive.entity(VOSS).said.count == 0
    assert archive.entity(VOSS, everything=True).said.count == 1
    assert archive.entity(VOSS, as_recorded=8).said.count == 1
    with pytest.raises(DatelineError) as caught:
        archive.entity("Nobody At All")
    assert caught.value.code == "entity-unknown"


def test_views_have_the_ids_of_merged_entities(archive: Archive) -> None:
    archive.merge("ferry", VOSS, f"{MV}=M. Voss", reason="The same person")

    [row] = archive.view("statements", "ferry").dicts()
    assert (row["speaker"], row["speaker_ids"]) == ("M. Voss", MV)
    assert row["agent_ids"].split(" ") == [MV, NORA, WIRE]
    assert [one["publisher_id"] for one in archive.view("sources").dicts()] == [WIRE, WIRE]
    for name in (*archive.own_views(), "statements"):
        assert archive.verify_view(name) == []
    [merged] = archive.entities(like="voss")
    assert (merged.also, merged.stories, merged.statements) == ((VOSS,), 2, 2)


def _entry(name: str, label: str, facts: int = 1, *identifiers: str) -> Entry:
    return Entry(entity=name, kind="person", label=label, facts=facts, identifiers=identifiers)


def test_duplicates_share_a_name_or_an_identifier() -> None:
    found = duplicates([
        _entry("person:a", "Вітольд Кос", 5),
        _entry("person:b", "VITOLD  KÓS", 1),
        _entry("person:c", "Somebody", 2, "wikidata:Q1"),
        _entry("person:d", "Somebody Else", 3, "wikidata:Q1"),
        _entry("person:e", "Somebody", 1, "wikidata:Q2"),
        _entry("person:f", "X"),
        _entry("person:g", "X"),
    ])  # fmt: skip

    pairs = [(one.entity.entity, one.into.entity, one.why) for one in found]
    assert pairs == [
        ("person:b", "person:a", ("same name VITOLD  KÓS",)),
        ("person:c", "person:d", ("same wikidata Q1",)),
    ]


def test_merges_in_several_stories_make_one_group() -> None:
    rows = [
        Described("s1", "person:b", "person", "B", "", "", "person:a"),
        Described("s2", "person:c", "person", "C", "", "", "person:b"),
        Described("s3", "person:a", "person", "A", "", "", ""),
    ]
    counts = {"person:a": Count(1, 1, "2024-01-02"), "person:b": Count(2, 0, "2024-01-01")}

    [one] = entries(rows, counts)
    assert (one.entity, one.also, one.names) == ("person:c", ("person:a", "person:b"), ("A", "B"))
    assert (one.stories, one.facts, one.statements, one.first) == (3, 3, 1, "2024-01-01")


def _json(result: Result) -> list[dict[str, Any]]:
    return list(json.loads(result.out))


def test_the_commands_show_and_merge_entities(dateline_cli: Cli, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "dateline.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive.record(second())

    listed = _json(dateline_cli("entities", "--kind", "person", "-f", "json"))
    assert [one["entity"] for one in listed] == [MV, VOSS]
    [pair] = _json(dateline_cli("entities", "--duplicates", "-f", "json"))
    assert dateline_cli(*shlex.split(pair["command"])[1:]).code == 0
    shown = dateline_cli("show", "mara-voss")
    assert "said (2)" in shown.out and "tides f1  1 June 2024" in shown.out
    [record] = _json(dateline_cli("show", VOSS, "-f", "json"))
    assert (record["said_count"], [one["story"] for one in record["said"]]) == (
        2,
        ["ferry", "tides"],
    )
    assert dateline_cli("show", "no-such-story").code == 1
    assert "entities" in dateline_cli("show", "Nobody At All").err
    assert dateline_cli("entities", "--limit", "1").out.count("\n") == 2


@pytest.mark.slow
def test_a_link_may_go_to_a_fact_of_another_story(archive: Archive) -> None:
    archive.link("ferry", "f1", "disputes", "tides/f2", note="It was the mate")
    archive.link("ferry", "f2", "elaborates", "tides/f1")

    assert [one.data.to for one in archive.state("ferry").links] == ["tides/f2", "tides/f1"]
    assert archive.fact("tides", "f2").status == "recorded"
    [link] = archive.links_to("tides", "f2")
    assert (link.event.slug, link.data.from_, link.data.note) == ("ferry", "f1", "It was the mate")
    assert "tides/f2" in archive.export("ferry", format="markdown")
    assert "tides/f2" in archive.export("ferry", format="html")

    exported = [json.loads(line) for line in archive.export("ferry", format="ndjson").splitlines()]
    with Archive.create(":memory:", PLUGINS) as alone:
        alone.record(exported)
        assert len(alone.state("ferry").links) == 2
        assert alone.links_to("ferry", "f1") == []

    position = next(
        e.position for e in archive.events("tides") if getattr(e.data, "fact", "") == "f2"
    )
    archive.erase(positions=[position], reason="Asked for", basis="consent withdrawn")
    assert [one.data.from_ for one in archive.links_to("tides", "f2")] == ["f1"]
    assert archive.verify(deep_too=True).findings == []
    with pytest.raises(Refused):
        archive.link("ferry", "f2", "disputes", "tides/f2")

    archive.undo("ferry", reason="By mistake")
    assert archive.links_to("tides", "f1") == []
    archive.record([retracted("f1")], story="ferry")
    assert archive.links_to("tides", "f2") == []
    assert archive.verify_view("dateline_mentions") == []


def test_a_link_may_go_to_a_story_of_the_same_batch(db: str) -> None:
    link = {"type": "facts.linked", "from": "f1", "to": "tides/f1", "relation": "elaborates"}
    with Archive.create(db, PLUGINS) as archive:
        first = [{**line, "fact": "f1"} if "speakers" in line else line for line in second()]
        archive.record([*samples.story(link), *first])
        assert len(archive.links_to("tides", "f1")) == 1
