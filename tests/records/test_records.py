"""Records: a program gets the same JSON from `dateline.plugin` as from ``show`` and ``diff``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive
from dateline.plugin import change_rows, erased_record, fact_record, profile_record, source_record
from dateline.pytest_plugin import Cli
from dateline.testing import samples


@pytest.fixture
def archive(ferry: Cli, tmp_path: Path) -> Iterator[Archive]:
    """Two stories: ``ferry``, with a corrected, a retracted and an erased fact, and ``quay``, which refers to it."""
    with Archive.open(tmp_path / "dateline.db") as archive:
        archive.record(
            [samples.statement(text=text) for text in ("All safe.", "Safe.")], story="ferry"
        )
        archive.link("ferry", "f2", "elaborates", "f1", note="Counted")
        archive.correct(
            "ferry", "f2", {"quantities.0.value": 144}, reason="Recount", reported="2024-05-08"
        )
        archive.retract("ferry", "f3", reason="Twice", reported="2024-05-09")
        archive.record(samples.story(slug="quay"))
        archive.link("quay", "f2", "elaborates", "ferry/f2")
        yield archive


def _shown(cli: Cli, *arguments: str) -> Any:
    return json.loads(cli(*arguments, "-f", "json").out)


def test_equal_what_the_commands_print(archive: Archive, ferry: Cli) -> None:
    state, text = archive.state("ferry"), samples.TEXT
    records: dict[str, Any] = {
        "f2": fact_record(state.facts["f2"], text, archive.links_to("ferry", "f2")),
        samples.SOURCE: source_record(state, samples.SOURCE, archive.document),
    }
    for name, record in records.items():
        assert json.loads(json.dumps([record])) == _shown(ferry, "show", "ferry", name)
    assert records["f2"]["linked_from"][0]["from"] == "quay/f2"
    profile = profile_record(archive.entity("Mara Voss", limit=50))
    assert json.loads(json.dumps([profile])) == _shown(ferry, "show", "Mara Voss")
    days = ("2024-05-07", "2024-05-10")
    changes = change_rows(archive.diff("ferry", *days))
    assert [change["kind"] for change in changes] == ["corrected", "figure", "retracted"]
    assert changes == _shown(ferry, "diff", "ferry", *days)


def test_of_an_erased_fact_its_place_and_the_reason_are_left(archive: Archive, ferry: Cli) -> None:
    [position] = [
        e.position for e in archive.events("ferry") if getattr(e.data, "fact", "") == "f4"
    ]
    archive.erase(positions=[position], reason="She asked for it", basis="GDPR 17")
    record = erased_record("ferry", archive.state("ferry").erased["f4"])
    assert record["position"] == position
    assert [record] == _shown(ferry, "show", "ferry", "f4")
