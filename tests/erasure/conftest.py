"""Fixtures: an archive to erase from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.erasure import scene

from dateline import Archive, Plugins

PLUGINS = Plugins.load(strict=True)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, with its keys next to it; each test erases from a copy."""
    folder = tmp_path_factory.mktemp("filled")
    with Archive.create(folder / "a.db", PLUGINS) as archive:
        scene.fill(archive)
    return folder


@pytest.fixture
def archive(tmp_path: Path, filled: Path) -> Iterator[Archive]:
    for file in filled.iterdir():
        shutil.copy(file, tmp_path)
    with Archive.open(tmp_path / "a.db", PLUGINS) as archive:
        yield archive
