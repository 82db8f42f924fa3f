"""Segments that were changed are refused, and verify finds what hashes alone do not."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.log.refused import refused
from tests.segments.ground import create, erase, files, held, log, more, small

from dateline import Archive, DatelineError, Plugins
from dateline.proof.report import Report
from dateline.segments import parquet, read
from dateline.segments.folder import open_folder
from dateline.segments.manifest import Manifest, Partition, Segment, decode, file_name
from dateline.segments.opening import load, manifest_name

CHANGED = "segment-changed"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in three partitions, the first of which has two segments."""
    folder = tmp_path_factory.mktemp("ground")
    with small(full=5), create(folder / "a.db", "ferry", "alma", "bora") as archive:
        archive.export_segments(folder / "segments")
        more(archive, "ferry", 2)
        archive.export_segments(folder / "segments")
    return folder


@pytest.fixture
def copied(ground: Path, tmp_path: Path) -> Path:
    shutil.copytree(ground, tmp_path / "copied")
    return tmp_path / "copied"


def everything(folder: Path) -> None:
    with Archive.open(folder / "a.db", Plugins()) as archive:
        assert held(archive, folder / "segments") == log(archive)


def verified(folder: Path) -> Report:
    with Archive.open(folder / "a.db", Plugins()) as archive:
        report = archive.verify()
        archive.verify_segments(folder / "segments", report)
    return report


def test_untouched_segments_are_all_right(ground: Path) -> None:
    everything(ground)
    report = verified(ground)
    assert (report.findings, report.unchecked, report.checked["segments"]) == ([], [], 4)


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
def test_a_changed_byte_anywhere_is_refused(ground: Path, data: st.DataObject) -> None:
    folder = ground / "segments"
    name = data.draw(st.sampled_from(sorted(files(folder))))
    content = (folder / name).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(content)
    changed[at] ^= other
    try:
        (folder / name).write_bytes(changed)
        with pytest.raises(DatelineError) as caught:
            everything(ground)
        assert caught.value.code in (CHANGED, "segments-format")
        assert name in str(caught.value)
    finally:
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("end", [0, 100, -1])
def test_a_file_that_was_cut_off_is_refused(copied: Path, end: int) -> None:
    for name in sorted(files(copied / "segments")):
        path = copied / "segments" / name
        content = path.read_bytes()
        path.write_bytes(content[:end])
        with refused(CHANGED) as caught:
            everything(copied)
        assert name in str(caught.value)
        path.write_bytes(content)


def test_a_missing_segment_is_named(copied: Path) -> None:
    [*_, last] = read.manifest(copied / "segments").segments()
    (copied / "segments" / last.file).unlink()
    with refused("segment-missing") as caught:
        everything(copied)
    assert last.file in str(caught.value)
    assert verified(copied).rules == ["segments"]


# -- with every hash computed again ---------------------------------------------------------------


def forge(folder: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Change the manifest and give it its hash again."""
    found = read.manifest(folder)
    path = folder / manifest_name(found.number)
    path.write_bytes(change(found).encode())


def with_segment(found: Manifest, segment: Segment, at: int = 0) -> Manifest:
    """The manifest with another first segment in a partition."""
    old = found.partitions[at]
    parts = list(found.partitions)
    parts[at] = Partition(old.first, (segment, *old.segments[1:]))
    return msgspec.structs.replace(found, partitions=tuple(parts))


def rewrite(folder: Path, change: Callable[[list[parquet.Row]], list[parquet.Row]]) -> None:
    """Change rows of the first segment, and give file and manifest their hashes again."""
    found = read.manifest(folder)
    old = found.partitions[0].segments[0]
    rows = list(parquet.rows(load(open_folder(folder), old)))
    content = parquet.dump(parquet.table_of(change(rows)))
    sha256 = hashlib.sha256(content).hexdigest()
    new = msgspec.structs.replace(old, file=file_name(9, 0, sha256), sha256=sha256)
    (folder / new.file).write_bytes(content)
    forge(folder, lambda found: with_segment(found, new))


def test_a_manifest_that_leaves_a_segment_out_is_refused(copied: Path) -> None:
    def shorter(found: Manifest) -> Manifest:
        return msgspec.structs.replace(found, partitions=found.partitions[1:])

    forge(copied / "segments", shorter)
    with refused(CHANGED):
        everything(copied)


def test_a_version_that_is_missing_is_refused(copied: Path) -> None:
    def doubled(rows: list[parquet.Row]) -> list[parquet.Row]:
        return [*rows[:2], rows[1], *rows[3:]]

    rewrite(copied / "segments", doubled)
    with refused(CHANGED):
        everything(copied)
    assert verified(copied).rules == ["segments"]


def test_another_body_is_found_by_verify(copied: Path) -> None:
    def other(rows: list[parquet.Row]) -> list[parquet.Row]:
        return [
            *rows[:3],
            (*rows[3][:9], rows[3][9].replace(b"Voss", b"Vass"), rows[3][10]),
            *rows[4:],
        ]

    rewrite(copied / "segments", other)
    report = verified(copied)
    assert [(found.rule, found.position) for found in report.findings] == [("segments", 4)]


@pytest.mark.parametrize("field", ["position", "root", "archive"])
def test_a_manifest_with_another_head_is_found(copied: Path, field: str) -> None:
    wrong = {"position": 40, "root": "00" * 32, "archive": UUID(int=1)}[field]
    forge(copied / "segments", lambda found: msgspec.structs.replace(found, **{field: wrong}))
    if field == "archive":
        with refused("segments-foreign"):
            verified(copied)
    else:
        assert verified(copied).rules == ["segments"]


def test_a_manifest_that_names_other_files_is_refused(copied: Path) -> None:
    def outside(found: Manifest) -> Manifest:
        old = found.partitions[0].segments[0]
        shutil.copy(copied / "segments" / old.file, copied / "secret")
        return with_segment(found, msgspec.structs.replace(old, file="../secret"))

    forge(copied / "segments", outside)
    with refused(CHANGED):
        everything(copied)


def test_a_manifest_of_a_later_format_is_refused(copied: Path) -> None:
    forge(copied / "segments", lambda found: msgspec.structs.replace(found, format=2))
    with refused("segments-format"):
        everything(copied)


@settings(max_examples=examples(100), deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=60),
        st.from_regex(r'\{"[a-z]{1,9}": ?[0-9\[\]{}"]{0,9}\}').map(str.encode),
    )
)
def test_any_bytes_are_a_manifest_or_refused(content: bytes) -> None:
    with refused(CHANGED):
        decode(content, "here")


def test_segments_with_content_that_was_erased_are_reported_as_not_checked(copied: Path) -> None:
    with Archive.open(copied / "a.db", Plugins()) as archive:
        erase(archive, 6)
    report = verified(copied)
    assert report.findings == [] and len(report.unchecked) == 1
    with Archive.open(copied / "a.db", Plugins()) as archive:
        archive.export_segments(copied / "segments")
    report = verified(copied)
    assert (report.findings, report.unchecked) == ([], [])
