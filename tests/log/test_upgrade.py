"""An archive that is kept from earlier has the same log and views as then, after an upgrade too.

The kept archive was written with schema 0001. The migrations up to 0008, which are one now, brought it
to that schema, and later ones bring it to that of today; its events, hashes and views are those of its first day.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.log import later
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.log import schema
from dateline.log.engine import open_engine, writing

FIXTURES = Path(__file__).parents[1] / "fixtures"
WAS = json.loads((FIXTURES / "archive-0008.json").read_text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The kept archive in the schema of today, with views built by the version that wrote it."""
    path = tmp_path / "a.db"
    path.write_bytes(gzip.decompress((FIXTURES / "archive-0008.db.gz").read_bytes()))
    assert schema.upgrade(path) == ("0008", schema.HEAD)
    return path


@pytest.fixture(params=["as it is", "upgraded"])
def kept(path: Path, request: pytest.FixtureRequest) -> Iterator[Archive]:
    """The kept archive as it is, and after an upgrade to a later schema."""
    if request.param == "as it is":
        with Archive.open(path, Plugins.load(strict=True)) as archive:
            yield archive
        return
    scripts = path.parent / "alembic"
    later.write(scripts)
    with later.known(scripts):
        assert schema.upgrade(path) == (later.NOW, later.NEXT)
        with Archive.open(path, Plugins.load(strict=True)) as archive:
            yield archive


def test_it_is_not_opened_before_the_upgrade(path: Path) -> None:
    scripts = path.parent / "alembic"
    later.write(scripts)
    with later.known(scripts), refused("schema-outdated") as error:
        Archive.open(path, Plugins())
    assert later.NOW in str(error.value)
    assert "dateline upgrade" in str(error.value.hint)
    Archive.open(path, Plugins()).close()


def test_every_hash_of_the_log_is_the_same(kept: Archive) -> None:
    head = kept.head()
    assert (str(head.archive), head.position, head.root.hex()) == (
        WAS["archive"],
        WAS["position"],
        WAS["root"],
    )
    assert kept.verify().findings == []


@pytest.mark.parametrize("view", ["figures", "statements"])
def test_views_show_the_same_rows_as_before(
    kept: Archive, path: Path, view: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """In the columns that they had: views have columns with ids since."""
    was = (FIXTURES / f"archive-0008-{view}.csv").read_text("utf-8")
    columns = was.partition("\n")[0]
    assert run(root, ["--db", str(path), "show", "velm-flood", view, "--columns", columns]) == 0
    assert capfd.readouterr().out == was


@pytest.mark.parametrize("format", ["csv", "json"])
def test_exports_of_before_are_verified(path: Path, format: str) -> None:
    """They have no column ``method``."""
    folder, name = path.parent, f"archive-0008-export.{format}"
    if format == "csv":
        for file in (name, f"{name}.meta.json"):
            (folder / file).write_bytes((FIXTURES / file).read_bytes())
    else:
        (folder / name).write_bytes(gzip.decompress((FIXTURES / f"{name}.gz").read_bytes()))
    verify = ["--db", str(path), "verify", "--export", str(folder / name)]
    assert run(root, ["--db", str(path), "rebuild", "--all"]) == run(root, verify) == 0
    content = (folder / name).read_bytes()
    assert b"method" not in content and b"Tarn" in content
    (folder / name).write_bytes(content.replace(b"Tarn", b"Tern", 1))
    assert run(root, verify) == 3


def test_old_generations_continue_and_rebuild_to_the_same_rows(kept: Archive) -> None:
    for name in kept.plugins.views:
        assert kept.verify_view(name) == []
        before = kept.view(name, everything=True)
        kept.rebuild([name])
        assert kept.view(name, everything=True) == before


def test_old_schema_versions_are_upcast_on_reading_and_never_rewritten(kept: Archive) -> None:
    old = [e for e in kept.events() if e.type == "entity.introduced" and e.schema_version == 1]
    moved = [e for e in old if "part_of" in (e.original or {}).get("identifiers", {})]  # type: ignore[operator,attr-defined]
    assert moved
    for event in moved:
        assert event.data.part_of == event.original["identifiers"]["part_of"]  # type: ignore[union-attr,index]
    with kept.material() as material:
        exported = "".join(kept.plugins.exporter("ndjson").export(material))
    lines = [json.loads(line) for line in exported.splitlines()[1:]]
    entities = [line for line in lines if line["type"] == "entity.introduced"]
    assert {line["schema_version"] for line in entities} == {1}
    assert any("part_of" in line.get("identifiers", {}) for line in entities)


def test_upgrading_twice_changes_nothing(kept: Archive, path: Path) -> None:
    assert schema.upgrade(path) == (schema.HEAD, schema.HEAD)


@pytest.mark.parametrize(
    ("revision", "step"),
    [("0001", "dateline upgrade"), ("0000", "dateline upgrade"), ("0900", "newer Dateline")],
)
def test_a_schema_without_a_migration_is_one_clear_error(db: str, revision: str, step: str) -> None:
    schema.create(db).dispose()
    engine = open_engine(db)
    with writing(engine, append=False) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    engine.dispose()
    with refused("schema-outdated") as opened:
        Archive.open(db, Plugins())
    assert step in str(opened.value.hint)
    with refused("schema-outdated") as upgraded:
        schema.upgrade(db)
    assert str(upgraded.value) == str(opened.value)
