"""PostgreSQL: outside objects built on views, and open transactions, block neither readers nor writers."""

from __future__ import annotations

import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.erasure.scene import BASIS, CANARY, REASON

from dateline import Archive, DatelineError, Plugins
from dateline.archive import copy_archive
from dateline.erasure import view_rows
from dateline.erasure.steps import HeldUp
from dateline.log import engine as engines
from dateline.log.engine import writing
from dateline.plugin import FactRow, FactView, FigureRecorded
from dateline.pytest_plugin import Cli
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.testing.postgres import connect
from dateline.views import store

PLUGINS = Plugins.load(strict=True)
MINE = "CREATE VIEW mine AS SELECT story, text FROM timeline"


@pytest.fixture
def archive(dateline_postgres_url: str, tmp_path: Path) -> Iterator[Archive]:
    """f1 is of before, position 8 holds what is to go."""
    with Archive.create(dateline_postgres_url, PLUGINS, tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        archive.record([samples.figure(text=CANARY)], story="ferry")
        archive.catch_up()
        yield archive


@pytest.fixture
def outside(archive: Archive, dateline_postgres_url: str) -> Iterator[Any]:
    with connect(dateline_postgres_url) as connection:
        yield connection


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_TRIES", 2)
    monkeypatch.setattr(engines, "_PAUSE", 0.05)


def opened(archive: Archive) -> Archive:
    url = archive._engine.url.render_as_string(hide_password=False)
    return Archive.open(url, PLUGINS, archive._keys.file.path)


def erase(archive: Archive, position: int = 8) -> Any:
    return archive.erase(None, [position], reason=REASON, basis=BASIS)


def test_a_view_built_on_ours_outlives_erasures_and_rebuilds(
    archive: Archive, outside: Any
) -> None:
    outside.execute(MINE)
    assert CANARY in repr(outside.execute("SELECT * FROM mine").fetchall())
    assert erase(archive).step == "done"
    assert CANARY not in repr(outside.execute("SELECT * FROM mine").fetchall())
    archive.catch_up()
    assert "[erased]" in repr(outside.execute("SELECT * FROM mine").fetchall())
    archive.rebuild(["timeline"])
    archive.record([samples.figure(text="Later")], story="ferry")
    archive.catch_up()
    assert "Later" in repr(outside.execute("SELECT * FROM mine").fetchall())
    archive.prune()


def test_permissions_on_a_view_survive_a_rebuild(archive: Archive, outside: Any) -> None:
    outside.execute("CREATE ROLE reader_of_views")
    try:
        outside.execute("GRANT SELECT ON timeline TO reader_of_views")
        archive.rebuild(["timeline"])
        may = "SELECT has_table_privilege('reader_of_views', 'timeline', 'SELECT')"
        assert outside.execute(may).fetchone() == (True,)
    finally:
        outside.execute("DROP OWNED BY reader_of_views")
        outside.execute("DROP ROLE reader_of_views")


def test_an_erasure_wins_over_what_is_built_on_a_view_it_cannot_fold(
    archive: Archive, outside: Any, dateline_postgres_url: str
) -> None:
    """The plugin is not loaded, and an outside object was built on a generation's table."""
    outside.execute(MINE)
    outside.execute("CREATE VIEW hers AS SELECT text FROM timeline__g1")
    keys = archive._keys.file.path
    with Archive.open(dateline_postgres_url, Plugins(), keys) as bare:
        assert erase(bare).step == "done"
    query = "SELECT count(*) FROM pg_views WHERE viewname IN ('mine', 'hers', 'timeline')"
    assert outside.execute(query).fetchone() == (0,)
    assert CANARY not in repr(archive.view("timeline").rows)


def test_what_was_built_on_a_generation_is_named_when_it_is_pruned(
    archive: Archive, outside: Any
) -> None:
    outside.execute("CREATE VIEW hers AS SELECT text FROM timeline__g1")
    archive.rebuild(["timeline"])
    with pytest.raises(DatelineError, match="other objects depend on it") as told:
        archive.prune()
    assert "build on the views" in str(told.value.hint)


def shape(*names: str) -> type[FactRow]:
    fields = {"__annotations__": dict.fromkeys(names, str), "__module__": __name__}
    return types.new_class("Row", (FactRow,), {"frozen": True}, lambda body: body.update(fields))


def test_outside_views_survive_changes_of_the_columns(
    dateline_postgres_url: str,
) -> None:
    def figures(number: int, *names: str) -> Plugins:
        class Shown(FactView):
            """Figures."""

            name, version, of = "shown", number, FigureRecorded
            Row = shape(*names)

            def rows(self, fact: Any) -> Iterator[FactRow]:
                yield self.Row(**dict.fromkeys(names, fact.data.text))

        return isolated(Shown())

    with Archive.create(dateline_postgres_url, figures(1, "words")) as archive:
        archive.record(samples.story())
        archive.catch_up()
    with connect(dateline_postgres_url) as outside:
        outside.execute("CREATE VIEW mine AS SELECT words FROM shown")
        words = samples.figure()["text"]
        versions = (
            (2, ("words", "more"), [(words,)]), (3, ("more",), [(None,)]), (4, ("words",), [(words,)]),
        )  # fmt: skip
        for number, names, left in versions:
            with Archive.open(dateline_postgres_url, figures(number, *names)) as archive:
                archive.rebuild()
                assert outside.execute("SELECT words FROM mine").fetchall() == left
                assert outside.execute(f"SELECT {names[-1]} FROM shown").fetchall() == [(words,)]
                assert len(archive.view("shown")) == 1
                archive.prune()
                assert archive.verify().findings == [] and archive.verify().unchecked == []


def test_a_long_reader_holds_up_an_erasure_but_no_append_and_no_command(
    archive: Archive, outside: Any, hasty: None, dateline_cli: Cli
) -> None:
    with outside.transaction():
        outside.execute("SELECT * FROM timeline").fetchall()
        began = time.monotonic()
        with pytest.raises(HeldUp) as caught:
            erase(archive)
        assert "pg_stat_activity" in str(caught.value.hint)
        with opened(archive) as other:
            assert [erasure.reason for erasure in other.held_up] == [REASON]
            assert other.resumed == []
            other.record([samples.figure(text="Appends go on")], story="ferry")
            for copying in (
                lambda: other.backup("never.db"),
                lambda: other.export_segments("never"),
                lambda: other.material().__enter__(),
            ):
                with pytest.raises(DatelineError, match="an erasure is not finished"):
                    copying()
        url = archive._engine.url.render_as_string(hide_password=False)
        done = dateline_cli("--db", url, "--keys", str(archive._keys.file.path), "stories")
        assert done.code == 0 and "pg_stat_activity" in done.err
        assert time.monotonic() - began < 10
    with opened(archive) as other:
        assert [erasure.step for erasure in other.resumed] == ["done"]
        assert CANARY not in repr(other.view("timeline").rows)


def test_waiting_for_a_reader_does_not_block_appends(
    archive: Archive, outside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_TRIES", 3)
    waits: list[float] = []

    def append(seconds: float) -> None:
        began = time.monotonic()
        with writing(archive._engine):
            waits.append(time.monotonic() - began)

    monkeypatch.setattr(engines.time, "sleep", append)
    with outside.transaction():
        outside.execute("SELECT * FROM timeline").fetchall()
        with pytest.raises(HeldUp):
            erase(archive)
    assert len(waits) == 2 and max(waits) < 1


def test_a_copy_that_somebody_reads_is_not_touched(
    archive: Archive, tmp_path: Path, dateline_postgres: Any, hasty: None
) -> None:
    with dateline_postgres.database() as target:
        url = archive._engine.url.render_as_string(hide_password=False)
        copy_archive(url, target, keys=archive._keys.file.path)
        with Archive.open(target, PLUGINS) as there:
            there.catch_up()
        erase(archive)
        with connect(target) as outside:
            outside.execute(MINE)
            with outside.transaction():
                outside.execute("SELECT * FROM mine").fetchall()
                with pytest.raises(DatelineError, match="nothing was changed"):
                    copy_archive(url, target, keys=archive._keys.file.path)
            Archive.open(target, PLUGINS).close()
            copy_archive(url, target, keys=archive._keys.file.path)
        with Archive.open(target, PLUGINS) as there:
            assert CANARY not in repr(there.view("timeline").rows)


def test_a_blocking_session_is_found_before_any_work_is_done(
    archive: Archive, outside: Any, hasty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        view_rows, "purge", lambda *given: pytest.fail("it was folded again for nothing")
    )
    with outside.transaction():
        outside.execute("SELECT * FROM timeline").fetchall()
        with pytest.raises(HeldUp):
            erase(archive)


def test_a_view_that_an_outsider_dropped_is_skipped(archive: Archive) -> None:
    with writing(archive._engine) as connection:
        connection.exec_driver_sql('DROP VIEW "timeline"')
        store.hold_all(connection)
    assert erase(archive).step == "done"
