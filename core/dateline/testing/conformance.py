"""What an archive guarantees on every database, as tests.

A test module needs a fixture ``db``, the path or URL of a database without an archive, and a subclass::

    class TestOurServer(ArchiveConformance):
        pass
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from dateline.archive import Archive
from dateline.errors import DatelineError, LogGap, Refused, VersionConflict, ViewFailed
from dateline.events.envelope import Event, NewEvent
from dateline.events.fold import FoldedEvent
from dateline.events.identity import uuid7
from dateline.events.payload import Raw
from dateline.events.registry import Registry
from dateline.events.state import Fact
from dateline.events.story import StoryOpened, StoryRetitled
from dateline.log import schema
from dateline.log.append import Appender
from dateline.log.engine import reading, writing
from dateline.log.read import Reader, head
from dateline.log.tables import events
from dateline.plugins.loaded import Plugins
from dateline.recording.line import Line
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.views.forms import FactView
from dateline.views.projection import View
from dateline.views.row_type import FactRow, ViewRow
from dateline.views.rows import Rows

#: Root of the log that `_made_up` writes. It is of format v1, so it is the same everywhere, always.
ROOT = "ef1fa69baf447bc2c0f8c8d21c621d58e00abac93cab1a0e5f532bb7393cbf35"

#: Texts that a database must return unchanged, its own escapes and null markers among them.
ODD_TEXTS = (
    "", " ", "\t", "a\tb", "a\nb\r\nc", "\\N", "\\.", "\\x00", "NULL", "null", "''", '"', "%s", "?",
    "é", "e\u0301", "Ħ", "日本", "\U0001f6a2", "\uffff", "\x01\x1f\x7f\x85\u2028", "\u202eabc",
)  # fmt: skip
ODD_NUMBERS = (0, -1, 143, 2.5, -0.1, 5e-324, 1.7976931348623157e308, 1e16, 2**53 + 1)
ODD_INTEGERS = (0, -1, 2**53 + 1, 2**63 - 1, -(2**63))


class Odd(View):
    """One row per odd value."""

    name = "odd"

    class Row(ViewRow, frozen=True):
        text: str | None
        number: float | None
        integer: int | None
        boolean: bool | None

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        odd = itertools.zip_longest(ODD_TEXTS, ODD_NUMBERS, ODD_INTEGERS, (True, False))
        for number, values in enumerate(odd):
            rows.put(f"k{number:02}", self.Row(*values))
        for number, key in enumerate(ODD_TEXTS):
            rows.put(f"{key}{number}", self.Row(key, None, None, None))


class Tally(View):
    """Counts events by type; it reads, changes and drops its own rows."""

    name = "tally"

    class Row(ViewRow, frozen=True):
        number: int

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        row = rows.get(event.type)
        rows.put(event.type, self.Row(1 + (row.number if row else 0)))
        if event.type == "story.closed":
            rows.drop("story.opened")


class Texts(FactView):
    """One row per fact; while `broken`, the third fact raises."""

    name = "texts"
    broken = False

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        if self.broken and fact.id == "f3":
            raise ZeroDivisionError("f3 raises")
        yield self.Row(text=fact.data.text)


class ArchiveConformance:
    """Needs a fixture ``db``. Each test creates its own archive there."""

    @pytest.fixture
    def engine(self, db: str) -> Iterator[Engine]:
        engine = schema.create(db)
        yield engine
        engine.dispose()

    @pytest.fixture
    def archive(self, db: str) -> Iterator[Archive]:
        with Archive.create(db, isolated(Odd(), Tally(), Texts())) as archive:
            yield archive

    # -- appending -----------------------------------------------------------------------------

    def test_positions_count_events_of_all_stories_and_versions_those_of_one(
        self, engine: Engine
    ) -> None:
        one, two = uuid7(), uuid7()
        assert _append(engine, one, _opened("one"), _retitled("a")) == (1, 2)
        assert _append(engine, two, _opened("two")) == (3,)
        assert _append(engine, one, _retitled("b")) == (4,)
        found = [(event.position, event.slug, event.version) for event in _read(engine)]
        assert found == [(1, "one", 1), (2, "one", 2), (3, "two", 1), (4, "one", 3)]

    def test_a_stale_version_is_refused_with_both_versions(self, archive: Archive) -> None:
        archive.record(samples.story())
        with pytest.raises(VersionConflict) as conflict:
            archive.record([samples.figure(text="Late")], story="ferry", expected=3)
        assert (conflict.value.expected, conflict.value.actual) == (3, 7)
        assert archive.head().position == 7

    def test_a_retry_adds_nothing_and_returns_the_same_positions(self, engine: Engine) -> None:
        story, batch = uuid7(), [_opened("one"), *(_retitled(f"t{n}") for n in range(600))]
        first = _append(engine, story, *batch)
        assert _append(engine, story, *batch) == first
        assert _append(engine, story, *batch[5:9], _retitled("new")) == (6, 7, 8, 9, 602)

    def test_an_event_id_with_other_content_is_refused(self, archive: Archive) -> None:
        fixed = {"event_id": "01890000-0000-7000-8000-000000000001", "type": "story.retitled"}
        archive.record(samples.story(fixed | {"title": "A"}))
        with pytest.raises(Refused) as refused:
            archive.record([fixed | {"title": "B"}], story="ferry")
        assert [finding.rule for finding in refused.value.findings] == ["event-id-taken"]
        assert archive.head().position == 8

    def test_bad_input_leaves_nothing_behind(self, archive: Archive) -> None:
        lines = [*samples.story(), {"type": "fact.retracted", "fact": "f99", "reason": "none"}]
        with pytest.raises(Refused):
            archive.record(lines)
        assert (archive.head().position, archive.stories()) == (0, [])

    def test_a_transaction_that_is_rolled_back_uses_no_position(self, engine: Engine) -> None:
        story = uuid7()
        _append(engine, story, _opened("one"))
        with pytest.raises(ZeroDivisionError), writing(engine) as connection:
            Appender(connection).append(story, [_retitled("lost")])
            raise ZeroDivisionError
        assert _append(engine, story, _retitled("kept")) == (2,)

    def test_concurrent_writers_lose_nothing_and_leave_no_gap(
        self, db: str, engine: Engine
    ) -> None:
        def write(number: int) -> list[int]:
            taken: list[int] = []
            own, story = schema.connect(db), uuid7()
            for batch in range(5):
                new = [_retitled(f"{batch}.{n}") for n in range(3)]
                taken += _append(own, story, *([] if batch else [_opened(f"s{number}")]), *new)
            own.dispose()
            return taken

        with ThreadPoolExecutor(4) as pool:
            taken = list(pool.map(write, range(4)))
        assert sorted(itertools.chain(*taken)) == list(range(1, 65))
        assert all(positions == sorted(positions) for positions in taken)
        assert [event.position for event in _read(engine)] == list(range(1, 65))

    # -- reading the log -----------------------------------------------------------------------

    def test_every_page_size_reads_the_same_events(self, engine: Engine) -> None:
        stories = [uuid7(), uuid7()]
        for number, story in enumerate(stories):
            _append(engine, story, _opened(f"s{number}"))
        for number in range(9):
            _append(engine, stories[number % 2], _retitled(f"t{number}"))
        reader = Reader(Registry())
        with reading(engine) as connection:
            for page in (1, 2, 3, 100):
                whole = list(reader.read(connection, page=page))
                assert [event.position for event in whole] == list(range(1, 12))
                part = reader.read(connection, after=3, until=8, page=page)
                assert [event.position for event in part] == [4, 5, 6, 7, 8]
                only = reader.read(connection, types=["story.opened"], page=page)
                assert [event.position for event in only] == [1, 2]
                by_story = map(reader.decode, reader.rows_by_story(connection, until=11, page=page))
                order = [(event.story.bytes, event.version) for event in by_story]
                assert order == sorted(order)
                assert len(order) == 11

    def test_a_gap_is_an_error_and_never_skipped(self, engine: Engine) -> None:
        _append(engine, uuid7(), _opened("one"), _retitled("a"), _retitled("b"))
        table = " ON events" if engine.dialect.name == "postgresql" else ""
        _by_hand(engine, f"DROP TRIGGER events_no_delete{table}")
        _by_hand(engine, "DELETE FROM events WHERE position = 2")
        with pytest.raises(LogGap):
            _read(engine)

    def test_the_log_is_append_only_for_every_client(self, engine: Engine) -> None:
        _append(engine, uuid7(), _opened("one"), _retitled("a"))
        before = _rows(engine)
        for statement in (
            "DELETE FROM events",
            "DELETE FROM stories",
            "DELETE FROM log_head",
            "UPDATE events SET type = 'x' WHERE position = 1",
            "UPDATE events SET body = NULL WHERE position = 1",
            "UPDATE events SET salt = NULL, body = NULL, recorded_us = 0 WHERE position = 1",
            "UPDATE log_head SET position = 0",
        ):
            with pytest.raises(IntegrityError, match="dateline: "):
                _by_hand(engine, statement)
            assert _rows(engine) == before, statement

    def test_erasing_a_body_is_the_only_change_allowed_and_changes_no_hash(
        self, engine: Engine
    ) -> None:
        _append(engine, uuid7(), _opened("one"), _retitled("a"))
        with reading(engine) as connection:
            root = head(connection).root
        _by_hand(engine, "UPDATE events SET salt = NULL, body = NULL WHERE position = 2")
        [first, second] = _read(engine)
        assert (type(first.data).__name__, type(second.data).__name__) == ("StoryOpened", "Erased")
        with reading(engine) as connection:
            assert head(connection).root == root

    def test_the_same_log_has_the_same_hashes(
        self, db: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = _made_up(db, monkeypatch)
        with reading(engine) as connection:
            assert head(connection).root.hex() == ROOT
        engine.dispose()

    def test_documents_come_back_byte_for_byte(self, archive: Archive) -> None:
        archive.record(samples.story()[:4])
        content = bytes(range(256)) * 300
        line = {
            "type": "source.captured",
            "publisher": samples.WIRE,
            "file": "x",
            "charset": "latin-1",
        }
        archive.record([line], story="ferry", files=lambda name: content)
        [source] = archive.state("ferry").sources
        document = archive.document(source)
        assert document is not None
        assert (document.content, document.charset) == (content, "latin-1")

    def test_stories_are_listed_by_code_point(self, archive: Archive) -> None:
        slugs = ["ab", "a-b", "a-c", "b", "a1", "ac"]
        for slug in slugs:
            archive.record([samples.opened(slug)])
        assert [story.slug for story in archive.stories()] == sorted(slugs)

    # -- views ---------------------------------------------------------------------------------

    def test_rows_come_back_unchanged(self, archive: Archive) -> None:
        archive.record([samples.opened()])
        for _ in range(2):  # written by a rebuild, then overwritten by a catch-up
            found = {row["key"]: row for row in archive.view("odd").dicts()}
            assert len(found) == 2 * len(ODD_TEXTS)
            for at, text in enumerate(ODD_TEXTS):
                assert found[f"k{at:02}"]["text"] == found[f"{text}{at}"]["text"] == text
            for column, odd in (("number", ODD_NUMBERS), ("integer", ODD_INTEGERS)):
                read = [found[f"k{at:02}"][column] for at in range(len(odd))]
                assert read == [float(n) if column == "number" else n for n in odd]
            assert [found[f"k{at:02}"]["boolean"] for at in range(3)] == [True, False, None]
            archive.record([{"type": "story.retitled", "title": "Again"}], story="ferry")

    def test_catching_up_event_by_event_equals_a_rebuild(self, archive: Archive) -> None:
        for line in (*samples.story(), samples.corrected("f2", "/quantities/0/value", 143, 150)):
            archive.record([line], story="ferry" if archive.stories() else None)
            archive.catch_up()
        archive.record([samples.retracted("f1"), {"type": "story.closed"}], story="ferry")
        live = {name: archive.view(name, everything=True) for name in archive.plugins.views}
        archive.rebuild()
        assert live == {name: archive.view(name, everything=True) for name in live}
        assert "story.opened" not in {row["key"] for row in archive.view("tally").dicts()}

    def test_only_the_view_that_raises_stops_and_it_resumes_when_fixed(
        self, archive: Archive
    ) -> None:
        view: Any = archive.plugins.view("texts")
        archive.record(samples.story())
        assert len(archive.view("texts")) == 2
        view.broken = True
        archive.record([samples.figure(text="The third")], story="ferry")
        with pytest.raises(ViewFailed, match="position 8"):
            archive.view("texts")
        assert len(archive.view("tally")) > 0
        view.broken = False
        assert len(archive.view("texts")) == 3

    def test_a_rebuild_can_be_undone_and_unused_generations_pruned(self, archive: Archive) -> None:
        archive.record(samples.story())
        archive.view("texts")
        archive.rebuild(["texts"])
        archive.record([samples.figure(text="The third")], story="ferry")
        assert archive.undo_rebuild("texts").generation == 1
        assert len(archive.view("texts")) == 3
        assert [build.generation for build in archive.prune(["texts"])] == [2]
        with pytest.raises(DatelineError, match="no earlier generation"):
            archive.undo_rebuild("texts")

    def test_a_row_changed_by_hand_is_found(self, archive: Archive) -> None:
        archive.record(samples.story())
        archive.view("texts")
        assert archive.verify_view("texts") == []
        _by_hand(archive._engine, "UPDATE texts__g1 SET text = 'Forged' WHERE fact = 'f1'")
        assert [d.side for d in archive.verify_view("texts")] == ["live", "folded"]

    def test_other_programs_can_read_a_view_by_its_name(self, archive: Archive) -> None:
        archive.record(samples.story())
        for _ in range(2):
            archive.rebuild(["texts"])
            with archive._engine.connect() as outside:
                found = outside.exec_driver_sql("SELECT fact FROM texts ORDER BY fact").scalars()
                assert found.all() == ["f1", "f2"]

    # -- export and import ---------------------------------------------------------------------

    def test_importing_an_export_gives_the_same_archive(self, db: str) -> None:
        plugins = Plugins.load(strict=True)
        with Archive.create(":memory:", plugins) as there, Archive.create(db, plugins) as here:
            there.record(samples.story(samples.corrected("f2", "/quantities/0/value", 143, 150)))
            there.record(samples.story(slug="second"))
            here.record(_lines(plugins, _export(there, "ndjson")))
            assert here.head().position == there.head().position
            for name in plugins.views:
                assert here.view(name, everything=True) == there.view(name, everything=True)
            # All lines but the first one, which names the archive and its root.
            one, other = (_export(a, "ndjson").split("\n", 1)[1] for a in (here, there))
            assert one == other


def _opened(slug: str, **given: Any) -> NewEvent:
    return _event(StoryOpened(slug=slug, title="T"), **given)


def _retitled(title: str, **given: Any) -> NewEvent:
    return _event(StoryRetitled(title=title), **given)


def _event(payload: Any, **given: Any) -> NewEvent:
    made = NewEvent(event_id=uuid7(), data=payload, type=payload.type, schema_version=1)
    return msgspec.structs.replace(made, **given)


def _append(engine: Engine, story: UUID, *new: NewEvent) -> tuple[int, ...]:
    with writing(engine) as connection:
        appender = Appender(connection)
        done = appender.append(story, new)
        appender.finish()
    return done.positions


def _read(engine: Engine) -> list[Event]:
    with reading(engine) as connection:
        return list(Reader(Registry()).read(connection))


def _rows(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(events).order_by(events.c.position)).all())


def _by_hand(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def _export(archive: Archive, name: str) -> str:
    with archive.material() as material:
        return "".join(map(str, archive.plugins.exporter(name).export(material)))


def _lines(plugins: Plugins, exported: str) -> list[Line]:
    return list(plugins.importer("ndjson").read([exported.encode()]))


def _made_up(db: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A log that is entirely determined: archive, stories, ids, times and salts."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "uuid7", lambda: _uuid("archive"))
        drawn = itertools.count()
        patch.setattr("os.urandom", lambda size: _bytes(f"salt {next(drawn)}", size))
        engine = schema.create(db)
        one, two = _uuid("story one"), _uuid("story two")
        given: Iterator[dict[str, Any]] = (
            {"event_id": _uuid(f"event {n}"), "recorded_us": n * 10**6} for n in range(1, 99)
        )
        _append(engine, one, _opened("one", **next(given)), _retitled("a", **next(given)))
        _append(engine, two, _opened("two", reported_us=7, **next(given)))
        foreign = Raw({"text": "Łódź \U0001f6a2", "n": 1, "deep": {"of": [1, None, True]}})
        new = NewEvent(data=foreign, type="acme.sighting", schema_version=3, **next(given))
        _append(engine, one, new, *(_retitled(f"t{n}", **next(given)) for n in range(40)))
    return engine


def _uuid(name: str) -> UUID:
    return UUID(bytes=_bytes(name, 16))


def _bytes(name: str, size: int) -> bytes:
    return hashlib.shake_256(name.encode()).digest(size)
