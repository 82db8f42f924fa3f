"""Views during concurrent appends, rebuilds, prunes and catch-ups, one of them held at a point."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from tests.races.audit import audit
from tests.races.beside import Gate, until_blocked

from dateline import Archive, DatelineError
from dateline.log.append import Appender
from dateline.log.engine import reading, writing
from dateline.testing import samples
from dateline.testing.conformance import Tally, Texts
from dateline.testing.isolated import isolated
from dateline.testing.postgres import connect
from dateline.views import bulk as bulk_module
from dateline.views import catching_up, store, stored_rows
from dateline.views import rebuild as rebuild_module
from dateline.views import swap as swap_module
from dateline.views.generation import Build
from dateline.views.projection import schema_of

NAMES = ["tally", "texts"]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    """Three stories of seven events each, with views at the head."""
    with Archive.create(db, isolated(Tally(), Texts())) as archive:
        for slug in ("one", "two", "three"):
            archive.record(samples.story(slug=slug))
        archive.catch_up()
        yield archive
        audit(archive._engine)


def another(archive: Archive, slug: str = "one") -> None:
    """Record another figure, or open the story if it does not exist."""
    if slug not in {story.slug for story in archive.stories()}:
        archive.record(samples.story(slug=slug))
        return
    count = archive.story(slug).version
    archive.record([samples.figure(text=f"Count {count}")], story=slug)


def check_views(archive: Archive) -> None:
    """Check that every view is live, at the head, and equals the fold of the log."""
    head = archive.head().position
    for build in archive.catch_up():
        assert (build.state, build.position) == ("live", head)
    for name in NAMES:
        assert archive.verify_view(name) == []


# -- a rebuild and appends ---------------------------------------------------------------------


def test_an_append_waits_for_a_swap_and_readers_do_not(
    db: str, archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, before = Gate(), archive.view("texts")
    with gate.at(monkeypatch, store, "publish"):
        swap = pool.submit(archive.rebuild, ["texts"])
        gate.wait()
        late = pool.submit(another, archive)
        until_blocked(db, late)
        assert archive.view("texts") == before
        assert not swap.done() and not late.done()
    [build] = swap.result()
    late.result()
    assert (build.generation, build.position) == (2, 21)
    assert len(archive.view("texts")) == len(before) + 1
    check_views(archive)


def test_a_swap_waits_for_an_append_and_includes_it(
    db: str, archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, before = Gate(), archive.view("texts")
    with gate.at(monkeypatch, swap_module, "undisturbed"):
        swap = pool.submit(archive.rebuild, ["texts"])
        gate.wait()  # its bulk and its tail are done
        with held_append(archive):
            gate.open()
            until_blocked(db, swap)
    [build] = swap.result()
    assert (build.generation, build.position) == (2, 22)
    assert len(archive.view("texts")) == len(before) + 1
    check_views(archive)


@contextmanager
def held_append(archive: Archive) -> Iterator[None]:
    """Record another figure, and commit it only at the end of the block."""
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as alone:
        gate = Gate()
        with gate.at(patch, Appender, "finish", after=True):
            late = alone.submit(another, archive)
            gate.wait()
            yield
        late.result()


@pytest.mark.parametrize("slug", ["one", "two", "three", "new"])
def test_events_appended_during_the_bulk_are_folded_exactly_once(
    archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, slug: str
) -> None:
    """Append to a story that is folded already, to one that is not, and to one the bulk never sees."""
    monkeypatch.setattr(bulk_module, "STEP", 1)  # one story a step
    gate = Gate(passed=1)
    with gate.at(monkeypatch, bulk_module, "_fold_chunk"):
        rebuild = pool.submit(archive.rebuild, NAMES)
        gate.wait()
        another(archive, slug)
    assert {build.position for build in rebuild.result()} == {archive.head().position}
    check_views(archive)


# -- two catch-ups -------------------------------------------------------------------------


def test_one_of_two_catch_ups_of_a_view_starts_again(
    archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    another(archive)
    gate = Gate()
    with gate.at(monkeypatch, catching_up, "write"):
        # It has folded and begun the transaction that writes.
        late = pool.submit(archive.catch_up, NAMES)
        gate.wait()
        if archive._engine.dialect.name == "postgresql":
            check_views(archive)
    assert {build.position for build in late.result()} == {22}
    check_views(archive)


def test_one_of_two_catch_ups_that_write_the_same_rows_waits_and_starts_again(
    db: str, archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    another(archive)
    gate = Gate()
    with gate.at(monkeypatch, stored_rows, "flush"):
        first = pool.submit(archive.catch_up, NAMES)
        gate.wait()
        second = pool.submit(archive.catch_up, NAMES)
        until_blocked(db, second)
    assert {b.position for one in (first, second) for b in one.result()} == {22}
    check_views(archive)


def test_two_first_builds_of_a_view_both_succeed(
    archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(archive._engine) as connection:
        for build in store.builds(connection):
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {build.name}")
            store.drop(connection, build)
    gate = Gate()
    with gate.at(monkeypatch, bulk_module, "_fold_chunk", after=True):
        late = pool.submit(archive.catch_up, NAMES)
        gate.wait()
        check_views(archive)
    assert [build.state for build in late.result()] == ["live", "live"]
    check_views(archive)


@pytest.mark.parametrize("function", ["fold_range", "write"])
def test_a_catch_up_whose_generation_is_pruned_starts_again(
    archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    another(archive)
    if function == "write" and archive._engine.dialect.name == "sqlite":
        pytest.skip("a writer has the only lock, so nobody can prune meanwhile")
    gate = Gate()
    with gate.at(monkeypatch, catching_up, function):
        late = pool.submit(archive.catch_up, NAMES)
        gate.wait()
        archive.rebuild(NAMES)
        assert len(archive.prune(NAMES)) == 2
    assert {(build.generation, build.position) for build in late.result()} == {(2, 22)}
    check_views(archive)


def test_a_rebuild_whose_build_is_pruned_in_its_tail_fails(
    archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap_module, "_TAIL", 0)
    bulk, tail = Gate(), Gate()
    with (
        tail.at(monkeypatch, swap_module, "fold_range"),
        bulk.at(monkeypatch, rebuild_module, "fold_bulk"),
    ):
        late = pool.submit(archive.rebuild, ["tally"])
        bulk.wait()
        another(archive)
        bulk.open()
        tail.wait()
        archive.prune(["tally"])
    with pytest.raises(DatelineError, match="another process is rebuilding the same view"):
        late.result()
    check_views(archive)


# -- a reader's snapshot -----------------------------------------------------------------------


def test_a_snapshot_reads_one_generation_through_a_swap(archive: Archive) -> None:
    view = archive.plugins.view("texts")
    with reading(archive._engine) as connection:
        build = store.current(connection, "texts")
        assert build is not None
        store.hold(connection, build)
        before = stored_rows.read(connection, schema_of(view), build)
        another(archive)
        archive.rebuild(["texts"])
        assert store.current(connection, "texts") == build
        assert stored_rows.read(connection, schema_of(view), build) == before
    with reading(archive._engine) as connection:
        now = store.current(connection, "texts")
        assert now is not None and now.generation == 2
        assert len(stored_rows.read(connection, schema_of(view), now)) == len(before) + 1


def test_a_reader_whose_generation_is_dropped_starts_again(
    archive: Archive, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archive.view("texts")
    gate = Gate()
    with gate.at(monkeypatch, store, "hold"):
        late = pool.submit(archive.view, "texts")
        gate.wait()
        archive.rebuild(["texts"])
        archive.prune(["texts"])
    assert late.result() == before


def test_a_prune_waits_for_readers_of_the_table_and_then_drops_it(
    db: str, archive: Archive, pool: ThreadPoolExecutor
) -> None:
    archive.rebuild(["texts"])
    with reading(archive._engine) as connection:
        old = next(build for build in store.builds(connection, "texts") if build.generation == 1)
        store.hold(connection, old)
        rows = stored_rows.read(connection, schema_of(archive.plugins.view("texts")), old)
        pruned: Future[list[Build]] = pool.submit(archive.prune, ["texts"])
        until_blocked(db, pruned)
        assert stored_rows.read(connection, schema_of(archive.plugins.view("texts")), old) == rows
    assert [build.generation for build in pruned.result()] == [1]
    check_views(archive)


def test_a_session_lost_during_a_fold_is_not_a_failure_of_the_view(
    dateline_postgres_url: str, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(dateline_postgres_url, isolated(Tally(), Texts())) as archive:
        archive.record(samples.story(slug="one"))
        archive.catch_up()
        another(archive)
        gate = Gate()
        with gate.at(monkeypatch, stored_rows, "load"):
            late = pool.submit(archive.catch_up, NAMES)
            gate.wait()
            with connect(dateline_postgres_url) as outside:
                outside.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        with pytest.raises(DatelineError, match=r"terminating|closed"):
            late.result()
        assert {build.state for build in archive.builds()} == {"live"}
        check_views(archive)
