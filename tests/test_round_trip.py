"""import(export(x)) = x: the same views, ids and times, for any story."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.postgres import Server


def exported(archive: Archive, name: str, view: str | None = None) -> str:
    with archive.material(view=view) as material:
        return "".join(archive.plugins.exporter(name).export(material))


def imported(text: str, db: str = ":memory:") -> Archive:
    archive = Archive.create(db, plugins())
    archive.record(archive.plugins.importer("ndjson").read([text.encode()]))
    return archive


def same(left: Archive, right: Archive) -> None:
    for name in left.plugins.views:
        assert left.view(name, everything=True) == right.view(name, everything=True)

    def plain(archive: Archive) -> list[Any]:
        return [
            (
                e.event_id,
                e.story,
                e.version,
                e.type,
                e.recorded_us,
                e.reported_us,
                e.data,
                e.recorded_by,
            )
            for e in archive.events()
        ]

    assert plain(left) == plain(right)
    # All lines but the first, which names the archive and its root.
    assert exported(left, "ndjson").split("\n")[1:] == exported(right, "ndjson").split("\n")[1:]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_importing_an_export_gives_the_same_archive(lines: list[dict[str, Any]]) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines)
        with imported(exported(archive, "ndjson")) as copy:
            same(archive, copy)


@pytest.mark.slow
@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=histories())
def test_a_story_survives_a_round_trip_through_postgresql(
    dateline_postgres: Server, lines: list[dict[str, Any]]
) -> None:
    with Archive.create(":memory:", plugins()) as archive, dateline_postgres.database() as url:
        archive.record(lines)
        with imported(exported(archive, "ndjson"), url) as copy:
            same(archive, copy)
            with imported(exported(copy, "ndjson")) as back:
                same(archive, back)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(slug="one"), histories(slug="two"))
def test_several_stories_interleaved_come_back_too(
    one: list[dict[str, Any]], two: list[dict[str, Any]]
) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(one[:6])
        archive.record(two)
        archive.record(one[6:], story="one") if len(one) > 6 else None
        with imported(exported(archive, "ndjson")) as copy:
            same(archive, copy)


@pytest.mark.parametrize("name", ["csv", "json", "markdown", "ndjson"])
@pytest.mark.sampled(2)
def test_an_empty_archive_exports_a_valid_document(name: str) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        text = exported(archive, name)
    assert text.endswith("\n")


@pytest.mark.parametrize("name", ["csv", "json", "markdown", "ndjson"])
def test_exports_of_equal_archives_are_equal_bytes(name: str) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story(samples.corrected("f2", "/quantities/0/value", 143, 144)))
        assert exported(archive, name) == exported(archive, name)


def test_a_document_in_utf_16_round_trips_as_bytes() -> None:
    text = "caf\u00e9 \u2014 \U0001f6a2"
    with Archive.create(":memory:", plugins()) as archive:
        line = samples.captured(text, charset="utf-16")
        del line["source"]  # its hash is that of the UTF-16 bytes
        archive.record([*samples.story()[:5], line])
        with imported(exported(archive, "ndjson")) as copy:
            for source in archive.state("ferry").sources:
                mine, theirs = archive.document(source), copy.document(source)
                assert mine is not None and theirs is not None
                assert (mine.content, mine.charset) == (theirs.content, theirs.charset)


def test_types_and_versions_from_the_future_survive_import_replay_and_export() -> None:
    later = {
        "event_id": "01890000-0000-7000-8000-000000000009",
        "type": "statement.recorded",
        "schema_version": 9,
        "fact": "f9",
        "colour": {"of": ["the", "future"]},
    }
    unknown = {**later, "event_id": later["event_id"][:-1] + "8", "type": "fact.merged"}
    foreign = {"type": "acme.sighting.recorded", "what": "a heron"}
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story(later, unknown, foreign))
        archive.rebuild()
        archive.rebuild()  # replaying twice is replaying once
        assert len(archive.view("timeline")) == 2
        with imported(exported(archive, "ndjson")) as copy:
            same(archive, copy)
        kept = list(archive.events())[-3:]
    assert [(event.type, event.schema_version) for event in kept] == [
        ("statement.recorded", 9),
        ("fact.merged", 9),
        ("acme.sighting.recorded", 1),
    ]
    assert kept[0].data.fields["colour"] == {"of": ["the", "future"]}  # type: ignore[union-attr]
