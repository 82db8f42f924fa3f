"""What an erasure does not read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.erasure import scene
from tests.erasure.scene import WITNESS

from dateline import Archive, Plugins
from dateline.documents import storage as documents
from dateline.log.engine import reading
from dateline.log.read import Reader
from dateline.protect.keys import Keys
from dateline.protect.keys_file import KeysFile
from dateline.testing import samples
from dateline.views import pending

PLUGINS = Plugins.load(strict=True)


def test_a_plan_opens_no_document(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    [plain] = archive.record([samples.captured("Plain.\n")], story="ferry").positions
    monkeypatch.setattr(documents, "get", lambda *given: pytest.fail("a document was read"))
    [letter] = archive.plan_erasure(WITNESS).documents
    assert letter == (scene.LETTER_ID, len(scene.LETTER.encode()))
    assert archive.plan_erasure(positions=[plain]).documents == ((samples.digest("Plain.\n"), 7),)


def test_rows_are_counted_by_view_and_story(archive: Archive) -> None:
    archive.catch_up()
    rows = archive.plan_erasure(WITNESS).rows
    counted = {(name, slug): count for name, slug, count in rows}
    assert counted["timeline", "ferry"] == len(archive.view("timeline", "ferry", everything=True))
    assert all(slug == "ferry" and count > 0 for (_, slug), count in counted.items())


def test_only_captures_are_decoded_to_see_who_keeps_a_document(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, read = Reader.read_types, []

    def read_types(self: Reader, connection: Any, types: Any, **options: Any) -> Iterator[Any]:
        read.extend(types)
        return plain(self, connection, types, **options)

    monkeypatch.setattr(Reader, "read_types", read_types)
    monkeypatch.setattr(Reader, "read", lambda *given, **more: pytest.fail("the log was read"))
    archive.plan_erasure(WITNESS)
    assert read == ["source.captured"]


def test_events_of_one_type_are_read_in_any_page_size(archive: Archive) -> None:
    wanted = [event.position for event in archive.events() if event.type == "figure.recorded"]
    for page in (1, 2, 100):
        with reading(archive._engine) as connection:
            found = archive._reader.read_types(connection, ["figure.recorded"], page=page)
            assert [event.position for event in found] == wanted and len(wanted) > 3


def test_a_story_is_folded_once_for_all_views_that_are_caught_up(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.catch_up()
    plain, folds = pending.fold_story, []

    def fold_story(reader: Any, group: Any, events: Any) -> Any:
        folds.append(len(group))
        return plain(reader, group, events)

    monkeypatch.setattr(pending, "fold_story", fold_story)
    scene.erase(archive)
    assert folds == [len(PLUGINS.views)]
    for name in PLUGINS.views:
        assert archive.verify_view(name) == []


# -- keys that are not here --------------------------------------------------------------------


def aged(path: Path) -> None:
    """As if it had not been changed for a while."""
    about = path.stat()
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns - 10**10))


def test_the_keys_database_is_not_opened_again_for_each_event_whose_key_is_not_here(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(tmp_path / "a.db.keys")
    plain, opened = KeysFile.transaction, []

    def transaction(self: KeysFile, **options: Any) -> Any:
        opened.append(self)
        return plain(self, **options)

    monkeypatch.setattr(KeysFile, "transaction", transaction)
    keys = Keys(tmp_path / "a.db.keys", archive.id)
    assert keys.file.here
    assert [keys.secret("no key") for _ in range(5)] == [None] * 5
    assert len(opened) == 2
    # A key that another process adds is found, at once and later.
    for name in ("Another", "A third"):
        other = Keys(tmp_path / "a.db.keys", archive.id)
        key = other.propose(name)
        other.hold(key)
        assert keys.secret(key.id) == key.secret
        aged(tmp_path / "a.db.keys")
        assert keys.secret("no key") is None


def test_two_changes_that_a_clock_does_not_tell_apart_are_both_seen(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "a.db.keys"
    keys, other = Keys(path, archive.id), Keys(path, archive.id)
    for name in ("Another", "A third"):
        key = other.propose(name)
        before = path.stat()
        assert keys.secret(key.id) is None
        other.hold(key)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert keys.secret(key.id) == key.secret
