"""An archive with one story, and what became of each document of a file that is captured in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.bundled import plugins

from dateline import Archive

Capture = Callable[..., dict[str, str]]


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")
        yield archive


@pytest.fixture
def capture(archive: Archive, tmp_path: Path) -> Capture:
    """What became of each document of a file: ``new``, ``again``, or the code of its error."""

    def call(
        name: str, content: bytes, publisher: str | None = "org:desk=Desk", **how: object
    ) -> dict[str, str]:
        path = tmp_path / name
        path.write_bytes(content)
        found = {}
        for tried in archive.capture_all([str(path)], story="ferry", publisher=publisher, **how):  # type: ignore[arg-type]
            place = tried.place.removeprefix(str(path)).removeprefix(": ")
            done = tried.captured
            word = (
                tried.error.code
                if done is None and tried.error
                else "new"
                if done and done.new
                else "again"
            )
            assert tried.error is None or tried.error.hint, f"{tried.error} has no next step"
            # A mail that lies too deep is captured, and what is attached to it is not.
            assert found.get(place, word) != word or place not in found, (
                f"{place} was reported twice"
            )
            found[place] = word
        return found

    return call
