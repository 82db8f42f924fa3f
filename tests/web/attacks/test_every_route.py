"""Protected and erased content is asked for in every route and form, and is in no answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from string import Formatter
from urllib.parse import quote

import pytest
from tests.erasure import scene
from tests.web.conftest import Open, Reader

from dateline import Archive
from dateline.testing import samples
from dateline_web.page import AS_OF
from dateline_web.pages import PAGES

DAYS = (None, "2024-05-06", "2030-01-01")
#: Questions that show more, or that find something.
QUERIES = {
    "/search": ("q=passengers&everything=1", f"q={scene.CANARY}&everything=1", f"q={scene.CLEAR}", "speaker=person:w1"),
    "/entities": (f"like={scene.CANARY}", ""),
    "/stories/{slug}/diff": ("from=2000-01-01&to=2030-01-01", ""),
    "/views/{view}": ("everything=1", f"everything=1&where=story~{scene.CANARY}"),
    "/stories/{slug}/views/{view}": ("everything=1", ""),
}  # fmt: skip


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "dateline.db") as archive:
        scene.fill(archive)
        archive.catch_up()
        yield archive


def targets(archive: Archive) -> Iterator[str]:
    """Every route in each of its forms, about everything that the archive ever had."""
    state = archive.state("ferry")
    places = {
        "slug": ["ferry"],
        "fact": sorted({*state.facts, *state.erased, "f3", "f4", "f5"}),
        "view": sorted(archive.plugins.views),
        "format": sorted(archive.plugins.exporters),
    }
    sources = [
        one.removeprefix("sha256:") for one in {*state.sources, scene.LETTER_ID, samples.SOURCE}
    ]
    for page in PAGES:
        endings = [None] if page.html is not None else []
        endings += [*(page.forms or {}), *(["json"] if page.record is not None else [])]
        ids = sources if "/sources/" in page.path else [*state.entities, scene.PERSON]
        names = [name for _, name, _, _ in Formatter().parse(page.path) if name]
        for values in product(*((places | {"id": ids})[name] for name in names)):
            given = dict(zip(names, map(quote, values), strict=True))
            for ending, query in product(dict.fromkeys(endings), QUERIES.get(page.path, ("",))):
                path = page.path if ending is None else f"{page.stem}.{ending}"
                for day in DAYS if AS_OF in page.query else DAYS[:1]:
                    asked = "&".join(filter(None, (query, day and f"as_of={day}")))
                    yield f"{path.format(**given)}?{asked}"


def answers(reader: Reader, archive: Archive) -> Iterator[tuple[str, int, str]]:
    """What came back for each: its status and all its words, without those of the question."""
    for target in targets(archive):
        answer = reader.ask(target)
        text = answer.text + " ".join(answer.headers.values())
        for word in (scene.CANARY, scene.CLEAR):
            # Pages repeat what was asked for, in forms, links and messages.
            for said in (f'"{word}"', f"={word}", f"~{word}", f": {word} ", f">{word}<"):
                text = text.replace(said, "") if word in target else text
        yield target, answer.status_code, text


def test_protected_content_is_in_no_answer(filled: Archive, reading: Open) -> None:
    reader, counts = reading(), dict[int, int]()
    for target, status, text in answers(reader, filled):
        assert scene.CANARY not in text.upper(), target
        counts[status] = counts.get(status, 0) + 1
    assert set(counts) <= {200, 400, 404} and counts[200] > 100, counts


def test_it_is_there_if_it_is_served_with_protected(filled: Archive, reading: Open) -> None:
    found = [
        target
        for target, _, text in answers(reading(protected=True), filled)
        if scene.CANARY in text.upper()
    ]
    kinds = {
        target.split("/")[3] if target.count("/") > 2 else target.split("?")[0] for target in found
    }
    assert {"facts", "sources", "views", "export"} <= {kind.partition("?")[0] for kind in kinds}


def test_erased_content_is_in_no_answer(filled: Archive, reading: Open) -> None:
    reader = reading(protected=True)
    assert any(scene.CLEAR in text.upper() for _, _, text in answers(reader, filled))
    filled.erase(positions=[scene.PLAIN], reason=scene.REASON, basis=scene.BASIS)
    filled.erase(subject=scene.WITNESS, reason=scene.REASON, basis=scene.BASIS)
    counts: dict[int, int] = {}
    for target, status, text in answers(reader, filled):
        assert scene.CLEAR not in text.upper() and scene.CANARY not in text.upper(), target
        counts[status] = counts.get(status, 0) + 1
    assert set(counts) <= {200, 400, 404} and counts[200] > 100, counts
