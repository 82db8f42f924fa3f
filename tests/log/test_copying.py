"""A copy equals the archive in every row, hash and export, or the copy fails with an error."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from tests.effort import examples
from tests.log.places import PAIRS, Place, places, tables
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.documents.folder import Folder
from dateline.errors import Damaged, DatelineError, UnfinishedCopy
from dateline.log import pages, schema
from dateline.log.copying import copied_table, copier
from dateline.log.engine import reading, writing
from dateline.proof import keys as signing_keys
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.postgres import Server, connect
from dateline_demo.command import record
from dateline_demo.stories import KHERSON, VELM

PLUGINS = Plugins.load(strict=True)
FORMATS = ("csv", "json", "ndjson", "markdown", "html")


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield places(stack, tmp_path, lambda: request.getfixturevalue("dateline_postgres"))


@pytest.fixture(params=PAIRS, ids=" to ".join)
def pair(request: pytest.FixtureRequest, place: Place) -> tuple[str, str]:
    return place(request.param[0]), place(request.param[1])


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    monkeypatch.setattr(copied_table, "PAGE", 2)
    monkeypatch.setattr(copied_table, "_PORTION", 300)


def fill(db: str, *slugs: str) -> None:
    """Create an archive with a story for each slug, with its own document and a plugin's event."""
    with Archive.create(db, Plugins()) as archive:
        for slug in slugs:
            more(archive, slug)


def more(archive: Archive, slug: str) -> None:
    archive.record(samples.story(slug=slug))
    text = f"FICTION. {slug} is seen again. " * 9
    lines = [samples.captured(text), {"type": "acme.sighting.recorded", "what": slug}]
    archive.record(lines, story=slug)


def erase(db: str, position: int, source: bytes | None = None) -> None:
    """Change the tables as an erasure does."""
    engine = schema.connect(db)
    with writing(engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE events SET salt = NULL, body = NULL WHERE position = {position}"
        )
        if source is not None:
            connection.exec_driver_sql(
                "DELETE FROM documents WHERE sha256 = "
                + (f"x'{source.hex()}'" if "://" not in db else f"'\\x{source.hex()}'")
            )
    engine.dispose()


def tamper(db: str, statement: str) -> None:
    """Change an archive behind Dateline's back."""
    if "://" in db:
        with connect(make_url(db)) as outside:
            outside.execute("SET session_replication_role = replica")  # no trigger fires
            outside.execute(statement)
        return
    with closing(sqlite3.connect(db)) as outside:
        triggers = outside.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            outside.execute(f"DROP TRIGGER {name}")
        outside.execute(statement)
        outside.commit()


def exports(db: str, *, only: str | None = None) -> dict[str, str]:
    with Archive.open(db, PLUGINS) as archive:
        found = {}
        for name in FORMATS:
            with archive.material(*([only] if only else [])) as material:
                found[name] = "".join(PLUGINS.exporter(name).export(material))
        return found


# -- equality ----------------------------------------------------------------------------------


def demo(db: str, request: pytest.FixtureRequest) -> None:
    with Archive.create(db, PLUGINS) as archive:
        record(archive, VELM)
        record(archive, KHERSON)


def kherson(db: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue("shared") / "examples" / "kherson"
    raw = (folder / "kherson.ndjson").read_bytes()
    with Archive.create(db, PLUGINS) as archive:
        archive.record(PLUGINS.importer("ndjson").read([raw]), files=Folder(folder))


@pytest.mark.parametrize("record_into", [demo, kherson])
def test_a_copy_there_and_back_is_the_same_in_every_row_and_export(
    record_into: Callable[..., None],
    pair: tuple[str, str],
    place: Place,
    request: pytest.FixtureRequest,
) -> None:
    source, target = pair
    record_into(source, request)
    back = place("sqlite" if "://" not in source else "postgresql")
    there = copy_archive(source, target)
    again = copy_archive(target, back)
    assert there == again and there.new == there.head.position > 50
    assert tables(source) == tables(target) == tables(back)
    with Archive.open(target, Plugins()) as archive:
        assert archive.head() == there.head
    exported = [exports(db) for db in (source, target, back)]
    assert exported[0] == exported[1] == exported[2]
    assert all(len(text) > 1000 for text in exported[0].values())


def test_pages_of_any_size_make_the_same_copy(pair: tuple[str, str], small_pages: None) -> None:
    source, target = pair
    fill(source, "ferry", "alma", "bora")
    erase(source, 9)
    assert copy_archive(source, target).new == 27
    assert tables(source) == tables(target)
    assert len(tables(target)["documents"]) > 3
    with Archive.open(target, Plugins()) as archive:
        archive.record([samples.figure(text="One more")], story="alma")


@given(history=histories())
@settings(max_examples=examples(25))
def test_any_history_copied_there_and_back_is_equal(
    history: list[samples.Fields],
    tmp_path_factory: pytest.TempPathFactory,
    dateline_postgres: Server,
) -> None:
    with ExitStack() as stack:
        place = places(stack, tmp_path_factory.mktemp("history"), lambda: dateline_postgres)
        source, there, back = place("sqlite"), place("postgresql"), place("sqlite")
        with Archive.create(source, Plugins()) as archive:
            archive.record(history)
        assert copy_archive(source, there) == copy_archive(there, back)
        assert tables(source) == tables(there) == tables(back)


def test_an_empty_archive_can_be_copied(pair: tuple[str, str]) -> None:
    Archive.create(pair[0], Plugins()).close()
    assert copy_archive(*pair).head.position == 0
    assert tables(pair[0]) == tables(pair[1])


# -- updating a copy ----------------------------------------------------------------------------------


def test_an_earlier_copy_is_brought_up_to_date(pair: tuple[str, str], small_pages: None) -> None:
    source, target = pair
    fill(source, "ferry")
    first = copy_archive(*pair)
    assert copy_archive(*pair) == copier.Copied(first.head, 0)
    with Archive.open(source, Plugins()) as archive:
        archive.record([samples.figure(text="One more")], story="ferry")
        more(archive, "alma")
    then = copy_archive(*pair)
    assert then.new == then.head.position - first.head.position > 1
    assert tables(source) == tables(target)


def test_content_erased_since_the_last_copy_is_erased_in_the_copy(pair: tuple[str, str]) -> None:
    source, target = pair
    fill(source, "ferry")
    copy_archive(*pair)
    erase(source, 7, tables(source)["documents"][0][0])
    copy_archive(*pair)
    assert tables(source) == tables(target)
    assert [row[0] for row in tables(target)["events"] if row[10] is None] == [7]


class Interrupted(Exception):
    pass


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch, small_pages: None) -> Callable[[int], None]:
    """``interrupted(n)``: the n-th transaction on the copy fails at its end."""

    def at(number: int) -> None:
        plain, numbers = copier._Copier._turn, itertools.count(1)
        plain_begin = copier._Copier._begin

        def begin(self: Any, *given: Any) -> None:
            plain_begin(self, *given)
            if next(numbers) == number:
                raise Interrupted

        @copier.contextmanager
        def turn(self: Any) -> Iterator[Any]:
            with plain(self) as connection:
                yield connection
                if next(numbers) == number:
                    raise Interrupted

        monkeypatch.setattr(copier._Copier, "_turn", turn)
        monkeypatch.setattr(copier._Copier, "_begin", begin)

    yield at


def test_an_unfinished_copy_opens_only_for_copying(
    pair: tuple[str, str], place: Place, interrupted: Callable[[int], None]
) -> None:
    source, target = pair
    fill(source, "ferry", "alma")
    interrupted(12)
    with pytest.raises(Interrupted):
        copy_archive(*pair)
    reached = len(tables(target)["events"])
    assert 0 < reached < len(tables(source)["events"])
    for attempt in (Archive.open, schema.upgrade):
        with refused("copy-unfinished"):
            attempt(target)
    # If FROM is lost, the events copied so far are still an archive.
    rescued = place("sqlite")
    assert copy_archive(target, rescued).head.position == reached
    with Archive.open(rescued, Plugins()) as archive:
        assert len(list(archive.events())) == reached
    again = copy_archive(*pair)
    assert again.new == again.head.position - reached
    assert tables(source) == tables(target)
    Archive.open(target, Plugins()).close()


@pytest.mark.parametrize("turn", [1, 2, 4, 6])
def test_a_copy_is_unfinished_from_the_first_change_of_an_update(
    turn: int, pair: tuple[str, str], tmp_path: Path, interrupted: Callable[[int], None]
) -> None:
    source, target = pair
    fill(source, "ferry", "alma")
    copy_archive(*pair)
    with Archive.open(target, PLUGINS) as copied:
        copied.catch_up()
    with Archive.open(source, PLUGINS, tmp_path / "keys") as archive:
        archive.erase(None, [7], reason="Asked", basis="consent withdrawn")
    before = contents(target)
    interrupted(turn)
    with pytest.raises(Interrupted):
        copy_archive(*pair)
    assert (contents(target) == before) is (turn == 1)
    if turn > 1:
        with pytest.raises(UnfinishedCopy):
            Archive.open(target, Plugins())
    copy_archive(*pair)
    assert tables(source) == tables(target)
    with Archive.open(target, PLUGINS, tmp_path / "keys") as copied:
        report = copied.verify(deep_too=True)
        assert (report.findings, report.unchecked) == ([], [])


def test_a_current_copy_is_not_written_to(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(pair[0], "ferry")
    copy_archive(*pair)
    monkeypatch.setattr(schema, "begin", lambda connection: pytest.fail("it changes nothing"))
    assert copy_archive(*pair).new == 0


def test_a_reader_that_keeps_erased_content_in_the_file_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copier, "_PATIENCE", 0.1)
    source, target = str(tmp_path / "a.db"), str(tmp_path / "b.db")
    canary = "Fictional-canary"
    with Archive.create(source, PLUGINS) as archive:
        archive.record(samples.story())
        archive.record([samples.figure(text=canary)], story="ferry")
        at = archive.head().position
    copy_archive(source, target)

    def left() -> bool:
        files = Path(target).parent.glob("b.db*")
        return any(canary.encode() in file.read_bytes() for file in files)

    with closing(sqlite3.connect(target, isolation_level=None)) as reader:
        reader.execute("BEGIN").execute("SELECT count(*) FROM events").fetchall()
        with Archive.open(source, PLUGINS) as archive:
            archive.record([samples.figure(text="One more")], story="ferry")
        assert (
            copy_archive(source, target).new == 1
        )  # nothing was erased, so the reader does not matter
        reader.execute("COMMIT")
        reader.execute("BEGIN").execute("SELECT count(*) FROM events").fetchall()
        with Archive.open(source, PLUGINS) as archive:
            archive.erase(None, [at], reason="Asked", basis="consent withdrawn")
        for _ in range(2):  # repeated runs fail as well, until the reader ends
            with refused("old-snapshot-read") as held:
                copy_archive(source, target)
            assert held.value.exit_code == 1 and "dateline copy" in str(held.value.hint)
            assert left() and tables(source) == tables(target)
        Archive.open(target, Plugins()).close()
        reader.execute("COMMIT")
        assert copy_archive(source, target).new == 0
        assert not left()


def test_a_concurrent_write_to_the_copy_is_detected(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, small_pages: None
) -> None:
    source, target = pair
    fill(source, "ferry")
    copy_archive(*pair)
    with Archive.open(source, Plugins()) as archive:
        more(archive, "alma")
    write = copier._Copier._write
    opened = Archive.open(target, Plugins())  # opened before, because it would be refused now

    def meanwhile(self: Any, batch: Any) -> None:
        write(self, batch)
        opened.record([samples.figure(text="Another hand")], story="ferry")

    monkeypatch.setattr(copier._Copier, "_write", meanwhile)
    with opened, refused("copy-disturbed"):
        copy_archive(*pair)
    with refused("not-a-copy"):
        copy_archive(*pair)


def test_events_recorded_during_a_copy_are_left_for_the_next_run(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, small_pages: None
) -> None:
    source, target = pair
    fill(source, "ferry")
    before = tables(source)
    write = copier._Copier._write

    def meanwhile(self: Any, batch: Any) -> None:
        write(self, batch)
        with Archive.open(source, Plugins()) as archive:
            archive.record([samples.figure(text=f"At {batch[0][0]}")], story="ferry")

    monkeypatch.setattr(copier._Copier, "_write", meanwhile)
    assert copy_archive(*pair).head.position == len(before["events"])
    assert tables(target) == before
    monkeypatch.undo()
    assert copy_archive(*pair).new == len(tables(source)["events"]) - len(before["events"]) > 0
    assert tables(target) == tables(source)


# -- refused -----------------------------------------------------------------------------------


def other_archive(source: str, target: str) -> None:
    fill(target, "bora")


def other_events(source: str, target: str) -> None:
    copy_archive(source, target)
    for db in (source, target):
        with Archive.open(db, Plugins()) as archive:
            archive.record([samples.figure(text=db)], story="ferry")


def further_on(source: str, target: str) -> None:
    copy_archive(source, target)
    with Archive.open(target, Plugins()) as archive:
        archive.record([samples.figure(text="One more")], story="ferry")


def erased_there(source: str, target: str) -> None:
    copy_archive(source, target)
    erase(target, 7)


REFUSED = {
    other_archive: "another archive",
    other_events: "another event at position",
    further_on: r"it has \d+ events",
    erased_there: "position 7 is erased there",
}


@pytest.mark.parametrize("made", REFUSED, ids=lambda made: made.__name__)
def test_a_target_that_is_not_an_earlier_copy_is_refused_and_not_changed(
    made: Callable[[str, str], None], pair: tuple[str, str]
) -> None:
    source, target = pair
    fill(source, "ferry")
    made(source, target)
    before = tables(target)
    with refused("not-a-copy") as error:
        copy_archive(*pair)
    assert error.match(REFUSED[made]) and error.value.hint
    assert tables(target) == before
    Archive.open(target, Plugins()).close()


def test_another_database_is_refused_and_not_changed(
    tmp_path: Path, dateline_postgres_url: str
) -> None:
    source = str(tmp_path / "a.db")
    fill(source, "ferry")
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("not a database, but long enough to be read " * 9)
    with closing(sqlite3.connect(other)) as outside:
        outside.execute("CREATE TABLE events (x int)")
    for path in (text, other):
        before = path.read_bytes()
        with refused("target-occupied"):
            copy_archive(source, path)
        assert path.read_bytes() == before
    with connect(dateline_postgres_url) as server:
        server.execute("CREATE TABLE events (x int)")
    with refused("target-occupied"):
        copy_archive(source, dateline_postgres_url)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "notes.txt", "other.db"]


def test_leftover_files_of_another_database_are_not_used_for_the_copy(tmp_path: Path) -> None:
    fill(str(tmp_path / "a.db"), "ferry")
    (tmp_path / "b.db-wal").write_bytes(b"left by a killed process")
    with refused("file-in-use"):
        copy_archive(tmp_path / "a.db", tmp_path / "b.db")
    assert not (tmp_path / "b.db").exists()


# -- detected damage -------------------------------------------------------------------------------------

CHANGES = {
    "a body": "UPDATE events SET body = (SELECT body FROM events WHERE position = 3) "
    "WHERE position = 8",
    "a type": "UPDATE events SET type = 'story.closed' WHERE position = 8",
    "a time": "UPDATE events SET recorded_us = recorded_us + 1 WHERE position = 8",
    "a leaf": "UPDATE events SET leaf = (SELECT leaf FROM events WHERE position = 3) "
    "WHERE position = 8",
    "half an erasure": "UPDATE events SET salt = NULL WHERE position = 8",
    "a lost event": "DELETE FROM events WHERE position = 8",
    "the last event lost": "DELETE FROM events WHERE position = (SELECT max(position) FROM events)",
    "a slug": "UPDATE stories SET slug = 'other' WHERE slug = 'ferry'",
    "a story's version": "UPDATE stories SET version = version - 1 WHERE slug = 'ferry'",
    "a document": "UPDATE documents SET content = charset || 'x'",
    "a charset": "UPDATE documents SET charset = 'latin-1'",
    "a plugin's type": "UPDATE plugin_types SET since = since + 1",
    "the head": "UPDATE log_head SET peaks = (SELECT leaf FROM events WHERE position = 3)",
}
#: Changes in FROM that no hash covers, so they cannot be detected there.
UNHASHED = {"a slug", "a charset", "a plugin's type"}


def change(db: str, statement: str) -> None:
    if "://" in db:
        statement = statement.replace("charset || 'x'", "'\\x0001'")
    else:
        statement = statement.replace("charset || 'x'", "x'0001'")
    tamper(db, statement)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("what", sorted(set(CHANGES) - UNHASHED))
def test_a_change_in_from_is_detected_and_not_copied(what: str, kind: str, place: Place) -> None:
    source, target = place(kind), place("sqlite")
    fill(source, "ferry")
    change(source, CHANGES[what])
    with pytest.raises(Damaged) as found:
        copy_archive(source, target)
    assert found.value.exit_code == 3 and found.value.hint
    with pytest.raises(DatelineError):
        Archive.open(target, Plugins())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("what", sorted(CHANGES))
def test_a_change_in_the_copy_is_detected(what: str, kind: str, place: Place) -> None:
    source, target = place("sqlite"), place(kind)
    fill(source, "ferry")
    copy_archive(source, target)
    change(target, CHANGES[what])
    with pytest.raises(DatelineError) as found:
        copy_archive(source, target)
    assert target.rpartition("/")[2].partition("?")[0] in str(found.value)


def test_a_row_changed_during_the_copy_is_detected_at_the_end(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, small_pages: None
) -> None:
    source, target = pair
    fill(source, "ferry")
    bring = copier._Copier.bring

    def meanwhile(self: Any, step: Any) -> int:
        new = bring(self, step)
        change(target, CHANGES["a body"])
        return new

    monkeypatch.setattr(copier._Copier, "bring", meanwhile)
    with pytest.raises(Damaged, match="position 8"):
        copy_archive(*pair)
    with pytest.raises(UnfinishedCopy):
        Archive.open(target, Plugins())


def test_a_copy_closes_all_its_connections(place: Place) -> None:
    source, target = place("sqlite"), place("sqlite")
    fill(source, "ferry")
    copy_archive(source, target)
    assert not list(Path(target).parent.glob("*-wal"))


def contents(db: str) -> bytes:
    """Every value of every table, including the generations of views."""
    engine = schema.connect(db, unfinished=True)
    with reading(engine) as connection:
        names = inspect(connection).get_table_names()
        found = [
            repr(row)
            for name in names
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()
        ]
    engine.dispose()
    return "\n".join(found).encode()


def test_protected_erased_and_signed_content_is_copied_and_updated(
    pair: tuple[str, str], tmp_path: Path
) -> None:
    source, target = pair
    keys, canary = tmp_path / "keys", "Fictional-canary"
    with Archive.create(source, PLUGINS, keys) as archive:
        more(archive, "ferry")
        archive.record([samples.captured(f"FICTION. {canary}.")], story="ferry", protect="Anna")
        archive.record([samples.figure(text=canary)], story="ferry", protect="Anna")
        titles = [{"type": "story.retitled", "title": f"Fictional {n}"} for n in range(300)]
        archive.record(titles, story="ferry")
        key = signing_keys.create(tmp_path / "b.key", archive.id)
        archive.checkpoint(key)
    copy_archive(source, target)
    with Archive.open(target, PLUGINS, keys) as copied:
        assert copied.last_checkpoint() is not None
        report = copied.verify(vkeys=[key.vkey])
        assert (report.findings, report.unchecked) == ([], [])
        assert canary in str(list(copied.view("timeline").dicts()))
    assert canary.encode() in contents(target)
    with Archive.open(source, PLUGINS, keys) as archive:
        archive.erase("Anna", reason="Asked", basis="consent withdrawn")
        root = archive.head()
    copy_archive(source, target)
    assert canary.encode() not in contents(target)
    with Archive.open(target, PLUGINS, keys) as copied:
        assert copied.head() == root
        report = copied.verify(vkeys=[key.vkey], deep_too=True)
        assert (report.findings, report.unchecked) == ([], [])
        assert "[erased]" in str(list(copied.view("timeline", everything=True).dicts()))


def test_a_copy_with_its_own_checkpoint_is_not_a_copy_any_more(
    pair: tuple[str, str], tmp_path: Path
) -> None:
    source, target = pair
    fill(source, "ferry")
    copy_archive(source, target)
    with Archive.open(target, Plugins()) as copied:
        copied.checkpoint(signing_keys.create(tmp_path / "a.key", copied.id))
    with Archive.open(source, Plugins()) as archive:
        more(archive, "alma")
    erase(source, 7)
    before = contents(target)
    with refused("not-a-copy"):
        copy_archive(source, target)
    assert contents(target) == before
    Archive.open(target, Plugins()).close()
