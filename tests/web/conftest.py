"""The reader without a network: its application is asked in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from dateline import Archive, Plugins
from dateline_web.app import application
from dateline_web.guard import Rules
from dateline_web.site import Site


class Reader:
    """Asks for pages of an archive, one after the other."""

    def __init__(self, archive: Archive, runner: asyncio.Runner) -> None:
        app = application(Site(archive), Rules({"reader.test"}))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://reader.test")
        self._runner = runner

    def ask(self, path: str, **query: Any) -> httpx.Response:
        """The answer, whatever it is."""
        return self._runner.run(self._client.get(path, params=query or None))

    def page(self, path: str, **query: Any) -> str:
        """A page that is there."""
        answer = self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def json(self, path: str, **query: Any) -> Any:
        answer = self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


#: Opens the archive at a path, or ``dateline.db`` of the current folder, for reading as ``serve`` does.
Open = Callable[..., Reader]


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(plugins: Plugins | None = None, protected: bool = False) -> Reader:
            path = tmp_path / "dateline.db"
            archive = Archive.open(path, plugins, read_only=True, protected=protected)
            return Reader(stack.enter_context(archive), stack.enter_context(asyncio.Runner()))

        yield opened


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Callable[..., Archive]]:
    """Creates that archive with some lines."""
    with ExitStack() as stack:

        def recorded(*lines: dict[str, Any], plugins: Plugins | None = None) -> Archive:
            archive = stack.enter_context(Archive.create(tmp_path / "dateline.db", plugins))
            archive.record(lines)
            return archive

        yield recorded
