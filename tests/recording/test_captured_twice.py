"""A document is protected everywhere it is captured or nowhere, whoever captures it with whom."""

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


@pytest.mark.parametrize("hers_first", [True, False])
def test_not_under_a_key_and_in_the_clear_within_one_batch(
    archive: Archive, hers_first: bool
) -> None:
    ids = {story.slug: str(story.id) for story in archive.stories()}
    hers = LETTER | {"story": ids["ferry"], "byline": ["person:w"]}
    batch = [hers, LETTER | {"story": ids["other"]}]
    with pytest.raises(Refused, match="protection: is archived"):
        archive.record(batch if hers_first else batch[::-1])
    archive.record([hers, LETTER | {"story": ids["other"]}], protect=WITNESS)


def test_not_when_another_writer_captures_it_in_the_clear_meanwhile(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Recorder._write

    def late(self: Recorder, *given: object) -> object:
        monkeypatch.setattr(Recorder, "_write", plain)
        with Archive.open(tmp_path / "a.db", PLUGINS) as other:
            other.record([LETTER], story="other")
        return plain(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorder, "_write", late)
    with pytest.raises(Refused, match="is archived unprotected already"):
        archive.record([LETTER], story="ferry", protect=WITNESS)


def test_not_when_another_writer_protects_it_meanwhile(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Recorder._write

    def late(self: Recorder, *given: object) -> object:
        monkeypatch.setattr(Recorder, "_write", plain)
        with Archive.open(tmp_path / "a.db", PLUGINS) as other:
            other.record([LETTER], story="ferry", protect=WITNESS)
        return plain(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorder, "_write", late)
    with pytest.raises(Refused, match=f'under the protection of "{WITNESS}"'):
        archive.record([LETTER], story="other")


def test_the_same_document_twice_in_the_clear_is_no_matter(archive: Archive) -> None:
    ids = [str(story.id) for story in archive.stories()]
    assert archive.record([LETTER | {"story": story} for story in ids]).new == 2
