"""An export of segments: what it writes, what it leaves alone, and what it replaces."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, product
from pathlib import Path

import msgspec
import pytest
from tests.erasure import scene
from tests.log.refused import refused
from tests.segments.ground import create, erase, files, held, log, more, small

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.errors import Damaged, LogGap
from dateline.events.payload import Erased, Sealed
from dateline.log.engine import reading
from dateline.log.read import Reader
from dateline.segments import export, read
from dateline.segments.folder import open_folder
from dateline.segments.manifest import Manifest
from dateline.segments.opening import load
from dateline.testing import samples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "segments"


@pytest.fixture
def archive(db: str, tmp_path: Path) -> Iterator[Archive]:
    with create(db, "ferry", "alma", keys=tmp_path / "keys") as archive:
        yield archive


def test_segments_read_as_the_log(archive: Archive, folder: Path) -> None:
    done = archive.export_segments(folder)
    assert (done.position, done.events, done.files, done.replaced) == (14, 14, 1, 0)
    assert held(archive, folder) == log(archive)
    found = read.manifest(folder)
    assert (found.archive, found.position) == (archive.id, archive.head().position)
    assert found.root == archive.head().root.hex()


def test_a_second_run_writes_what_is_new_and_changes_no_file(
    archive: Archive, folder: Path
) -> None:
    archive.export_segments(folder)
    first = files(folder)
    more(archive, "ferry", 3)
    assert archive.export_segments(folder).events == 3
    second = files(folder)
    kept = {name for name in first if name.endswith(".parquet")}
    assert {name: second[name] for name in kept} == {name: first[name] for name in kept}
    assert len(second) == len(first) + 1
    assert held(archive, folder) == log(archive)


def test_a_run_without_anything_new_writes_nothing(archive: Archive, folder: Path) -> None:
    archive.export_segments(folder)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = archive.export_segments(folder)
    assert (again.events, again.files, again.replaced) == (0, 0, 0)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_equal_archives_give_equal_bytes(archive: Archive, folder: Path, tmp_path: Path) -> None:
    copy_archive(archive._engine.url.render_as_string(hide_password=False), tmp_path / "copy.db")
    archive.export_segments(folder)
    with Archive.open(tmp_path / "copy.db", Plugins()) as copy:
        copy.export_segments(tmp_path / "other")
    assert files(folder) == files(tmp_path / "other")


def test_an_empty_archive_has_segments_without_an_event(db: str, folder: Path) -> None:
    with create(db) as archive:
        assert archive.export_segments(folder).events == 0
        assert held(archive, folder) == []
        archive.record(samples.story())
        archive.export_segments(folder)
        assert held(archive, folder) == log(archive)


def test_partitions_are_runs_of_stories_and_a_story_stays_in_its_own(db: str, folder: Path) -> None:
    slugs = [f"s{number}" for number in range(6)]
    with small(), create(db, *slugs) as archive:
        archive.export_segments(folder)
        for slug in slugs:
            more(archive, slug)
        archive.record(samples.story(slug="newest"))
        archive.export_segments(folder)
        assert held(archive, folder) == log(archive)
        chunks = read.chunks(folder, read.manifest(folder))
        stories = [[e[0].story for e in read.stories(run, archive._reader)] for run in chunks]
        assert [len(some) for some in stories] == [2, 2, 2, 1]
        assert list(chain.from_iterable(stories)) == sorted(story.id for story in archive.stories())
        assert all(len(chunk.segments) == 2 for chunk in chunks[:-1])


def test_few_new_events_and_many_are_read_in_different_orders_and_give_the_same(
    db: str, folder: Path
) -> None:
    with small(), create(db, "ferry", "alma", "bora") as archive:
        archive.export_segments(folder)
        for round_ in range(3):  # more than a block, less than a quarter of the log
            more(archive, "alma", 3)
            more(archive, "ferry", 3)
            if round_:
                archive.export_segments(folder)
        assert held(archive, folder) == log(archive)


@pytest.mark.parametrize("group", [4, 10])  # less than a story, and more
def test_a_chunk_is_pickled_and_has_the_stories_and_positions_that_it_says(
    group: int, db: str, folder: Path
) -> None:
    with small(full=5 * group, group=group), create(db, "ferry", "alma", "bora", "cato") as archive:
        archive.export_segments(folder)
        more(archive, "ferry", 2)
        more(archive, "bora", 1)
        archive.export_segments(folder)
        found = read.manifest(folder)
        ids = [None, *sorted(story.id for story in archive.stories())]
        for after, last in product(ids, ids):
            for until in (5, 14, archive.head().position):
                chunk = read.chunk(folder, found, after=after, last=last, until=until)
                received = read.stories(pickle.loads(pickle.dumps(chunk)), archive._reader)
                assert list(chain.from_iterable(received)) == [
                    event
                    for event in log(archive, until)
                    if (after is None or event.story > after)
                    and (last is None or event.story <= last)
                ]


def test_segments_that_end_too_early_are_not_used(archive: Archive, folder: Path) -> None:
    archive.export_segments(folder)
    more(archive, "ferry")
    with reading(archive._engine) as connection:
        assert read.usable(connection, archive._reader, folder, 14) == read.manifest(folder)
        with refused("segments-behind"):
            read.usable(connection, archive._reader, folder, 15)


def test_protected_content_stays_encrypted(db: str, folder: Path, tmp_path: Path) -> None:
    with Archive.create(db, Plugins(), tmp_path / "keys") as archive:
        scene.fill(archive)
        archive.export_segments(folder)
        assert held(archive, folder) == log(archive)
        rows = list(read.read_rows(folder, read.manifest(folder)))
        assert {row[8] for row in rows} > {None}
        assert not any(scene.CANARY.encode() in row[9] for row in rows)
        stranger, found = Reader(archive.plugins.registry()), read.manifest(folder)
        events = [e for s in read.stories(read.chunk(folder, found), stranger) for e in s]
        sealed = [event for event in events if isinstance(event.data, Sealed)]
        assert len(sealed) == sum(event.subject_key is not None for event in log(archive))


def test_erased_content_is_purged_by_the_next_run(db: str, folder: Path, tmp_path: Path) -> None:
    with small(), Archive.create(db, Plugins(), tmp_path / "keys") as archive:
        scene.fill(archive)
        archive.export_segments(folder)
        before = files(folder)
        scene.erase(archive)
        scene.erase(archive, scene.PLAIN)
        with reading(archive._engine) as connection, refused("segments-stale"):
            read.usable(connection, archive._reader, folder, 1)
        done = archive.export_segments(folder)
        assert done.replaced and done.events == 2
        with reading(archive._engine) as connection:
            read.usable(connection, archive._reader, folder, 1)
        assert held(archive, folder) == log(archive)
        rows = read.read_rows(folder, read.manifest(folder))
        assert not any(scene.CLEAR.encode() in (row[9] or b"") for row in rows)
        after = files(folder)
        replaced = [name for name in before if name.endswith(".parquet") and name not in after]
        assert len(replaced) == done.replaced < len(before) - 1
        assert any(isinstance(event.data, Erased) for event in held(archive, folder))
        assert archive.export_segments(folder).replaced == 0


def test_segments_of_another_archive_or_history_are_left_alone(
    db: str, folder: Path, tmp_path: Path
) -> None:
    with create(db, "ferry") as archive:
        archive.backup(tmp_path / "old.db")
        archive.export_segments(folder)
        more(archive, "ferry")
        archive.export_segments(folder)
        before = files(folder)
        with create(":memory:", "ferry") as other, refused("segments-foreign"):
            other.export_segments(folder)
        with Archive.open(tmp_path / "old.db", Plugins()) as old:
            with refused("segments-diverged"):  # the log ends before the segments do
                old.export_segments(folder)
            more(old, "ferry", 2)
            with refused("segments-diverged"):  # it goes on in another way
                old.export_segments(folder)
            with reading(old._engine) as connection, refused("segments-diverged"):
                read.usable(connection, old._reader, folder, 1)
        assert files(folder) == before


def test_a_file_in_the_place_of_the_folder_is_refused(archive: Archive, folder: Path) -> None:
    folder.write_text("precious")
    with refused("file-unreadable"):
        archive.export_segments(folder)
    assert folder.read_text() == "precious"
    with refused("file-unreadable"):
        archive.export_segments(folder / "below")


def test_other_files_in_the_folder_are_kept(archive: Archive, folder: Path) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "mine.parquet").write_text("mine too")
    archive.export_segments(folder)
    more(archive, "ferry")
    archive.export_segments(folder)
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "mine.parquet").read_text() == "mine too"
    assert held(archive, folder) == log(archive)


def test_an_object_store_holds_the_same(archive: Archive, folder: Path) -> None:
    url = f"memory://{os.urandom(8).hex()}/deep"
    for _ in range(2):
        archive.export_segments(folder)
        archive.export_segments(url)
        assert [segment.sha256 for segment in read.manifest(url).segments()] == [
            segment.sha256 for segment in read.manifest(folder).segments()
        ]
        erase(archive, archive.head().position)
        more(archive, "ferry")
    with reading(archive._engine) as connection, refused("segments-stale"):
        read.usable(connection, archive._reader, url, 1)


def test_a_place_that_nobody_knows_is_refused(archive: Archive) -> None:
    with refused("segments-place"):
        archive.export_segments("nowhere://desk/segments")


def test_a_folder_without_segments_is_not_read(tmp_path: Path) -> None:
    with refused("segments-not-found"):
        read.manifest(tmp_path)
    with refused("segments-not-found"):
        read.manifest(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("UPDATE events SET recorded_us = 1.5 WHERE position = 6", Damaged),
        ("UPDATE events SET type = x'00' WHERE position = 6", Damaged),
        ("UPDATE events SET body = x'ff' WHERE position = 6", Damaged),
        ("UPDATE events SET story = x'00' WHERE position = 6", Damaged),
        ("DELETE FROM events WHERE position = 6", LogGap),
    ],
)
def test_a_damaged_log_is_not_exported(
    change: str, error: type[Exception], tmp_path: Path, folder: Path
) -> None:
    create(tmp_path / "a.db", "ferry").close()
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
    with Archive.open(tmp_path / "a.db", Plugins(), resume=False) as archive, pytest.raises(error):
        archive.export_segments(folder)
    assert not any(name.startswith("manifest") for name in files(folder))


def test_positions_of_a_segment_are_within_its_range(db: str, folder: Path) -> None:
    with small(), create(db, "ferry", "alma", "bora") as archive:
        archive.export_segments(folder)
        more(archive, "ferry", 2)
        archive.export_segments(folder)
        tables = [
            (segment, load(open_folder(folder), segment)["position"].to_pylist())
            for segment in read.manifest(folder).segments()
        ]
        for segment, positions in tables:
            assert (min(positions), max(positions)) == (segment.first, segment.last)
        assert sorted(at for _, positions in tables for at in positions) == [*range(1, 24)]


def test_only_segments_import_pyarrow_and_fsspec(tmp_path: Path) -> None:
    code = (
        "import sys, dateline.archive, dateline.cli.export, dateline.segments.read, dateline.segments.export\n"
        "assert not {'pyarrow', 'fsspec'} & sys.modules.keys()\n"
        "from dateline import Archive\n"
        "from dateline.testing import samples\n"
        "with Archive.create('a.db') as archive:\n"
        "    archive.record(samples.story())\n"
        "    archive.export_segments('segments')\n"
        "assert 'fsspec' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_the_manifest_is_json_that_others_can_read(archive: Archive, folder: Path) -> None:
    archive.export_segments(folder)
    [name] = [name for name in files(folder) if name.startswith("manifest")]
    fields = json.loads((folder / name).read_bytes())
    assert fields["position"] == 14
    assert fields["partitions"][0]["segments"][0]["events"] == 14
    assert msgspec.json.decode((folder / name).read_bytes()) == fields


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_run_that_another_overtook_is_refused(
    rounds: int, archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.export_segments(folder)
    more(archive, "ferry")
    commit = export._Run._commit

    def late(run: export._Run, manifest: Manifest) -> None:
        monkeypatch.setattr(export._Run, "_commit", commit)
        for _ in range(rounds):
            more(archive, "alma")
            archive.export_segments(folder)
        commit(run, manifest)

    monkeypatch.setattr(export._Run, "_commit", late)
    with refused("segments-overtaken"):
        archive.export_segments(folder)
    assert len([name for name in files(folder) if name.startswith("manifest")]) == 1
    assert held(archive, folder) == log(archive)
    assert archive.export_segments(folder).events == 0
    assert held(archive, folder) == log(archive)


def test_cleaning_up_leaves_the_files_of_a_run_that_has_begun_since(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, commit = export._Run._remove_all_but, export._Run._commit

    def slow(run: export._Run, manifest: Manifest) -> None:
        def later(other: export._Run, its: Manifest) -> None:
            clean(run, manifest)  # while the files of the other have no manifest yet
            commit(other, its)

        monkeypatch.setattr(export._Run, "_remove_all_but", clean)
        monkeypatch.setattr(export._Run, "_commit", later)
        more(archive, "ferry")
        archive.export_segments(folder)

    monkeypatch.setattr(export._Run, "_remove_all_but", slow)
    archive.export_segments(folder)
    assert held(archive, folder) == log(archive)
