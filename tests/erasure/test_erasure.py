"""What was protected, or stands at a position, goes: from every file, view and export. Nothing else."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, LETTER_ID, REASON, WITNESS

from dateline import Archive, DatelineError, Plugins, Refused
from dateline.errors import UnknownName
from dateline.events.payload import Erased
from dateline.log import read as log
from dateline.log.engine import reading, writing
from dateline.log.wal import empty_wal
from dateline.plugin import Fact, FactRow, FactView, hookimpl
from dateline.plugins.discovery import Candidate
from dateline.recording.line import Line
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.views import asof, rebuild, runner, store

PLUGINS = Plugins.load(strict=True)
FORMATS = ("csv", "html", "json", "markdown", "ndjson")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        scene.fill(archive)
        yield archive


def erase(archive: Archive, *positions: int) -> None:
    subject = None if positions else WITNESS
    archive.erase(subject, positions, reason=REASON, basis=BASIS)


def exported(archive: Archive, format_: str, *slugs: str, **options: Any) -> str:
    with archive.material(*slugs, **options) as material:
        return "".join(archive.plugins.exporter(format_).export(material))


def verify(archive: Archive) -> None:
    """What `dateline verify --deep` asks: hashes, bodies, an erasure for each that is not there."""
    report = archive.verify(deep_too=True)
    assert (report.findings, report.unchecked) == ([], [])


# -- a subject ---------------------------------------------------------------------------------


def test_not_a_byte_is_left_in_any_file(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    archive.rebuild(["figures"])  # a retired generation beside the live one
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path) == ["a.db"]  # in rows of views: readable as long as it is kept
    assert scene.found(tmp_path, WITNESS) == ["a.db.keys"]
    erase(archive)
    assert scene.found(tmp_path) == scene.found(tmp_path, WITNESS) == []
    archive.catch_up()
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path) == []
    assert {path.name for path in scene.files(tmp_path)} >= {"a.db", "a.db.keys"}
    with reading(archive._engine) as connection:
        under = connection.execute(text("SELECT * FROM documents WHERE subject_key IS NOT NULL"))
        assert under.all() == []


def test_before_views_are_folded_nothing_protected_is_in_the_clear(
    archive: Archive, tmp_path: Path
) -> None:
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path) == []
    assert CANARY in repr(list(archive.events("ferry")))
    assert archive.document(LETTER_ID).text == scene.LETTER  # type: ignore[union-attr]


def test_hashes_stay_and_everything_verifies(archive: Archive) -> None:
    verify(archive)
    before = archive.head()
    erase(archive)
    verify(archive)
    after = archive.head()
    assert after.position == before.position + 1  # one story was spoken of
    with reading(archive._engine) as connection:
        assert log.root_at(connection, before.position) == before.root != after.root
    told = list(archive.events("ferry"))[-1]
    assert told.type == "content.erased" and told.recorded_us
    assert [item.fact for item in told.data.events if item.fact] == ["f3", "f4"]  # type: ignore[union-attr]
    assert told.data.positions == tuple(range(8, 16))  # type: ignore[union-attr]
    assert CANARY not in repr(told) and WITNESS not in repr(told)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_export_says_erased_and_nothing_else_of_it(archive: Archive, format_: str) -> None:
    assert CANARY in exported(archive, format_, "ferry")
    archive.catch_up()
    erase(archive)
    text = exported(archive, format_, "ferry")
    assert "[erased]" in text and CANARY not in text
    assert "[erased]" not in exported(archive, format_, "other")
    if format_ != "ndjson":
        assert "f3" in text and REASON in text


def test_the_timeline_keeps_a_place_for_what_is_gone(archive: Archive) -> None:
    archive.catch_up()
    erase(archive)
    rows = {row["fact"]: row for row in archive.view("timeline", "ferry").dicts()}
    assert list(rows) == ["f1", "f2", "f5", "f3", "f4"]
    assert rows["f3"]["status"] == "erased" and rows["f3"]["position"] == 10
    assert rows["f3"]["text"].startswith("[erased] ") and rows["f3"]["source"] == ""
    assert rows["f2"]["status"] == "corrected"


def test_the_past_says_it_too(archive: Archive) -> None:
    erase(archive)
    for moment in (asof.recorded("@11"), asof.recorded("@12"), asof.public("2024-12-31")):
        rows = {row["fact"]: row["text"] for row in archive.view("timeline", at=moment).dicts()}
        assert rows["f3"].startswith("[erased]") and rows["f4"].startswith("[erased]"), moment
    early = archive.view("timeline", "ferry", at=asof.recorded("@10"))
    assert {row["fact"] for row in early.dicts()} == {"f1", "f2", "f3"}
    assert [*archive.view("timeline", at=asof.public("2024-01-01")).dicts()] == []


def test_its_numbers_are_never_given_again(archive: Archive) -> None:
    archive.record([samples.figure(text="Last") | {"fact": "f9"}], story="ferry", protect=WITNESS)
    erase(archive)
    assert archive.record([samples.figure(text="New")], story="ferry").facts == ("f10",)
    with pytest.raises(Refused, match="fact-taken"):
        archive.record([samples.figure(text="Again", fact="f3")], story="ferry")
    with pytest.raises(Refused, match="was erased"):
        archive.record([samples.retracted("f3")], story="ferry")


def test_the_name_may_be_used_again_and_is_another_subject(archive: Archive) -> None:
    erase(archive)
    with pytest.raises(UnknownName, match="nothing is protected"):
        erase(archive)
    archive.record(scene.protected(), story="ferry", protect=WITNESS)
    assert archive.record([], story="ferry").new == 0
    assert set(archive.state("ferry").facts) == {"f1", "f2", "f5", "f6", "f7"}
    keys = {event.subject_key for event in archive.events("ferry")} - {None}
    assert len(keys) == 2


def test_erasing_again_by_the_id_of_the_key_does_nothing_more(archive: Archive) -> None:
    [key] = {event.subject_key for event in archive.events("ferry")} - {None}
    first = archive.erase(key, reason=REASON, basis=BASIS)
    head = archive.head()
    again = archive.erase(key, reason="Once more", basis=BASIS)
    assert (again.id, again.step) == (first.id, "done")
    assert archive.head() == head


def test_the_key_itself_is_overwritten(archive: Archive, tmp_path: Path) -> None:
    [key] = {event.subject_key for event in archive.events("ferry")} - {None}
    secret = archive._keys.secret(str(key))
    assert secret is not None and secret in (tmp_path / "a.db.keys").read_bytes()
    erase(archive)
    assert not [path.name for path in scene.files(tmp_path) if secret in path.read_bytes()]
    assert archive._keys.secret(str(key)) is None


def test_several_stories_are_each_told(archive: Archive) -> None:
    archive.record(scene.protected(), story="other", protect=WITNESS)
    erase(archive)
    told = [event.slug for event in archive.events() if event.type == "content.erased"]
    assert sorted(told) == ["ferry", "other"]
    assert set(archive.state("other").erased) == {"f3", "f4"}
    verify(archive)


def test_one_subject_s_erasure_leaves_another_s_copy_of_the_document(archive: Archive) -> None:
    archive.record(scene.protected(), story="other", protect="Herr Amsel")
    erase(archive)
    assert archive.document(LETTER_ID).text == scene.LETTER  # type: ignore[union-attr]
    assert set(archive.state("other").facts) == {"f1", "f2", "f3", "f4"}
    archive.erase("Herr Amsel", reason=REASON, basis=BASIS)
    assert archive.document(LETTER_ID) is None


# -- positions ---------------------------------------------------------------------------------


def test_a_fact_goes_with_all_that_was_said_about_it(archive: Archive) -> None:
    plan = archive.plan_erasure(positions=[7])
    assert [(item.position, item.type) for item in plan.events] == [
        (7, "figure.recorded"),
        (16, "fact.corrected"),
    ]
    archive.catch_up()
    erase(archive, 7)
    verify(archive)
    assert set(archive.state("ferry").erased) == {"f2"}
    assert archive.verify_view("changes") == []
    with pytest.raises(DatelineError, match="nothing left to erase"):
        erase(archive, 7)
    erase(archive, 6, 7)  # what is gone already is passed over
    verify(archive)


def test_a_notice_is_not_erased_without_its_fact(archive: Archive) -> None:
    """Without its correction a fact would stand as it was before, and be wrong."""
    assert {item.position for item in archive.plan_erasure(positions=[16]).events} == {7, 16}


def test_a_capture_goes_with_its_bytes_unless_another_story_has_them(
    archive: Archive, tmp_path: Path
) -> None:
    plan = archive.plan_erasure(positions=[5])
    assert plan.documents == ((samples.SOURCE, len(samples.TEXT.encode())),)
    quoting = [(m.what, m.how) for m in plan.still if m.how == "quotes the source"]
    assert [what for what, _ in quoting] == ["f1", "f2", "f5"]
    erase(archive, 5)
    assert archive.document(samples.SOURCE) is not None  # the other story's
    [at] = [e.position for e in archive.events("other") if e.type == "source.captured"]
    erase(archive, at)
    assert archive.document(samples.SOURCE) is None
    assert scene.found(tmp_path, "had been due for repair since August") == []
    verify(archive)
    for format_ in FORMATS:
        assert exported(archive, format_)


def test_what_was_not_protected_is_gone_from_every_file_too(
    archive: Archive, tmp_path: Path
) -> None:
    archive.record([samples.figure(text="Plain QUOLL", note="QUOLL")], story="ferry")
    archive.catch_up()
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path, "QUOLL") == ["a.db"]
    erase(archive, archive.head().position)
    assert scene.found(tmp_path, "QUOLL") == []


def test_a_withdrawal_goes_with_its_source(archive: Archive) -> None:
    line = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Taken back"}
    archive.record([line], story="ferry")
    at = archive.head().position
    with pytest.raises(DatelineError, match="the source would stand again"):
        erase(archive, at)
    assert {item.position for item in archive.plan_erasure(positions=[5]).events} == {5, at}


@pytest.mark.parametrize(("position", "why"), [(1, "its slug"), (0, "goes up to"), (99, "goes up")])
def test_what_cannot_be_erased_is_refused_and_nothing_is_done(
    archive: Archive, position: int, why: str
) -> None:
    head = archive.head()
    with pytest.raises(DatelineError, match=why):
        erase(archive, 7, position) if position else archive.erase(
            None, [7, 0], reason=REASON, basis=BASIS
        )
    assert archive.head() == head and archive._journal.erasures() == []


def test_an_erasure_is_not_erased(archive: Archive) -> None:
    erase(archive, 7)
    with pytest.raises(DatelineError, match="why content is missing"):
        erase(archive, archive.head().position)


def test_looking_writes_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    empty_wal(archive._engine, 10)
    before = {path.name: path.read_bytes() for path in scene.files(tmp_path)}
    assert archive.plan_erasure(WITNESS).events and archive.plan_erasure(positions=[7]).events
    empty_wal(archive._engine, 10)
    after = {path.name: path.read_bytes() for path in scene.files(tmp_path)}
    assert {name: after[name] for name in ("a.db", "a.db.keys")} == {
        name: before[name] for name in ("a.db", "a.db.keys")
    }


class Chatty(FactView):
    """A view whose traceback repeats what it choked on."""

    name, version = "chatty", 1

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> list[FactRow]:
        if CANARY in fact.data.text:
            raise ValueError(fact.data.text)
        return [self.Row(text=fact.data.text)]


def chatty() -> Plugins:
    @hookimpl
    def dateline_views() -> list[Any]:
        return [Chatty()]

    loaded = Plugins(strict=True)
    loaded.add(Candidate("chatty", "tests", lambda: SimpleNamespace(dateline_views=dateline_views)))
    return loaded


def test_the_traceback_of_a_view_that_failed_goes_too(archive: Archive, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db", chatty()) as other:
        [build] = other.catch_up()
        assert build.state == "failed" and f"{CANARY}-text" in (build.error or "")
        empty_wal(archive._engine, 10)
        assert scene.found(tmp_path) == ["a.db"]
        erase(other)
        assert scene.found(tmp_path) == []
        assert {row["fact"] for row in other.view("chatty", "ferry").dicts()} == {"f1", "f2", "f5"}
        assert other.verify_view("chatty") == []


def test_rows_of_a_view_that_is_not_loaded_go_too(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    archive.close()
    with Archive.open(tmp_path / "a.db", Plugins()) as bare:
        erase(bare)
        assert scene.found(tmp_path) == [] and bare.builds() == []
    with sqlite3.connect(tmp_path / "a.db") as plain:
        kinds = plain.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
        assert kinds == []
    with Archive.open(tmp_path / "a.db", PLUGINS) as later:
        assert {row["fact"] for row in later.view("timeline", "ferry").dicts()} == {
            "f1", "f2", "f3", "f4", "f5",
        }  # fmt: skip


def test_a_build_that_was_begun_and_left_goes_too(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.catch_up()

    def stop(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(rebuild, "_swap", stop)
    with pytest.raises(RuntimeError):
        archive.rebuild(["timeline"])
    monkeypatch.undo()
    [begun] = [build for build in archive.builds() if build.unfinished]
    assert begun.cursor is not None
    erase(archive)
    assert [build for build in archive.builds() if build.unfinished] == []
    assert scene.found(tmp_path) == []


def test_readers_of_the_tables_go_on_seeing_what_is_left(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    erase(archive)
    with sqlite3.connect(tmp_path / "a.db") as plain:
        rows = plain.execute("SELECT story, fact FROM timeline ORDER BY story, fact").fetchall()
    assert rows == [
        ("ferry", "f1"), ("ferry", "f2"), ("ferry", "f5"), ("other", "f1"), ("other", "f2"),
    ]  # fmt: skip


# -- what others do meanwhile ------------------------------------------------------------------


def test_a_fold_that_read_it_before_cannot_write_it_after(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    archive.record(
        [samples.corrected("f3", "/text", f"{CANARY}-now", f"{CANARY}-late")], story="ferry"
    )
    # The rows are folded; before they are written the erasure comes.
    with Archive.open(tmp_path / "a.db", PLUGINS) as other:
        views = [PLUGINS.view("timeline")]
        [running], _ = runner._sorted(other._engine, other._reader, views)
        with reading(other._engine) as connection:
            states = runner.States(other._reader)
            head = log.head(connection).position
            start = running.build.checkpoint
            runner.fold_range(connection, other._reader, states, [running], start, head)
        assert CANARY in repr(list(running.rows.stored()))
        erase(archive)
        with pytest.raises(store.Moved), writing(other._engine) as connection:
            runner.write(connection, running, head)
    assert scene.found(tmp_path) == []
    assert archive.verify_view("timeline") == []


def test_a_reader_that_holds_the_past_is_waited_for_and_then_named(
    archive: Archive, tmp_path: Path
) -> None:
    archive.catch_up()
    eraser = archive._eraser()
    key = eraser.plan(WITNESS, ()).subject_key
    by = next(iter(archive.events())).recorded_by
    with Archive.open(tmp_path / "a.db", PLUGINS) as other, reading(other._engine) as connection:
        log.head(connection)  # a snapshot of before
        erasure = archive._journal.order(REASON, BASIS, by, subject_key=key)
        with pytest.raises(DatelineError, match="another process still reads"):
            eraser.finish(erasure, patience=0.1)
        assert archive._journal.erasures()[0].step == "purged"
        with Archive.open(tmp_path / "a.db", PLUGINS) as third:  # is not held up
            assert third.resumed == []
    with Archive.open(tmp_path / "a.db", PLUGINS) as later:
        assert [erasure.step for erasure in later.resumed] == ["done"]
    assert scene.found(tmp_path) == []


def test_two_processes_may_finish_the_same_erasure(archive: Archive, tmp_path: Path) -> None:
    """The slower one must not put on record that there was nothing to erase."""
    eraser = archive._eraser()
    key = eraser.plan(WITNESS, ()).subject_key
    by = next(iter(archive.events())).recorded_by
    ordered = archive._journal.order(REASON, BASIS, by, subject_key=key)
    with Archive.open(tmp_path / "a.db", PLUGINS) as other:
        assert [erasure.step for erasure in other.resumed] == ["done"]
    head = archive.head()
    finished = eraser.finish(ordered)
    assert finished.step == "done" and len(finished.listed) == 8
    assert archive.head() == head
    assert archive._journal.erasures() == [finished]


def test_facts_and_notices_of_unknown_types_go_together_too(archive: Archive) -> None:
    sighting = {"type": "acme.sighting.recorded", "fact": "f6", "what": f"{CANARY}-seen"}
    flag = {"type": "acme.fact.flagged", "fact": "f6", "why": f"{CANARY}-flag"}
    flagged = {"type": "acme.fact.flagged", "fact": "f3", "why": f"{CANARY}-flag"}
    archive.record([sighting, flag, flagged], story="ferry")
    unknown = [event for event in archive.events("ferry") if event.type.startswith("acme.")]
    assert [event.subject_key is None for event in unknown] == [True, True, False]
    going = archive.plan_erasure(positions=[unknown[1].position]).events
    assert [(item.type, item.fact) for item in going] == [
        ("acme.sighting.recorded", "f6"),
        ("acme.fact.flagged", None),
    ]
    erase(archive, unknown[0].position)
    erase(archive)
    assert CANARY not in repr(list(archive.events()))
    assert list(archive.state("ferry").erased) == ["f6", "f3", "f4"]
    assert archive.record([samples.figure(text="New")], story="ferry").facts == ("f7",)


# -- backups -----------------------------------------------------------------------------------


@pytest.mark.parametrize("positions", [(), (8, 9, 10, 11, 15)], ids=["subject", "positions"])
def test_an_older_backup_is_erased_again_before_it_is_opened(
    archive: Archive, tmp_path: Path, positions: tuple[int, ...]
) -> None:
    archive.catch_up()
    empty_wal(archive._engine, 10)
    backup = (tmp_path / "a.db").read_bytes()
    erase(archive, *positions)
    archive.close()
    for path in tmp_path.glob("a.db*"):
        if path.suffix != ".keys":
            path.unlink()
    (tmp_path / "a.db").write_bytes(backup)
    assert scene.found(tmp_path) == ["a.db"]
    with Archive.open(tmp_path / "a.db", PLUGINS) as restored:
        assert len(restored.resumed) == 1
        assert set(restored.state("ferry").erased) == {"f3", "f4"}
        assert scene.found(tmp_path) == []
        verify(restored)
    with Archive.open(tmp_path / "a.db", PLUGINS) as again:
        assert again.resumed == []


def test_a_backup_from_before_any_of_it_has_nothing_to_erase(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        empty_wal(archive._engine, 10)
        backup = (tmp_path / "a.db").read_bytes()
        archive.record(scene.protected(), story="ferry", protect=WITNESS)
        erase(archive)
    (tmp_path / "a.db").write_bytes(backup)
    with Archive.open(tmp_path / "a.db", PLUGINS) as restored:
        assert restored.resumed == [] and restored.head().position == 7


def test_a_backup_without_the_keys_says_nothing(archive: Archive, tmp_path: Path) -> None:
    """The hole that is left is the backup of the keys database; it is not in one of the archive."""
    empty_wal(archive._engine, 10)
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(tmp_path / "a.db", tmp_path / "elsewhere" / "a.db")
    assert scene.found(tmp_path / "elsewhere") == []


# -- taking it elsewhere -----------------------------------------------------------------------


def test_an_export_of_what_is_left_comes_back(archive: Archive, tmp_path: Path) -> None:
    erase(archive)
    erase(archive, 5)  # f1, f2 and f5 go on quoting it
    lines = exported(archive, "ndjson").splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert kinds.count("dateline.erased") == 9 and kinds.count("content.erased") == 2
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        given = list(other.plugins.importer("ndjson").read([exported(archive, "ndjson").encode()]))
        taken = other.record(given)
        assert taken.new == len(lines) - 1 - 9
        assert other.record(given).new == 0
        state, was = other.state("ferry"), archive.state("ferry")
        assert set(state.facts) == set(was.facts) and set(state.erased) == set(was.erased)
        assert [f.reported_us for f in state.facts.values()] == [
            f.reported_us for f in was.facts.values()
        ]
        assert other.record([samples.figure(text="Next")], story="other").facts == ("f3",)
        assert state.highest == was.highest == 5
        for name in PLUGINS.views:
            assert without_places(other, name) == without_places(archive, name)
            assert other.verify_view(name) == []
        assert other.erase(None, [2], reason=REASON, basis=BASIS).step == "done"


def without_places(archive: Archive, name: str) -> list[dict[str, Any]]:
    """A view's rows of the first story without positions, which are an archive's own."""
    own = ("position", "key", "number", "captured")
    rows = archive.view(name, "ferry", everything=True).dicts()
    found = [{key: value for key, value in row.items() if key not in own} for row in rows]
    return sorted(found, key=repr)


def test_another_archive_s_erasure_erases_nothing_here(archive: Archive, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        reader = other.plugins.importer("ndjson")
        other.record(list(reader.read([exported(archive, "ndjson").encode()])))
        erase(archive)
        later = list(reader.read([exported(archive, "ndjson").encode()]))
        with pytest.raises(Refused, match="erase it here"):
            other.record(later)
        assert CANARY in repr(other.view("timeline").rows)


def test_an_erasure_cannot_be_made_up(archive: Archive) -> None:
    line = {"type": "content.erased", "reason": "x", "basis": "y", "positions": [7]}
    with pytest.raises(Refused, match="reserved"):
        archive.record([Line(line, 1)], story="ferry")


# -- any subset of anything --------------------------------------------------------------------


def record(archive: Archive, line: dict[str, Any], protect: bool) -> None:
    """Protected if it may be: a notice goes with its fact, and the fact may be in the clear."""
    slug = "made-up" if archive.stories() else None
    if protect and slug is not None:
        try:
            archive.record([line], story=slug, protect=WITNESS)
            return
        except Refused as refusal:
            assert {finding.rule for finding in refusal.findings} == {"protection"}
    archive.record([line], story=slug)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=histories(min_length=6, max_length=18), data=st.data())
def test_after_erasing_anything_views_are_the_fold_and_the_rest_reads_the_same(
    lines: list[dict[str, Any]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with Archive.create(folder / "a.db", PLUGINS) as archive:
        hers = data.draw(st.sets(st.sampled_from(range(4, len(lines)))))
        for number, line in enumerate(lines):
            record(archive, line, number in hers)
        archive.catch_up()
        before = {event.position: event for event in archive.events()}
        head = archive.head()
        alone = ("story.opened", "source.withdrawn")
        erasable = [position for position, e in before.items() if e.type not in alone]
        protected = {event.position for event in before.values() if event.subject_key}
        if protected and data.draw(st.booleans()):
            subject, chosen = WITNESS, []
            going = {item.position for item in archive.plan_erasure(WITNESS).events}
            assert going == protected
        else:
            subject = None
            chosen = data.draw(st.lists(st.sampled_from(erasable), min_size=1, unique=True))
            going = {item.position for item in archive.plan_erasure(positions=chosen).events}
            assert set(chosen) <= going
        archive.erase(subject, chosen, reason=REASON, basis=BASIS)
        assert archive.verify().findings == []  # its views are compared below
        for event in archive.events():
            if event.position in going:
                assert isinstance(event.data, Erased)
            elif event.position in before:
                assert event == before[event.position]
        with reading(archive._engine) as connection:
            assert log.root_at(connection, head.position) == head.root
        for name in PLUGINS.views:
            assert archive.verify_view(name) == []
        live = {name: archive.view(name, everything=True) for name in PLUGINS.views}
        archive.rebuild()
        for name in PLUGINS.views:
            assert archive.view(name, everything=True) == live[name]
        for format_ in FORMATS:
            exported(archive, format_)
        with Archive.create(folder / "b.db", PLUGINS) as other:
            text = exported(archive, "ndjson").encode()
            other.record(list(other.plugins.importer("ndjson").read([text])))
            assert set(other.state("made-up").facts) == set(archive.state("made-up").facts)
