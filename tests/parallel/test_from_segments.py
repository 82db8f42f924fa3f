"""A rebuild that reads segments: the rows of the log, and a clear error where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.parallel.test_rebuild import content

from dateline import Archive, DatelineError, Plugins
from dateline.testing import samples
from dateline.views import bulk

pytest.importorskip("pyarrow")


@pytest.fixture
def archive(db: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(db, Plugins.load(strict=True), tmp_path / "keys") as archive:
        for number in range(12):
            archive.record(samples.story(slug=f"ferry-{number:02}"))
        said = samples.statement(text="A witness said so")
        archive.record([said], story="ferry-03", protect="the witness")
        yield archive


@pytest.fixture
def folder(archive: Archive, tmp_path: Path) -> Path:
    archive.export_segments(tmp_path / "segments")
    return tmp_path / "segments"


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "STEP", 20)


def refused(archive: Archive, folder: Path) -> str:
    with pytest.raises(DatelineError) as caught:
        archive.rebuild(segments=folder)
    return caught.value.code


def test_the_rows_are_those_of_the_log(archive: Archive, folder: Path) -> None:
    archive.rebuild()
    one = content(archive)
    builds = archive.rebuild(segments=folder)

    assert {build.generation for build in builds} == {2}
    assert content(archive) == one


def test_events_since_are_read_from_the_log(archive: Archive, folder: Path) -> None:
    """Those after the target of a build: the segments end before it only if events came earlier."""
    archive.record([samples.statement(text="Later")], story="ferry-05")

    assert refused(archive, folder) == "segments-behind"
    archive.export_segments(folder)
    archive.rebuild(segments=folder)
    assert all(archive.verify_view(name) == [] for name in archive.plugins.views)


def test_a_changed_segment_is_refused_and_the_build_goes_on_without_it(
    archive: Archive, folder: Path
) -> None:
    archive.rebuild()
    one = content(archive)
    [segment] = folder.glob("*.parquet")
    before = segment.read_bytes()
    segment.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    assert refused(archive, folder) == "segment-changed"
    assert content(archive) == one, "readers keep the rows they had"

    segment.write_bytes(before)
    archive.rebuild(segments=folder)
    assert content(archive) == one


def test_segments_with_erased_content_are_refused(archive: Archive, folder: Path) -> None:
    [*_, last] = archive.events("ferry-07")
    archive.erase(positions=[last.position], reason="asked for", basis="consent withdrawn")

    assert refused(archive, folder) in ("segments-behind", "segments-stale")
    archive.export_segments(folder)
    archive.rebuild(segments=folder)
    assert all(archive.verify_view(name) == [] for name in archive.plugins.views)


def test_a_folder_without_segments_begins_no_build(archive: Archive, tmp_path: Path) -> None:
    assert refused(archive, tmp_path / "nowhere") == "segments-not-found"
    assert archive.builds() == []


@pytest.mark.slow
def test_processes_read_them_too(archive: Archive, folder: Path) -> None:
    archive.rebuild()
    one = content(archive)
    archive.rebuild(segments=folder, jobs=2)

    assert content(archive) == one


def test_the_texts_of_sources_are_read_from_the_archive(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        found = archive.search("towed", within=["source"]).hits
        archive.export_segments(tmp_path / "segments")
        archive.rebuild(archive.own_views(), segments=tmp_path / "segments")

        assert archive.search("towed", within=["source"]).hits == found != ()
        assert [archive.verify_view(name) for name in archive.own_views()] == [[]] * 3
