"""An archive that is opened without its protected content shows it nowhere, and all else as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.erasure import scene
from tests.erasure.scene import CANARY, CLEAR, LETTER_ID

from dateline import Archive, Plugins, UnknownName
from dateline.events.payload import Erased
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


@pytest.fixture
def writer(db: str, tmp_path: Path) -> Iterator[Archive]:
    """An archive whose views and indexes hold protected content in plain text."""
    with Archive.create(db, PLUGINS, tmp_path / "a.keys") as archive:
        scene.fill(archive)
        archive.catch_up()
        archive.search("passengers")
        archive.entities()
        archive.overview()
        yield archive


@pytest.fixture
def reader(writer: Archive, db: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(db, PLUGINS, tmp_path / "a.keys", read_only=True, protected=False) as archive:
        yield archive


def shown(archive: Archive) -> Iterator[str]:
    """All that an archive shows, as text."""
    for format_ in ("csv", "html", "json", "markdown", "ndjson"):
        for when in ({}, {"as_of": "2030-01-01"}, {"as_recorded": 17}):
            yield archive.export("ferry", format=format_, **when)  # type: ignore[arg-type]
    for view in PLUGINS.views:
        yield repr(archive.view(view, "ferry", everything=True).rows)
        yield repr(archive.view(view, everything=True).rows)
    for words in (CANARY, f"{CANARY}*", "passengers", "safe", "17 of 20"):
        yield repr(archive.search(words, everything=True))
    yield repr(archive.entities())
    yield repr(archive.duplicates())
    yield repr(archive.overview())
    yield repr(list(archive.events()))
    state = archive.state("ferry")
    yield repr((state.facts, state.entities, state.sources, state.protected, state.acts))
    yield repr(archive.document(LETTER_ID))
    yield repr(archive.diff("ferry", "2000", "2030"))


def test_protected_content_is_nowhere(writer: Archive, reader: Archive) -> None:
    assert any(CANARY in text for text in shown(writer))
    for text in shown(reader):
        assert CANARY not in text.upper()
    assert any(CLEAR in text for text in shown(reader))


def test_what_is_not_protected_is_as_it_is(writer: Archive, reader: Archive) -> None:
    state = reader.state("ferry")
    assert sorted(state.facts) == ["f1", "f2", "f5"]
    assert state.facts["f1"].data == writer.fact("ferry", "f1").data
    assert reader.document(samples.SOURCE) == writer.document(samples.SOURCE)
    for name in ("f3", "f4"):
        with pytest.raises(UnknownName):
            reader.fact("ferry", name)
    hits = [(hit.story, hit.id) for hit in writer.search("passengers", within=["fact"]).hits]
    found = [(hit.story, hit.id) for hit in reader.search("passengers", within=["fact"]).hits]
    assert found == [one for one in hits if one not in (("ferry", "f3"), ("ferry", "f4"))]
    assert reader.overview()[0].facts == 3
    assert sum(isinstance(event.data, Erased) for event in reader.events()) == 8
    assert len(list(reader.events())) == writer.head().position


def test_it_follows_what_is_recorded(writer: Archive, reader: Archive) -> None:
    assert [hit.id for hit in reader.search("lifeboat").hits] == []
    lifeboat = samples.figure(text="One lifeboat")
    writer.record([lifeboat], story="ferry", protect=scene.WITNESS)
    writer.record([samples.figure(text="Two lifeboats")], story="ferry")

    assert [hit.id for hit in reader.search("lifeboat").hits] == ["f7"]
    assert "lifeboat" in repr(reader.view("figures", "ferry").rows)
    assert "One lifeboat" not in repr(reader.view("figures", "ferry").rows)


def test_without_protected_content_the_rows_that_others_kept_are_read(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(db, PLUGINS, tmp_path / "a.keys") as writer:
        writer.record(samples.story())
        rows = writer.view("figures", "ferry").rows
    monkeypatch.setattr("dateline.export.served.states", None)
    with Archive.open(db, PLUGINS, read_only=True, protected=False) as reader:
        assert reader.view("figures", "ferry").rows == rows


def test_an_archive_that_is_written_to_has_all_of_its_content(db: str) -> None:
    with pytest.raises(ValueError, match="read_only"):
        Archive.open(db, protected=False)
