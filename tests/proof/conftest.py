"""An archive worth tampering with: two stories, documents, corrections, 600 events, a checkpoint."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive, Plugins
from dateline.proof import keys
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, read_checkpoint
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
#: Enough for two stored nodes of the tree.
EVENTS = 600


def fill(archive: Archive) -> None:
    """The sample story (7 events), editorial events about it, and a second story."""
    archive.record(samples.story())
    notices: list[dict[str, Any]] = [
        {
            "type": "fact.corrected",
            "fact": "f2",
            "changes": [{"path": "/quantities/0/value", "was": 143, "now": 150}],
            "reason": "A second count",
        },
        {"type": "fact.disputed", "fact": "f1", "ground": "The harbour master says otherwise"},
        {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "elaborates"},
    ]
    archive.record(notices, story="ferry")
    archive.record([samples.opened("storm", "Fictional: the storm")])
    titles = [
        {"type": "story.retitled", "title": f"Fictional: the storm, day {day}"}
        for day in range(EVENTS - 11)
    ]
    archive.record(titles, story="storm")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test tampers with a copy."""
    path = tmp_path_factory.mktemp("filled") / "a.db"
    with Archive.create(path, PLUGINS) as archive:
        fill(archive)
    return path


@pytest.fixture
def archive(path: Path, filled: Path) -> Iterator[Archive]:
    shutil.copy(filled, path)
    with Archive.open(path, PLUGINS) as archive:
        yield archive


@pytest.fixture
def key(archive: Archive, tmp_path: Path) -> SigningKey:
    return keys.create(tmp_path / "a.key", archive.head().archive)


@pytest.fixture
def outside(archive: Archive, key: SigningKey) -> Checkpoint:
    """A checkpoint of the whole archive, kept elsewhere."""
    return read_checkpoint(archive.checkpoint(key).note)


@pytest.fixture
def bundle(archive: Archive, outside: Checkpoint) -> dict[str, Any]:
    return archive.prove("ferry", "f2", outside, with_documents=True)
