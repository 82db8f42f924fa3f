"""Two processes that create the same archive, and two that upgrade it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from tests.log.refused import refused
from tests.races.audit import audit
from tests.races.beside import Gate, until_blocked

from dateline import Archive, Plugins
from dateline.log import schema
from dateline.testing import samples

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_the_second_of_two_processes_that_create_an_archive_is_refused(
    db: str, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    with gate.at(monkeypatch, schema, "_migrate", after=True):
        first = pool.submit(schema.create, db)
        gate.wait()
        second = pool.submit(schema.create, db)
        if "://" in db:
            until_blocked(db, second)
        else:  # each makes a temporary file, and the first to finish gets the name
            second.result()
    made, late = (first, second) if "://" in db else (second, first)
    with refused("target-occupied"):
        late.result()
    assert audit(made.result()) == []
    made.result().dispose()


def test_the_second_process_creates_the_archive_after_the_first_failed(
    dateline_postgres_url: str, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failed(Exception):
        pass

    def fails() -> None:
        raise Failed

    monkeypatch.setattr(schema, "uuid7", fails, raising=True)
    gate = Gate()
    with gate.at(monkeypatch, schema, "_migrate", after=True):
        first = pool.submit(schema.create, dateline_postgres_url)
        gate.wait()
        second = pool.submit(schema.create, dateline_postgres_url)
        until_blocked(dateline_postgres_url, second)
        gate.open()
        with pytest.raises(Failed):
            first.result()
        with pytest.raises(Failed):  # it got as far as the first, of which nothing was left
            second.result()
    monkeypatch.undo()
    schema.create(dateline_postgres_url).dispose()


@pytest.fixture
def old(db: str) -> str:
    """An archive of schema 0001."""
    if "://" not in db:
        Path(db).write_bytes(gzip.decompress((FIXTURES / "archive-0001.db.gz").read_bytes()))
        return db
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_migrate", _to_0001)
        schema.create(db).dispose()
    return db


def _to_0001(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


def test_the_second_of_two_upgrades_has_nothing_to_do(
    old: str, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    with gate.at(monkeypatch, schema, "_migrate"):
        first = pool.submit(schema.upgrade, old)
        gate.wait()
        second = pool.submit(schema.upgrade, old)
        until_blocked(old, second)
    assert first.result() == second.result() == ("0001", schema.HEAD)
    with Archive.open(old, Plugins.load(strict=True)) as archive:
        archive.record(samples.story(slug="after"))
        assert archive.view("figures").dicts()
        with archive._engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
            assert "plugin_types" in inspect(connection).get_table_names()
        audit(archive._engine)
