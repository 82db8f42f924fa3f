"""An archive written by an earlier version has the same log and the same views after the upgrade."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.errors import SchemaOutdated
from dateline.log import schema

FIXTURES = Path(__file__).parents[1] / "fixtures"
WAS = json.loads((FIXTURES / "archive-0001.json").read_text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of schema 0001 with views built by the version that wrote it."""
    path = tmp_path / "a.db"
    path.write_bytes(gzip.decompress((FIXTURES / "archive-0001.db.gz").read_bytes()))
    return path


@pytest.fixture
def upgraded(path: Path) -> Iterator[Archive]:
    assert schema.upgrade(path) == ("0001", schema.HEAD)
    with Archive.open(path, Plugins.load(strict=True)) as archive:
        yield archive


def test_it_is_not_opened_before_the_upgrade(path: Path) -> None:
    with pytest.raises(SchemaOutdated, match="0001"):
        Archive.open(path, Plugins())


def test_every_hash_of_the_log_is_the_same(upgraded: Archive, path: Path) -> None:
    head = upgraded.head()
    assert (str(head.archive), head.position, head.root.hex()) == (
        WAS["archive"],
        WAS["position"],
        WAS["root"],
    )
    assert upgraded.verify().findings == []


@pytest.mark.parametrize("view", ["figures", "statements"])
def test_views_show_the_same_rows_as_before(
    upgraded: Archive, path: Path, view: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(root, ["--db", str(path), "show", "velm-flood", view]) == 0
    assert capfd.readouterr().out == (FIXTURES / f"archive-0001-{view}.csv").read_text("utf-8")


def test_old_generations_continue_and_rebuild_to_the_same_rows(upgraded: Archive) -> None:
    for name in upgraded.plugins.views:
        assert upgraded.verify_view(name) == []
        before = upgraded.view(name, everything=True)
        upgraded.rebuild([name])
        assert upgraded.view(name, everything=True) == before


def test_old_schema_versions_are_upcast_on_reading_and_never_rewritten(upgraded: Archive) -> None:
    old = [e for e in upgraded.events() if e.type == "entity.introduced" and e.schema_version == 1]
    moved = [e for e in old if "part_of" in (e.original or {}).get("identifiers", {})]  # type: ignore[operator,attr-defined]
    assert moved
    for event in moved:
        assert event.data.part_of == event.original["identifiers"]["part_of"]  # type: ignore[union-attr,index]
    with upgraded.material() as material:
        exported = "".join(upgraded.plugins.exporter("ndjson").export(material))
    lines = [json.loads(line) for line in exported.splitlines()[1:]]
    entities = [line for line in lines if line["type"] == "entity.introduced"]
    assert {line["schema_version"] for line in entities} == {1}
    assert any("part_of" in line.get("identifiers", {}) for line in entities)


def test_upgrading_twice_changes_nothing(upgraded: Archive, path: Path) -> None:
    assert schema.upgrade(path) == (schema.HEAD, schema.HEAD)
