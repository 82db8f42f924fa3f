"""Two processes that create the same archive, and two that upgrade it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.log import later
from tests.log.refused import refused
from tests.races.audit import audit
from tests.races.beside import Gate, until_blocked

from dateline import Archive, Plugins
from dateline.log import schema
from dateline.testing import samples


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


def test_the_second_of_two_upgrades_has_nothing_to_do(
    db: str, tmp_path: Path, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.create(db).dispose()
    later.write(tmp_path / "alembic")
    with later.known(tmp_path / "alembic"):
        gate = Gate()
        with gate.at(monkeypatch, schema, "_migrate"):
            first = pool.submit(schema.upgrade, db)
            gate.wait()
            second = pool.submit(schema.upgrade, db)
            until_blocked(db, second)
        assert first.result() == second.result() == (later.NOW, later.NEXT)
        with Archive.open(db, Plugins.load(strict=True)) as archive:
            archive.record(samples.story(slug="after"))
            assert archive.view("figures").dicts()
            with archive._engine.connect() as connection:
                for table in ("alembic_version", "shelves"):
                    count = text(f"SELECT count(*) FROM {table}")
                    assert connection.execute(count).scalar() == 1
            audit(archive._engine)
