"""A document is protected wherever it is captured, or nowhere, also when writers compete."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline import Archive, Plugins, Refused
from dateline.recording.recorder import Recorder
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
LETTER = samples.captured("A letter.\n")
WITNESS = "The witness"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.create(tmp_path / "a.db", PLUGINS)
    archive.record(samples.story())
    archive.record(samples.story(slug="other"))
    archive.record([samples.entity("person:w", "W")], story="ferry", protect=WITNESS)
    return archive


def assert_protection(refused: Refused) -> None:
    assert [(found.rule, found.field) for found in refused.findings] == [("protection", "/source")]


@pytest.mark.parametrize("hers_first", [True, False])
def test_one_batch_cannot_capture_a_document_both_protected_and_unprotected(
    archive: Archive, hers_first: bool
) -> None:
    ids = {story.slug: str(story.id) for story in archive.stories()}
    hers = LETTER | {"story": ids["ferry"], "byline": ["person:w"]}
    batch = [hers, LETTER | {"story": ids["other"]}]
    with pytest.raises(Refused) as refused:
        archive.record(batch if hers_first else batch[::-1])
    assert_protection(refused.value)
    archive.record([hers, LETTER | {"story": ids["other"]}], protect=WITNESS)


def test_a_document_that_another_writer_captured_unprotected_is_refused(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Recorder._write

    def late(self: Recorder, *given: object) -> object:
        monkeypatch.setattr(Recorder, "_write", plain)
        with Archive.open(tmp_path / "a.db", PLUGINS) as other:
            other.record([LETTER], story="other")
        return plain(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorder, "_write", late)
    with pytest.raises(Refused) as refused:
        archive.record([LETTER], story="ferry", protect=WITNESS)
    assert_protection(refused.value)


def test_a_document_that_another_writer_protected_is_refused(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Recorder._write

    def late(self: Recorder, *given: object) -> object:
        monkeypatch.setattr(Recorder, "_write", plain)
        with Archive.open(tmp_path / "a.db", PLUGINS) as other:
            other.record([LETTER], story="ferry", protect=WITNESS)
        return plain(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorder, "_write", late)
    with pytest.raises(Refused, match=WITNESS) as refused:
        archive.record([LETTER], story="other")
    assert_protection(refused.value)


def test_a_document_may_be_captured_unprotected_twice(archive: Archive) -> None:
    ids = [str(story.id) for story in archive.stories()]
    assert archive.record([LETTER | {"story": story} for story in ids]).new == 2
