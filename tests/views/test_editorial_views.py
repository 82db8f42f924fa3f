"""The views for editors: people, places, sources, disputes and changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.documents.folder import Folder
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import fact, retracted, story
from dateline.views import runner
from dateline_sources import covered_by

BUNDLED = (
    "timeline", "statements", "figures", "people", "places", "sources", "disputes", "changes",
    "doubts", "series", "support",
)  # fmt: skip


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, plugins()) as archive:
        yield archive


def rows(archive: Archive, view: str, *columns: str) -> list[tuple[Any, ...]]:
    table = archive.view(view, "ferry")
    return [tuple(row[column] for column in columns) for row in table.dicts()]


def test_a_person_has_one_row_per_role_or_one_without_a_role(archive: Archive) -> None:
    mara = samples.entity(samples.VOSS, "Mara Voss") | {"names": ["M. Voss", "the harbour master"]}
    lines = [mara if line.get("entity") == samples.VOSS else line for line in story()]
    archive.record(lines)
    assert rows(archive, "people", "label", "names", "role", "said", "statements") == [
        ("Mara Voss", "M. Voss, the harbour master", None, 1, "f1")
    ]
    held = {"times": {"valid": {"edtf": "2020/2023"}}}
    master = fact("role", "the harbour master", title="harbour master", **held)
    now = fact("role", "the harbour master", text="Now", title="mayor", organization=samples.NORA)
    archive.record([master, now, samples.statement("143 of 193 passengers")], story="ferry")
    assert rows(archive, "people", "role", "organization", "when", "said") == [
        ("mayor", "NORA", None, 2),
        ("harbour master", None, "2020 to 2023", 2),
    ]
    archive.record([retracted("f3"), retracted("f4"), retracted("f1")], story="ferry")
    assert rows(archive, "people", "role", "statements") == [(None, "f5")]


def test_a_place_shows_its_facts_and_any_known_coordinates(
    archive: Archive,
) -> None:
    ister = samples.entity("place:ister", "Port Ister") | {
        "lat": 48.5,
        "lon": -3.25,
        "precision": "settlement",
    }
    there = [{"place": "place:ister", "role": "location"}, {"place": "org:nora", "role": "about"}]
    archive.record(story(ister, fact("occurrence", "off Port Ister", places=there)))
    columns = ("label", "role", "lat", "lon", "precision", "fact")
    assert rows(archive, "places", *columns) == [
        ("NORA", "about", None, None, None, "f3"),
        ("Port Ister", "location", 48.5, -3.25, "settlement", "f3"),
    ]


def test_a_figure_is_found_where_its_own_words_are(archive: Archive) -> None:
    words = {"role": "figure", "exact": "143 of 193"}
    own = samples.figure(text="Again")
    own |= {"evidence": [*own["evidence"], words]}
    archive.record(story(own))

    at = samples.TEXT.index("143 of 193")
    assert rows(archive, "figures", "fact", "start", "end") == [
        ("f2", at, at + len("143 of 193 passengers")),
        ("f3", at, at + len("143 of 193")),
    ]


def test_a_source_counts_its_facts_and_its_quoted_characters(archive: Archive) -> None:
    archive.record(story())
    covered = len("Everyone is safe") + len("143 of 193 passengers")
    share = round(100 * covered / len(samples.TEXT), 1)
    assert rows(archive, "sources", "facts", "covered", "coverage") == [(2, covered, share)]
    archive.record([retracted("f2")], story="ferry")
    assert rows(archive, "sources", "facts", "covered") == [(1, len("Everyone is safe"))]
    overlapping = {"role": "content", "exact": "is safe"}
    archive.record(
        [{"type": "evidence.added", "fact": "f1", "evidence": [overlapping]}], story="ferry"
    )
    assert rows(archive, "sources", "covered") == [(len("Everyone is safe"),)]
    archive.record(
        [{"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Wrong port"}],
        story="ferry",
    )
    assert rows(archive, "sources", "withdrawn") == [("Wrong port",)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 90)), max_size=12))
def test_coverage_counts_each_character_once(spans: list[tuple[int, int]]) -> None:
    points = {at for start, end in spans for at in range(start, end)}

    assert covered_by(spans) == len(points)


def test_a_dispute_ends_when_either_of_its_facts_is_retracted(archive: Archive) -> None:
    link = {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "disputes", "note": "No"}
    archive.record(story(link, link | {"relation": "contradicts"}, link | {"relation": "explains"}))
    notice = {"type": "fact.disputed", "fact": "f2", "by": "the crew", "ground": "They counted 144"}
    archive.record([notice], story="ferry")
    assert rows(archive, "disputes", "fact", "how", "by", "by_fact") == [
        ("f2", "disputes", "Mara Voss", "f1"),
        ("f2", "contradicts", "Mara Voss", "f1"),
        ("f2", "disputed", "the crew", None),
    ]
    archive.record([retracted("f1")], story="ferry")
    assert rows(archive, "disputes", "how", "ground") == [("disputed", "They counted 144")]
    archive.record([retracted("f2")], story="ferry")
    assert rows(archive, "disputes", "how") == []


def test_changes_lists_old_and_new_values_with_author_and_reason(archive: Archive) -> None:
    two = {
        "type": "fact.corrected",
        "fact": "f2",
        "changes": [
            {"path": "/quantities/0/value", "was": 143, "now": 150},
            {"path": "/note", "was": None, "now": "recounted"},
        ],
        "by": samples.WIRE,
        "reason": "Recount",
        "reported_at": "2024-05-07T09:00:00Z",
    }
    archive.record(story(two, retracted("f1"), {"type": "story.closed", "reason": "Over"}))
    columns = ("what", "about", "path", "was", "now", "who", "why")
    assert rows(archive, "changes", *columns) == [
        ("correction", "f2", "/quantities/0/value", "143", "150", "Ister Wire", "Recount"),
        ("correction", "f2", "/note", None, '"recounted"', "Ister Wire", "Recount"),
        ("retraction", "f1", None, None, None, None, "It did not happen."),
        ("closing", "ferry", None, None, None, None, "Over"),
    ]
    [first, *_] = rows(archive, "changes", "reported_at")
    assert first == ("2024-05-07T09:00:00.000000Z",)


@settings(
    max_examples=examples(30),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(histories(), st.integers(1, 7))
def test_every_bundled_view_has_the_same_rows_caught_up_in_pages_or_rebuilt(
    monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]], page: int
) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        cut = len(lines) // 2
        archive.record(lines[: max(cut, 5)])
        with monkeypatch.context() as patched:
            patched.setattr(runner, "PAGE", page)
            patched.setattr(runner, "_KEPT_FACTS", 2)
            archive.catch_up()
            archive.record(lines[max(cut, 5) :], story="made-up")
            live = {name: archive.view(name, everything=True) for name in BUNDLED}
        archive.rebuild()
        assert live == {name: archive.view(name, everything=True) for name in BUNDLED}


def test_kherson(shared: Path, archive: Archive) -> None:
    folder = shared / "examples" / "kherson"
    raw = (folder / "kherson.ndjson").read_bytes()
    archive.record(archive.plugins.importer("ndjson").read([raw]), files=Folder(folder))
    slug = "kherson-evacuation"
    disputes = list(archive.view("disputes", slug).dicts())
    assert [(row["fact"], row["by_fact"]) for row in disputes] == [
        ("f13", "f33"),
        ("f13", "f34"),
        ("f13", "f14"),
    ]
    roles = [row for row in archive.view("people", slug).dicts() if row["role"]]
    assert [(row["label"], row["role"]) for row in roles] == [
        ("Marat Khusnullin", "Deputy Prime Minister"),
        ("Vasily Golubev", "governor"),
        ("Vladimir Saldo", "leader"),
    ]
    [source] = archive.view("sources", slug).dicts()
    assert (source["facts"], source["chars"]) == (45, 2590)
    assert 90 < source["coverage"] <= 100
    places = {row["label"] for row in archive.view("places", slug).dicts()}
    assert {"Kherson (city)", "Rostov region (oblast)", "Crimea"} <= places
    saldo = [
        r for r in archive.view("statements", slug).dicts() if r["speaker"] == "Vladimir Saldo"
    ]
    assert [row["fact"] for row in saldo] == ["f5", "f16", "f17", "f19", "f21", "f22", "f25"]
