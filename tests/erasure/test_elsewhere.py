"""Exporting what is left to another archive; another archive's erasure erases nothing here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, REASON

from dateline import Archive, Plugins, Refused
from dateline.recording.line import Line
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


def test_an_export_of_what_is_left_comes_back(archive: Archive, tmp_path: Path) -> None:
    scene.erase(archive)
    scene.erase(archive, 5)  # f1, f2 and f5 still quote it
    lines = scene.exported(archive, "ndjson").splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert kinds.count("dateline.erased") == 9 and kinds.count("content.erased") == 2
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        given = list(
            other.plugins.importer("ndjson").read([scene.exported(archive, "ndjson").encode()])
        )
        taken = other.record(given)
        assert taken.new == len(lines) - 1 - 9
        assert other.record(given).new == 0
        state, was = other.state("ferry"), archive.state("ferry")
        assert set(state.facts) == set(was.facts) and set(state.erased) == set(was.erased)
        assert [f.reported_us for f in state.facts.values()] == [
            f.reported_us for f in was.facts.values()
        ]
        assert other.record([samples.figure(text="Next")], story="other").facts == ("f3",)
        assert state.tombstones.highest == was.tombstones.highest == 5
        for name in PLUGINS.views:
            assert without_places(other, name) == without_places(archive, name)
            assert other.verify_view(name) == []
        assert other.erase(None, [2], reason=REASON, basis=BASIS).step == "done"


def without_places(archive: Archive, name: str) -> list[dict[str, Any]]:
    """A view's rows of the first story without positions, which differ between archives."""
    own = ("position", "key", "number", "captured")
    rows = archive.view(name, "ferry", everything=True).dicts()
    found = [{key: value for key, value in row.items() if key not in own} for row in rows]
    return sorted(found, key=repr)


def test_another_archive_s_erasure_erases_nothing_here(archive: Archive, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        reader = other.plugins.importer("ndjson")
        other.record(list(reader.read([scene.exported(archive, "ndjson").encode()])))
        scene.erase(archive)
        later = list(reader.read([scene.exported(archive, "ndjson").encode()]))
        with pytest.raises(Refused, match="/events: reserved"):
            other.record(later)
        assert CANARY in repr(other.view("timeline").rows)


def test_what_was_erased_elsewhere_is_not_brought_in_by_an_older_export(
    archive: Archive, tmp_path: Path
) -> None:
    older = scene.exported(archive, "ndjson")
    scene.erase(archive)
    told = {event.position for event in archive.events() if event.type == "content.erased"}
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        reader = other.plugins.importer("ndjson")
        other.record(list(reader.read([scene.exported(archive, "ndjson").encode()])))
        head = other.head()
        lines = list(reader.read([older.encode()]))
        gone = [line for line in lines if CANARY in repr(line.fields)]
        bare = [
            Line({k: v for k, v in line.fields.items() if k not in ("recorded_at", "story")}, line.number)
            for line in gone
        ]  # fmt: skip
        for given in (lines, gone, gone[:1], bare[:1]):
            with pytest.raises(Refused) as refused:
                other.record(given, story="ferry")
            [finding] = {f for f in refused.value.findings if f.line == gone[0].number}
            assert (finding.rule, finding.field) == ("event-erased", "/event_id")
        assert other.head() == head and told
        scene.verify(other)


def test_an_import_that_records_an_erasure_may_not_undo_it_further_on(
    archive: Archive, tmp_path: Path
) -> None:
    older = scene.exported(archive, "ndjson").splitlines()
    scene.erase(archive)
    both = [*scene.exported(archive, "ndjson", "ferry").splitlines(), *older[1:]]
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        reader = other.plugins.importer("ndjson")
        with pytest.raises(Refused, match="was erased"):
            other.record(list(reader.read(["\n".join(both).encode()])))


def test_importing_again_what_was_erased_here_brings_nothing_back(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        scene.erase(archive, 7)
        again = archive.record(samples.story())
        assert (again.new, again.already, again.erased) == (0, 6, 1)
        anew = archive.record(samples.story(), anew=True)
        assert (anew.new, anew.already, anew.erased, anew.anew) == (1, 6, 0, (8,))
        assert anew.facts == ("f3",)  # its number is not given again
        assert archive.record(samples.story(), anew=True).new == 0
        scene.erase(archive, 9)
        figure = samples.figure()
        with pytest.raises(Refused, match="line-repeated"):
            archive.record([figure, figure], story="ferry", anew=True)
        assert archive.record([figure], story="ferry", anew=True).anew == (10,)
        scene.verify(archive)


def test_an_erasure_cannot_be_made_up(archive: Archive) -> None:
    line = {"type": "content.erased", "reason": "x", "basis": "y", "positions": [7]}
    with pytest.raises(Refused, match="reserved"):
        archive.record([Line(line, 1)], story="ferry")


def test_what_another_archive_erased_and_is_live_here_is_listed_by_position(
    archive: Archive, tmp_path: Path
) -> None:
    older = scene.exported(archive, "ndjson", "ferry")
    scene.erase(archive, 10, 8)
    newer = scene.exported(archive, "ndjson", "ferry").splitlines()
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        reader = other.plugins.importer("ndjson")
        other.record([samples.opened("first")])
        other.record(list(reader.read([older.encode()])))
        with pytest.raises(Refused) as refused:
            other.record(list(reader.read(["\n".join(newer).encode()])))
        [finding] = [found for found in refused.value.findings if found.rule == "reserved"]
        assert "`dateline erase 9 11 13 15`" in finding.reason
        types = {event.position: event.type for event in other.events()}
        assert types[9] == "entity.introduced" and types[11] == "statement.recorded"
