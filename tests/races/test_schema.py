"""Two that make one archive, and two that upgrade it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from tests.races.audit import audit
from tests.races.beside import Gate, until_blocked

from dateline import Archive, DatelineError, Plugins
from dateline.log import schema
from dateline.testing import samples

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_of_two_that_make_one_archive_the_second_is_told(
    db: str, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    with gate.at(monkeypatch, schema, "_migrate", after=True):
        first = pool.submit(schema.create, db)
        gate.wait()
        second = pool.submit(schema.create, db)
        if "://" in db:
            until_blocked(db, second)
        else:  # each makes its file beside the place: who is done first has the name
            second.result()
    made, told = (first, second) if "://" in db else (second, first)
    with pytest.raises(DatelineError, match="already"):
        told.result()
    assert audit(made.result()) == []
    made.result().dispose()


def test_after_one_that_failed_the_second_makes_it(
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
        with pytest.raises(Failed):  # it got as far: nothing of the first was in its way
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


def test_of_two_that_upgrade_the_second_finds_it_done(
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
