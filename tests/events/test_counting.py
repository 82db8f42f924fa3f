"""Documents and publishers as a person counts them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.bundled import plugins

from dateline import Archive
from dateline.events.counting import counts, documents
from dateline.events.source import SourceCaptured
from dateline.pytest_plugin import Cli
from dateline.testing import samples

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
PAGE, OTHER = "https://wire.example/1", "https://wire.example/2"


def source(name: str, **given: str) -> SourceCaptured:
    return SourceCaptured(source=name, **{"publisher": samples.WIRE} | given)


@pytest.mark.parametrize(
    ("why", "sources", "number"),
    [
        ("two files", [source(A), source(B)], 2),
        ("an original and its text", [source(A), source(B, derived_from=A)], 1),
        ("a text whose original is kept elsewhere", [source(B, derived_from=A)], 1),
        ("two visits to an address", [source(A, url=PAGE), source(B, url=PAGE)], 1),
        ("the same text on a second visit", [source(A, url=PAGE), source(f"{A}.2", url=PAGE)], 1),
        ("the same file twice", [source(A), source(f"{A}.2")], 1),
        ("one text at two addresses", [source(A, url=PAGE), source(f"{A}.2", url=OTHER)], 2),
        ("one text of two publishers", [source(A), source(f"{A}.2", publisher=samples.NORA)], 2),
        ("one address, two publishers", [source(A, url=PAGE), source(B, url=PAGE, publisher=samples.NORA)], 2),
        (
            "two pages with one text",
            [
                source(A, url=PAGE),
                source(B, derived_from=A),
                source("sha256:c", url=OTHER),
                source(f"{B}.2", derived_from="sha256:c"),
            ],
            2,
        ),
        (
            "two visits, each with its text",
            [
                source(A, url=PAGE),
                source(f"{B}.2", derived_from=A),
                source("sha256:c", url=PAGE),
                source("sha256:d", derived_from="sha256:c"),
            ],
            1,
        ),
    ],
)  # fmt: skip
def test_documents(why: str, sources: list[SourceCaptured], number: int) -> None:
    for order in (sources, sources[::-1]):
        found = documents({one.source: one for one in order})
        assert (len({*found.values()}), found.keys()) == (
            number,
            {one.source for one in sources},
        ), why


def test_a_story_counts_the_documents_that_its_shown_facts_are_drawn_from() -> None:
    other = samples.TEXT + " Nothing else was drawn from this."
    fact = samples.figure(source=samples.digest(other), text="A figure of the other document")
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story(samples.captured(other), fact))
        assert str(counts(archive.state("ferry"))) == "3 facts from 2 documents of 1 publisher"
        archive.record([samples.retracted("f3")], story="ferry")
        counted = counts(archive.state("ferry"))
        assert str(counted) == "2 facts from 1 document of 1 publisher"
        assert counted.unused == 1
        assert [found.sources for found in archive.overview()] == [2]


def test_a_story_without_facts_has_nothing_to_count() -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record([samples.opened()])
        assert str(counts(archive.state("ferry"))) == "0 facts"


def test_show_and_stories_count_an_original_and_its_text_once(dateline_cli: Cli) -> None:
    page = samples.captured("<p>A page.</p>", media_type="text/html", url=PAGE)
    text = samples.captured("A page.", derived_from=page["source"])
    lines = [*samples.story(), page, text]
    (Path.cwd() / "story.ndjson").write_text("\n".join(map(json.dumps, lines)))
    assert dateline_cli("init").code == dateline_cli("import", "story.ndjson").code == 0
    [listed] = json.loads(dateline_cli("stories", "-f", "json").out)
    shown = {
        row["story"]: row["ferry"]
        for row in json.loads(dateline_cli("show", "ferry", "-f", "json").out)
    }
    assert (listed["sources"], shown["sources"], shown["publishers"]) == (2, 2, 1)


def test_stories_count_documents_as_amended() -> None:
    one, two = (samples.captured(f"FICTION. Report {n}.", url=PAGE) for n in range(2))
    two["publisher"] = samples.NORA
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story(one, two))

        def counted() -> int:
            [overview] = archive.overview()
            assert len(archive.view("sources", "ferry").rows) == overview.sources
            return overview.sources

        assert counted() == 3
        archive.amend("ferry", two["source"], {"publisher": samples.WIRE}, reason="Misread")
        assert counted() == 2
        archive.undo("ferry")
        assert counted() == 3
        archive.merge("ferry", samples.NORA, samples.WIRE, reason="One house")
        assert counted() == 2
