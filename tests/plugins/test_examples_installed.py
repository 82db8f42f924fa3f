"""The two example plugins, built as wheels and installed like any plugin."""

from __future__ import annotations

import ast
import csv
import importlib.util
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ("dateline-per-day", "dateline-geojson")


def build(project: Path, target: Path, scratch: Path) -> None:
    """Build the wheel of `project` and install it into the folder `target`."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, of the extra dev, is not installed")
    wheels = scratch / f"{project.name}-wheel"
    quiet("hatchling", "build", "-t", "wheel", "-d", str(wheels), cwd=project)
    [wheel] = wheels.iterdir()
    options = ("--no-deps", "--no-index", "--disable-pip-version-check", "-q")
    quiet("pip", "install", *options, "--target", str(target), str(wheel), cwd=scratch)


def quiet(*arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both plugins installed; the demo archive demo.db is next to it."""
    scratch = tmp_path_factory.mktemp("examples")
    for name in NAMES:
        build(EXAMPLES / name, scratch / "site", scratch)
    dateline(scratch / "site", "demo")
    return scratch / "site"


def dateline(site: Path, *arguments: str, db: Path | None = None) -> str:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("DATELINE_")
    }
    done = subprocess.run(
        [
            *(sys.executable, "-W", "error", "-c"),
            "from dateline.cli import main; main()",
            *("--db", str(db or site.parent / "demo.db")),
            *arguments,
        ],
        env={**environment, "PYTHONPATH": str(site)},
        cwd=site.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_examples_are_listed_with_distribution_and_version(installed: Path) -> None:
    rows = {row["plugin"]: row for row in json.loads(dateline(installed, "plugins", "-f", "json"))}
    for name, origin, offers in (
        ("per-day", "dateline-per-day 1.2.0", "view per_day"),
        ("geojson", "dateline-geojson 0.3.0", "exporter geojson"),
    ):
        row = rows[name]
        assert (row["status"], row["error"]) == ("active", None)
        assert origin in row.values() or tuple(origin.split()) == (
            row.get("distribution"),
            row.get("version"),
        )
        assert offers in row["offers"]


def test_the_view_counts_the_current_facts_of_each_day(installed: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(dateline(installed, "show", "velm-flood", "per_day"))))
    days = [row["day"] for row in rows]
    assert days == sorted(set(days))
    timeline = list(
        csv.DictReader(io.StringIO(dateline(installed, "show", "velm-flood", "timeline")))
    )
    assert sum(int(row["facts"]) for row in rows) == len(timeline)
    figures = [row for row in timeline if row["kind"] == "figure"]
    assert sum(int(row["figures"]) for row in rows) == len(figures) > 0
    assert sum(int(row["statements"]) for row in rows) > 0


def test_the_view_follows_a_correction_of_the_date_and_a_retraction(
    installed: Path, tmp_path: Path
) -> None:
    db = tmp_path / "demo.db"
    db.write_bytes((installed.parent / "demo.db").read_bytes())

    def days() -> dict[str, int]:
        shown = dateline(installed, "show", "velm-flood", "per_day", db=db)
        return {row["day"]: int(row["facts"]) for row in csv.DictReader(io.StringIO(shown))}

    before = days()
    moved = ("--set", "times.valid.edtf=1999-12-31", "--reason", "A test.")
    dateline(installed, "correct", "velm-flood", "f7", *moved, db=db)
    assert days() == {**before, "2024-03-06": before["2024-03-06"] - 1, "1999-12-31": 1}
    dateline(installed, "retract", "velm-flood", "f7", "--reason", "A test.", db=db)
    assert days() == {**before, "2024-03-06": before["2024-03-06"] - 1}
    dateline(installed, "rebuild", "--view", "per_day", "--verify", db=db)


def test_geojson_has_each_place_once_with_longitude_first(installed: Path) -> None:
    text = dateline(installed, "export", "velm-flood", "-f", "geojson")
    assert text.endswith("]}\n")
    features = {feature["id"]: feature for feature in json.loads(text)["features"]}
    assert len(features) == text.count('"Feature"')
    bridge = features["velm-flood/place:mill-bridge"]
    assert bridge["geometry"] == {"type": "Point", "coordinates": [-123.398, -48.901]}
    assert bridge["properties"]["precision"] == "exact"
    assert "f8" in [fact["fact"] for fact in bridge["properties"]["facts"]]
    dateline(installed, "export", "velm-flood", "-o", "map.geojson")
    assert (installed.parent / "map.geojson").read_text("utf-8") == text


@pytest.mark.parametrize("name", ["per-day", "geojson"])
def test_an_example_passes_the_contract(name: str, installed: Path) -> None:
    checked = json.loads(dateline(installed, "plugins", "check", name, "-f", "json"))
    assert {row["result"] for row in checked} <= {"ok", "not checked"}
    assert sum(row["result"] == "ok" for row in checked) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_an_example_uses_only_the_public_api(name: str) -> None:
    files = list((EXAMPLES / name).rglob("*.py"))
    assert files
    own = name.replace("-", "_")
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                if module.split(".")[0].startswith("dateline"):
                    assert module in ("dateline", "dateline.plugin") or module.startswith(own)
