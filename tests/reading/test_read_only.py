"""A read-only archive writes nothing, and reads what others recorded."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from dateline import Archive, DatelineError, Stop, UnknownName
from dateline.events.envelope import RecordedBy
from dateline.export import material, served
from dateline.log.engine import reading, to_url, writing
from dateline.search import memory
from dateline.testing import samples
from dateline.views import store
from dateline.views.asof import states

#: Calls that show content, by name.
READING: dict[str, Callable[[Archive], Any]] = {
    "view": lambda a: a.view("timeline", "ferry").rows,
    "view of all": lambda a: a.view("figures").rows,
    "past": lambda a: a.view("timeline", "ferry", as_recorded=7).rows,
    "search": lambda a: [hit.id for hit in a.search("passengers").hits],
    "entities": lambda a: [one.entity for one in a.entities()],
    "duplicates": lambda a: a.duplicates(),
    "profile": lambda a: a.entity("Mara Voss").label,
    "entity": lambda a: a.entity("ferry", "Mara Voss").label,
    "links": lambda a: a.links_to("ferry", "f1"),
    "overview": lambda a: a.overview(),
    "state": lambda a: sorted(a.state("ferry").facts),
    "fact": lambda a: a.fact("ferry", "f1").data,
    "source": lambda a: a.source("ferry"),
    "document": lambda a: a.document(samples.SOURCE),
    "events": lambda a: [event.position for event in a.events()],
    "diff": lambda a: a.diff("ferry", "2024-05-01", "2024-05-09"),
    "export": lambda a: a.export("ferry", format="json"),
    "proposals": lambda a: a.proposals("ferry"),
    "table": lambda a: a.export(format="csv", view="statements"),
}
WRITING: dict[str, Callable[[Archive], Any]] = {
    "record": lambda a: a.record([samples.statement(text="New.")], story="ferry"),
    "repeat": lambda a: a.record([samples.statement()], story="ferry"),
    "protect": lambda a: a.record([samples.opened("new")], protect="A witness"),
    "open_story": lambda a: a.open_story("new", "New"),
    "capture": lambda a: a.capture("a.txt", story="ferry"),
    "undo": lambda a: a.undo("ferry"),
    "propose": lambda a: a.propose("ferry", lines=[]),
    "accept": lambda a: a.accept("p1", by="Ida Brandt"),
    "reject": lambda a: a.reject("p1", by="Ida Brandt"),
    "put_off": lambda a: a.put_off("p1"),
    "erase": lambda a: a.erase(positions=[6], reason="Asked", basis="GDPR 17"),
    "fold_again": lambda a: a.fold_again(),
    "resume": lambda a: a.resume(),
    "pair": lambda a: a.pair(),
    "catch_up": lambda a: a.catch_up(),
    "catch_up_indexes": lambda a: a.catch_up_indexes(),
    "rebuild": lambda a: a.rebuild(["timeline"]),
    "undo_rebuild": lambda a: a.undo_rebuild("timeline"),
    "prune": lambda a: a.prune(),
    "refresh_sql_views": lambda a: a.refresh_sql_views(),
    "new_key": lambda a: a.new_key("signing.key"),
    "checkpoint": lambda a: a.checkpoint("signing.key"),
}


#: Calls that read the index of words or that of entities.
INDEXED = ("search", "entities", "profile", "overview", "links")


@pytest.fixture
def archive(db: str, tmp_path: Path) -> Iterator[Archive]:
    """A writer's archive with the story ``ferry`` and its protected fact f3."""
    with Archive.create(db, keys=tmp_path / "a.db.keys") as archive:
        archive.record(samples.story())
        archive.record([samples.statement(text="Her name.")], story="ferry", protect="A witness")
        yield archive


@pytest.fixture
def reader(archive: Archive, db: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(db, keys=tmp_path / "a.db.keys", read_only=True) as reader:
        yield reader


def more(archive: Archive, words: str) -> None:
    archive.record([samples.statement(text=words)], story="ferry")


def everything(db: str, folder: Path) -> dict[str, object]:
    """All that an archive consists of: the bytes of its files, or the rows of its tables. SQLite's file of locks is
    left out."""
    found: dict[str, object] = {
        path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")
    }
    if "://" in db:
        engine = create_engine(to_url(db).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            tables = MetaData()
            tables.reflect(connection)
            for name, table in tables.tables.items():
                found[name] = sorted(map(repr, connection.execute(table.select())))
            found["views"] = inspect(connection).get_view_names()
        engine.dispose()
    return found


def test_reads_the_same_and_writes_nothing_while_another_records(
    archive: Archive, reader: Archive, db: str, tmp_path: Path
) -> None:
    for words in (None, "One more.", "And another."):
        if words is not None:
            more(archive, words)
        before = everything(db, tmp_path)
        found = {name: read(reader) for name, read in READING.items()}
        assert everything(db, tmp_path) == before
        expected = {name: read(archive) for name, read in READING.items()}
        behind = INDEXED if words is not None else ()
        for name in READING.keys() - {*behind, "state", "fact"}:
            assert found[name] == expected[name], name
    reader.close()


def test_refuses_what_would_write(
    archive: Archive, reader: Archive, db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    archive.correct("ferry", "f2", {"quantities.0.value": 144}, reason="Recount")
    before = everything(db, tmp_path)
    codes = dict.fromkeys(WRITING, "")
    for name, write in WRITING.items():
        with pytest.raises(DatelineError) as refused:
            write(reader)
        codes[name] = refused.value.code
    assert codes == dict.fromkeys(WRITING, "archive-read-only")
    assert everything(db, tmp_path) == before
    assert reader.record([samples.opened("new")], dry_run=True).stories == ("new",)


def test_the_database_itself_refuses_to_write(archive: Archive, reader: Archive) -> None:
    with pytest.raises(DBAPIError) as refused, reader._engine.begin() as connection:
        connection.execute(text("DELETE FROM views"))
    assert re.search("read-?only", str(refused.value))
    with pytest.raises(DatelineError) as gate, writing(reader._engine):
        pass
    assert gate.value.code == "archive-read-only"


def test_follows_what_others_record(archive: Archive, reader: Archive) -> None:
    stop = Stop()
    follower = iter(reader.follow("ferry", stop=stop))
    more(archive, "One more.")
    assert next(follower).position == archive.head().position
    follower.close()
    stop.close()


def test_rows_at_the_head_are_read_and_others_are_folded(
    archive: Archive, reader: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_folding(*what: object) -> None:
        raise AssertionError("it was folded")

    archive.catch_up()
    with monkeypatch.context() as patch:
        patch.setattr(served, "states", no_folding)
        patch.setattr(material, "states", no_folding)
        rows = reader.view("timeline", "ferry").rows
        table = reader.export("ferry", format="csv", view="timeline")
    assert rows == archive.view("timeline", "ferry").rows
    assert table == archive.export("ferry", format="csv", view="timeline")
    more(archive, "One more.")
    assert len(reader.view("timeline", "ferry").rows) == len(rows) + 1
    assert reader.export("ferry", format="json") == archive.export("ferry", format="json")


def test_search_is_in_the_index_as_it_stands(archive: Archive, reader: Archive) -> None:
    first = archive.search("safe").position
    more(archive, "Everyone is quite safe.")
    found = reader.search("quite")
    assert (found.hits, found.position, reader.indexed()) == ((), first, first)
    archive.search("quite")
    found = reader.search("quite")
    assert [hit.id for hit in found.hits] == ["f4"]
    assert found.position == reader.head().position == first + 1
    assert [one.facts for one in reader.entities(kind="person")] == [3]


def test_without_an_index_stories_are_folded_in_memory_once(
    archive: Archive, reader: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[int] = []

    def counted(events: Any, *how: Any) -> Any:
        events = list(events)
        folded.append(len(events))
        return states(events, *how)

    monkeypatch.setattr(memory, "states", counted)
    archive.record(samples.story(slug="quay"))
    assert len(reader.search("safe").hits) == 5
    assert len(folded) == 2
    with pytest.raises(UnknownName):
        reader.search(speaker="nobody")
    more(archive, "Everyone is quite safe.")
    found = reader.search("quite")
    assert [hit.id for hit in found.hits] == ["f4"]
    assert found.position == reader.head().position
    assert len(folded) == 3  # only the story that changed
    assert reader.own_views() == []


def test_what_was_erased_is_not_found(archive: Archive, reader: Archive) -> None:
    assert [hit.id for hit in archive.search("name").hits] == ["f3"]
    archive.erase("A witness", reason="She asked", basis="GDPR 17")
    assert reader.search("name").hits == ()  # the index has stories to fold again
    assert [hit.id for hit in reader.search("passengers").hits if hit.what == "fact"] == ["f2"]
    assert "Her name" not in reader.export(format="ndjson")


def test_nothing_is_shown_until_an_erasure_is_finished(archive: Archive, reader: Archive) -> None:
    key = archive.key_of("A witness")
    erasure = archive._journal.order("Asked", "GDPR 17", RecordedBy(), subject_key=key)
    assert reader.held_up == [erasure]
    for name, read in (READING | {"prove": lambda a: a.prove("ferry", "f1")}).items():
        with pytest.raises(DatelineError) as refused:
            read(reader)
        assert refused.value.code == "erasure-unfinished", name
    archive.resume()
    assert reader.held_up == []
    assert reader.state("ferry").erased.keys() == {"f3"}


def test_a_proof_is_up_to_the_last_checkpoint(
    archive: Archive, reader: Archive, tmp_path: Path
) -> None:
    key = archive.new_key(tmp_path / "signing.key")
    signed = archive.checkpoint(key)
    more(archive, "One more.")
    assert reader.prove("ferry", "f1", key=key)["checkpoint"] == signed.note
    with pytest.raises(UnknownName) as unknown:
        reader.prove("ferry", "f4", key=key)
    assert unknown.value.code == "fact-unknown"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_write_ahead_log_that_was_left_stays_as_it_is(
    archive: Archive, db: str, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    left.mkdir()
    for name in ("a.db", "a.db-wal", "a.db.keys"):
        shutil.copy(tmp_path / name, left / name)
    before = everything(db, left)
    with Archive.open(left / "a.db", read_only=True) as reader:
        assert len(reader.view("timeline").rows) == 3
    assert everything(db, left) == before


def test_threads_share_an_archive(archive: Archive, reader: Archive) -> None:
    names, stop = [*READING], Event()

    def read(start: int) -> set[int]:
        counts = set()
        for at in count(start):
            READING[names[at % len(names)]](reader)
            counts.add(len(reader.view("timeline", "ferry").rows))
            if stop.is_set():
                return counts
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(read, at) for at in range(8)]
        pairs = (
            [samples.statement(text=f"{number}{half}") for half in "ab"] for number in range(6)
        )
        with ThreadPoolExecutor(2) as writers:  # two facts at a time: nobody sees one of them
            done = list(writers.map(partial(archive.record, story="ferry"), pairs))
        stop.set()
        seen = set().union(*(one.result() for one in running))
    assert [one.new for one in done] == [2] * 6
    assert seen <= {3, 5, 7, 9, 11, 13, 15}
    assert len(reader.view("timeline", "ferry").rows) == 15


def test_a_thread_may_go_on_with_what_another_began(archive: Archive, reader: Archive) -> None:
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        events = one.submit(reader.events).result()
        first = one.submit(next, events).result()
        rest = other.submit(list, events).result()
    assert [first.position, *(event.position for event in rest)] == [*range(1, 9)]


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_a_dropped_table_does_not_end_the_snapshot(archive: Archive, reader: Archive) -> None:
    archive.catch_up(["timeline"])
    with reading(reader._engine) as connection:
        build = store.current(connection, "timeline")
        assert build is not None
        archive.rebuild(["timeline"])
        archive.prune()
        with pytest.raises(store.ChangedElsewhere):
            store.hold(connection, build)
        assert store.current(connection, "timeline") == build
