"""Erasing a subject: from every file, view and export, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, LETTER_ID, REASON, WITNESS, raises
from tests.log.roots import root_at

from dateline import Archive, Refused
from dateline.log.databases.wal import empty_wal
from dateline.log.engine import reading
from dateline.testing import samples
from dateline.views import asof

FORMATS = ("csv", "html", "json", "markdown", "ndjson")


def test_not_a_byte_is_left_in_any_file(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    archive.rebuild(["figures"])  # a retired generation next to the live one
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path) == ["a.db"]  # in rows of views, in plain text until it is erased
    assert scene.found(tmp_path, WITNESS) == ["a.db.keys"]
    scene.erase(archive)
    assert scene.found(tmp_path) == scene.found(tmp_path, WITNESS) == []
    archive.catch_up()
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path) == []
    assert {path.name for path in scene.files(tmp_path)} >= {"a.db", "a.db.keys"}
    with reading(archive._engine) as connection:
        under = connection.execute(text("SELECT * FROM documents WHERE subject_key IS NOT NULL"))
        assert under.all() == []


def test_before_views_are_folded_nothing_protected_is_in_plain_text(
    archive: Archive, tmp_path: Path
) -> None:
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path) == []
    assert CANARY in repr(list(archive.events("ferry")))
    assert archive.document(LETTER_ID).text == scene.LETTER  # type: ignore[union-attr]


def test_hashes_stay_and_everything_verifies(archive: Archive) -> None:
    scene.verify(archive)
    before = archive.head()
    scene.erase(archive)
    scene.verify(archive)
    after = archive.head()
    assert after.position == before.position + 1  # one story records the erasure
    with reading(archive._engine) as connection:
        assert root_at(connection, before.position) == before.root != after.root
    told = list(archive.events("ferry"))[-1]
    assert told.type == "content.erased" and told.recorded_us
    assert [item.fact for item in told.data.events if item.fact] == ["f3", "f4"]  # type: ignore[union-attr]
    assert told.data.positions == tuple(range(8, 16))  # type: ignore[union-attr]
    assert CANARY not in repr(told) and WITNESS not in repr(told)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.sampled(2)
def test_every_export_lists_it_as_erased_and_shows_nothing_else(
    archive: Archive, format_: str
) -> None:
    assert CANARY in scene.exported(archive, format_, "ferry")
    archive.catch_up()
    scene.erase(archive)
    text = scene.exported(archive, format_, "ferry")
    assert "[erased]" in text and CANARY not in text
    assert "[erased]" not in scene.exported(archive, format_, "other")
    if format_ != "ndjson":
        assert "f3" in text and REASON in text


def test_the_timeline_keeps_a_row_for_erased_facts(archive: Archive) -> None:
    archive.catch_up()
    scene.erase(archive)
    rows = {row["fact"]: row for row in archive.view("timeline", "ferry").dicts()}
    assert list(rows) == ["f1", "f2", "f5", "f3", "f4"]
    assert rows["f3"]["status"] == "erased" and rows["f3"]["position"] == 10
    assert rows["f3"]["text"].startswith("[erased] ") and rows["f3"]["source"] == ""
    assert rows["f2"]["status"] == "corrected"


def test_views_of_the_past_show_it_as_erased_too(archive: Archive) -> None:
    scene.erase(archive)
    for moment in (asof.recorded("@11"), asof.recorded("@12"), asof.public("2024-12-31")):
        rows = {row["fact"]: row["text"] for row in archive.view("timeline", at=moment).dicts()}
        assert rows["f3"].startswith("[erased]") and rows["f4"].startswith("[erased]"), moment
    early = archive.view("timeline", "ferry", at=asof.recorded("@10"))
    assert {row["fact"] for row in early.dicts()} == {"f1", "f2", "f3"}
    assert [*archive.view("timeline", at=asof.public("2024-01-01")).dicts()] == []


def test_its_numbers_are_never_given_again(archive: Archive) -> None:
    archive.record([samples.figure(text="Last") | {"fact": "f9"}], story="ferry", protect=WITNESS)
    scene.erase(archive)
    assert archive.record([samples.figure(text="New")], story="ferry", anew=True).facts == ("f10",)
    with pytest.raises(Refused, match="fact-taken"):
        archive.record([samples.figure(text="Again", fact="f3")], story="ferry")
    with pytest.raises(Refused, match="was erased"):
        archive.record([samples.retracted("f3")], story="ferry")


def test_the_name_may_be_used_again_and_is_another_subject(archive: Archive) -> None:
    scene.erase(archive)
    with raises("subject-unknown"):
        scene.erase(archive)
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
    scene.erase(archive)
    assert not [path.name for path in scene.files(tmp_path) if secret in path.read_bytes()]
    assert archive._keys.secret(str(key)) is None


def test_the_erasure_is_recorded_in_every_story(archive: Archive) -> None:
    archive.record(scene.protected(), story="other", protect=WITNESS)
    scene.erase(archive)
    told = [event.slug for event in archive.events() if event.type == "content.erased"]
    assert sorted(told) == ["ferry", "other"]
    assert set(archive.state("other").erased) == {"f3", "f4"}
    scene.verify(archive)


def test_one_subject_s_erasure_leaves_another_s_copy_of_the_document(archive: Archive) -> None:
    archive.record(scene.protected(), story="other", protect="Herr Amsel")
    scene.erase(archive)
    assert archive.document(LETTER_ID).text == scene.LETTER  # type: ignore[union-attr]
    assert set(archive.state("other").facts) == {"f1", "f2", "f3", "f4"}
    archive.erase("Herr Amsel", reason=REASON, basis=BASIS)
    assert archive.document(LETTER_ID) is None
