"""Erasing by position, with everything that depends on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, REASON, WITNESS, raises

from dateline import Archive
from dateline.log.databases.wal import empty_wal
from dateline.testing import samples

FORMATS = ("csv", "html", "json", "markdown", "ndjson")


def test_a_fact_is_erased_with_every_notice_about_it(archive: Archive) -> None:
    plan = archive.plan_erasure(positions=[7])
    assert [(item.position, item.type) for item in plan.events] == [
        (7, "figure.recorded"),
        (16, "fact.corrected"),
    ]
    archive.catch_up()
    scene.erase(archive, 7)
    scene.verify(archive)
    assert set(archive.state("ferry").erased) == {"f2"}
    assert archive.verify_view("changes") == []
    with raises("nothing-to-erase"):
        scene.erase(archive, 7)
    scene.erase(archive, 6, 7)  # what is already erased is skipped
    scene.verify(archive)


def test_a_notice_is_not_erased_without_its_fact(archive: Archive) -> None:
    """Without its correction, a fact would be shown as it was before, which is wrong."""
    assert {item.position for item in archive.plan_erasure(positions=[16]).events} == {7, 16}


def test_a_capture_is_erased_with_its_bytes_unless_another_story_has_them(
    archive: Archive, tmp_path: Path
) -> None:
    [at] = [e.position for e in archive.events("other") if e.type == "source.captured"]
    plan = archive.plan_erasure(positions=[5])
    assert plan.documents == ()
    assert [m.what for m in plan.still if m.how == "quotes the source"] == ["f1", "f2", "f5"]
    [kept] = [m for m in plan.still if m.how == "is captured there too"]
    assert (kept.position, kept.slug, kept.what) == (at, "other", f"{samples.SOURCE} Ferry aground")
    assert archive.erase(None, [5], reason=REASON, basis=BASIS).gone.documents == 0
    assert archive.document(samples.SOURCE) is not None  # the other story's
    plan = archive.plan_erasure(positions=[at])
    assert plan.documents == ((samples.SOURCE, len(samples.TEXT.encode())),)
    assert archive.erase(None, [at], reason=REASON, basis=BASIS).gone.documents == 1
    assert archive.document(samples.SOURCE) is None
    assert scene.found(tmp_path, "had been due for repair since August") == []
    scene.verify(archive)
    for format_ in FORMATS:
        assert scene.exported(archive, format_)


def test_a_document_is_deleted_when_all_its_captures_are_erased(archive: Archive) -> None:
    [at] = [e.position for e in archive.events("other") if e.type == "source.captured"]
    plan = archive.plan_erasure(positions=[5, at])
    assert [name for name, _ in plan.documents] == [samples.SOURCE]
    assert archive.erase(None, [5, at], reason=REASON, basis=BASIS).gone.documents == 1
    assert archive.document(samples.SOURCE) is None


def test_unprotected_content_is_erased_from_every_file_too(
    archive: Archive, tmp_path: Path
) -> None:
    archive.record([samples.figure(text="Plain QUOLL", note="QUOLL")], story="ferry")
    archive.catch_up()
    empty_wal(archive._engine, 10)
    assert scene.found(tmp_path, "QUOLL") == ["a.db"]
    scene.erase(archive, archive.head().position)
    assert scene.found(tmp_path, "QUOLL") == []


def test_a_withdrawal_is_erased_with_its_source(archive: Archive) -> None:
    line = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Taken back"}
    archive.record([line], story="ferry")
    at = archive.head().position
    with raises("not-erasable-alone"):
        scene.erase(archive, at)
    assert {item.position for item in archive.plan_erasure(positions=[5]).events} == {5, at}


def test_a_revocation_is_erased_with_its_act(archive: Archive) -> None:
    """Both changed nothing any more; one of them alone would change what is shown."""
    archive.amend("ferry", samples.SOURCE, {"title": "QUOLL"}, reason="Misread")
    archive.undo("ferry", reason="It was right")
    shown = archive.view("sources", "ferry")
    top = archive.head().position
    with raises("not-erasable-alone"):
        scene.erase(archive, top)
    done = archive.erase(None, [top - 1, top], reason=REASON, basis=BASIS)
    assert done.gone.events == 2
    assert archive.view("sources", "ferry") == shown
    archive.amend("ferry", samples.SOURCE, {"title": "Aground"}, reason="Misread")
    archive.undo("ferry")
    archive.undo("ferry", archive.head().position)  # in force again
    top = archive.head().position
    with raises("not-erasable-alone"):
        scene.erase(archive, top - 2, top - 1, top)
    scene.erase(archive, top - 1, top)
    assert "Aground" in [row["title"] for row in archive.view("sources", "ferry").dicts()]


@pytest.mark.parametrize(
    ("position", "code"),
    [(1, "not-erasable"), (0, "position-unknown"), (99, "position-unknown")],
)
def test_what_cannot_be_erased_is_refused_and_nothing_is_done(
    archive: Archive, position: int, code: str
) -> None:
    head = archive.head()
    with raises(code):
        scene.erase(archive, 7, position) if position else archive.erase(
            None, [7, 0], reason=REASON, basis=BASIS
        )
    assert archive.head() == head and archive._journal.erasures() == []


def test_the_record_of_an_erasure_cannot_be_erased(archive: Archive) -> None:
    scene.erase(archive, 7)
    with raises("not-erasable"):
        scene.erase(archive, archive.head().position)


def test_planning_writes_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    empty_wal(archive._engine, 10)
    before = {path.name: path.read_bytes() for path in scene.files(tmp_path)}
    assert archive.plan_erasure(WITNESS).events and archive.plan_erasure(positions=[7]).events
    empty_wal(archive._engine, 10)
    after = {path.name: path.read_bytes() for path in scene.files(tmp_path)}
    assert {name: after[name] for name in ("a.db", "a.db.keys")} == {
        name: before[name] for name in ("a.db", "a.db.keys")
    }


def test_captures_of_the_same_document_under_other_keys_are_listed(archive: Archive) -> None:
    """They still show it, and nothing else would reveal that."""
    for slug, subject in (("third", "Herr Amsel"), ("fourth", "Frau Meise")):
        archive.record(samples.story(slug=slug))
        archive.record(scene.protected()[:2], story=slug, protect=subject)
    for plan in (archive.plan_erasure(scene.WITNESS), archive.plan_erasure(positions=[9])):
        assert [name for name, _ in plan.documents] == [scene.LETTER_ID]
        kept = [item for item in plan.still if item.how == "is captured there too"]
        named = f"{scene.LETTER_ID} {scene.CANARY}-title"
        assert [(item.slug, item.what) for item in kept] == [("third", named), ("fourth", named)]
