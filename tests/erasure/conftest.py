"""The archive that something is erased from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.erasure import scene

from dateline import Archive, Plugins


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "a.db", Plugins.load(strict=True)) as archive:
        scene.fill(archive)
        yield archive
