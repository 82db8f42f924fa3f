"""The same commands on SQLite and on PostgreSQL give the same output and the same files."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.documents.folder import Folder
from dateline.log import schema
from dateline_demo.command import record
from dateline_demo.stories import KHERSON, VELM

FORMATS = ("csv", "json", "ndjson", "markdown", "html")
PLUGINS = Plugins.load(strict=True)


def exported(archive: Archive) -> str:
    with archive.material() as material:
        return "".join(PLUGINS.exporter("ndjson").export(material))


def demo_stories(request: pytest.FixtureRequest) -> str:
    with Archive.create(":memory:", PLUGINS) as archive:
        record(archive, VELM)
        record(archive, KHERSON)
        return exported(archive)


def reuters_on_kherson(request: pytest.FixtureRequest) -> str:
    folder = request.getfixturevalue("shared") / "examples" / "kherson"
    with Archive.create(":memory:", PLUGINS) as archive:
        raw = (folder / "kherson.ndjson").read_bytes()
        archive.record(PLUGINS.importer("ndjson").read([raw]), files=Folder(folder))
        return exported(archive)


@pytest.fixture(scope="module", params=[demo_stories, reuters_on_kherson])
def export(request: pytest.FixtureRequest) -> Any:
    return request.param(request)


@pytest.fixture
def same_random_bytes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Gives both archives the same id and the same salts, so that they hold the same log."""
    rolled: dict[str, itertools.count[int]] = {}

    def salts(size: int) -> bytes:
        drawn = next(rolled.setdefault("salt", itertools.count()))
        return hashlib.shake_256(str(drawn).encode()).digest(size)

    def archive() -> UUID:
        rolled.clear()
        return UUID(int=7)

    with monkeypatch.context() as patch:
        patch.setattr("os.urandom", salts)
        patch.setattr(schema, "uuid7", archive)
        yield


@pytest.mark.sampled(1)
def test_all_output_and_every_file_is_the_same(
    export: str,
    same_random_bytes: None,
    dateline_postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    results: dict[str, dict[str, Any]] = {}
    for name, db in (("sqlite", "a.db"), ("postgresql", dateline_postgres_url)):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        Path("in.ndjson").write_text(export, "utf-8")
        slugs = filled(db, capfd)
        answers = results[name] = {}
        for words in commands(slugs):
            code = run(root, ["--db", db, *words])
            answers[" ".join(words)] = (code, *capfd.readouterr())
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".db":
                answers[str(path.relative_to(folder))] = path.read_bytes()
    assert sorted(results["sqlite"]) == sorted(results["postgresql"])
    for question, answer in results["sqlite"].items():
        assert results["postgresql"][question] == answer, question
        if isinstance(answer, tuple):
            assert (answer[0], "Error" in answer[2]) == (0, False), (question, answer[2])
    files = [name for name, answer in results["sqlite"].items() if isinstance(answer, bytes)]
    assert len(files) >= 2 * len(FORMATS)


def filled(db: str, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Create the archive and import the export. Returns the slugs of its stories."""
    for words in (["init"], ["import", "in.ndjson"]):
        code = run(root, ["--db", db, *words])
        assert code == 0, capfd.readouterr().err
    capfd.readouterr()
    with Archive.open(db, PLUGINS) as archive:
        return [story.slug for story in archive.stories()]


def commands(slugs: list[str]) -> Iterator[list[str]]:
    yield ["status", "-f", "csv"]
    yield ["stories"]
    yield ["log", "-f", "ndjson"]
    for slug in slugs:
        for view in sorted(PLUGINS.views):
            yield ["show", slug, view, "-f", "json", "--all"]
        yield ["show", slug, "-f", "table"]
        yield ["show", slug, "timeline", "--as-of", "2022-10-14", "-f", "csv"]
        yield ["diff", slug, "2022-10-13", "2099-01-01", "-f", "csv"]
    for format_ in FORMATS:
        yield ["export", "--all", "-f", format_, "-o", f"whole-{format_}"]
        yield ["export", slugs[0], "-f", format_, "-o", f"one.{format_}"]
    yield ["rebuild", "--all"]
    yield ["rebuild", "--all", "--verify"]
    yield ["rebuild", "--view", "figures", "--undo"]
    yield ["prune"]
    yield ["status", "-f", "csv"]
    yield ["correct", slugs[0], "f1", "--set", "note=seen twice", "--reason", "A second look"]
    yield ["show", slugs[0], "changes", "-f", "csv", "--columns", "what,about,path,was,now"]
