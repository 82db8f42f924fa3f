"""A real browser and a real server: stories of the demo, a hostile story, a stranger's plugin."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.security import hostile
from tests.web.browser.desk import Desk
from tests.web.browser.watched import ARGUMENTS, Watched
from tests.web.running import served

from dateline.testing import samples

#: A plugin of somebody else: a view and a format.
STRANGER = '''
from dateline.plugin import Exporter, FactRow, FactView, hookimpl

class Wards(FactView):
    """How long the sentence of each fact is."""
    name, version = "lengths", 1
    class Row(FactRow, frozen=True):
        letters: int
        sentence: str
    def rows(self, fact):
        yield self.Row(letters=len(fact.data.text), sentence=fact.data.text)

class Plain(Exporter):
    name, suffix, media_type = "plainest", ".plainest", "text/plain"
    def export(self, material):
        for story in material.stories():
            for fact in story.shown():
                yield fact.data.text + "\\n"

@hookimpl
def dateline_views():
    return [Wards()]

@hookimpl
def dateline_exporters():
    return [Plain()]
'''


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser of the system, for all tests of a run."""
    library = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    found = os.environ.get("DATELINE_TEST_CHROMIUM") or shutil.which("chromium")
    if found is None:
        pytest.skip("there is no chromium; apt-get install chromium, or set DATELINE_TEST_CHROMIUM")
    with library.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An archive of several stories, and its server."""
    pytest.importorskip("uvicorn")
    folder: Path = tmp_path_factory.mktemp("desk")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "stranger.py").write_text(STRANGER)
    words = [hostile.WORDS, "<img src=x onerror=alert(1)>", "word" * 300, "javascript:alert(1)"]
    story = [
        line | {"slug": "hostile"} if line["type"] == "story.opened" else line
        for line in hostile.story(*words)
    ]
    (folder / "ferry.ndjson").write_text(
        "".join(json.dumps(line) + "\n" for line in samples.story())
    )
    (folder / "hostile.ndjson").write_text("".join(json.dumps(line) + "\n" for line in story))
    desk = Desk(folder, folder / "a.db")
    for command in (
        ["demo"],
        ["demo", "--story", "kherson"],
        ["import", "hostile.ndjson"],
        ["import", "ferry.ndjson"],
    ):
        desk.run(*command)
    shared = os.environ.get("DATELINE_SHARED")
    if shared is not None:
        desk.run("import", str(Path(shared) / "examples" / "kherson" / "kherson.ndjson"))
    with served(desk.db, plugins_dir=folder / "plugins") as server:
        yield desk.at(server.url)


@pytest.fixture
def watch(chromium: Any, desk: Desk) -> Iterator[Callable[..., Watched]]:
    """``watch(script=False, width=390, colors="dark")``: a page of the browser. The test fails if anything is
    written to its console, if it asks another server for anything, or opens a dialog."""
    pages: list[Watched] = []

    def opened(**settings: Any) -> Watched:
        pages.append(Watched.opened(chromium, desk.url, **settings))
        return pages[-1]

    yield opened
    for page in pages:
        page.close()
