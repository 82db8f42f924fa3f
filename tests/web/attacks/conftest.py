"""A server of the sample story, in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bundled import plugins
from tests.web.running import Running, in_a_thread

from dateline import Archive
from dateline.testing import samples


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    pytest.importorskip("uvicorn")
    from dateline_web.app import application
    from dateline_web.guard import Rules
    from dateline_web.site import Site

    db: Path = tmp_path_factory.mktemp("served") / "a.db"
    with Archive.create(db, plugins()) as archive:
        archive.record(samples.story())
    with (
        Archive.open(db, plugins(), read_only=True) as archive,
        in_a_thread(application(Site(archive), Rules({"localhost"}))) as running,
    ):
        yield running
