"""`dateline demo --story kherson`: real events in our own words, each chain one step longer."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dateline import Archive
from dateline.cli.root import root
from dateline.plugin import StoryState, parse_json
from dateline_demo.command import DEFAULT_DB, VIEWS, demo, record
from dateline_demo.stories import KHERSON, STORIES, VELM

TEXT = "retelling.txt"
EVENTS, FACTS, LINKS = 90, 45, 16


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.create(tmp_path_factory.mktemp("kherson") / "demo.db") as archive:
        assert record(archive, KHERSON) == EVENTS
        yield archive


@pytest.fixture(scope="module")
def story(archive: Archive) -> StoryState:
    return archive.state(KHERSON.slug)


def lines() -> list[dict[str, Any]]:
    return [parse_json(line) for line in KHERSON.lines().splitlines()]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every `length` consecutive words of `text`."""
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


# -- the story as it ships ---------------------------------------------------------------------


def test_the_text_says_in_its_first_line_what_it_is() -> None:
    first = KHERSON.read(TEXT).decode().splitlines()[0]
    assert first.startswith("RETELLING - written for the Dateline demo of publicly reported events")
    assert "2022-10-14" in first


def test_facts_name_the_retelling_by_its_hash() -> None:
    expected = "sha256:" + hashlib.sha256(KHERSON.read(TEXT)).hexdigest()
    assert {line["source"] for line in lines() if "text" in line} == {expected}


def test_no_eight_consecutive_words_are_from_the_article(shared: Path) -> None:
    article = (shared / "examples" / "kherson" / "kherson.txt").read_text("utf-8")
    assert len(runs(article, 8)) > 300
    for name in (TEXT, f"{KHERSON.slug}.ndjson"):
        assert not runs(KHERSON.read(name).decode(), 8) & runs(article, 8)


def test_it_has_the_kinds_and_relations_of_the_facts_coded_by_hand(shared: Path) -> None:
    path = shared / "examples" / "kherson" / "kherson.ndjson"
    coded = [parse_json(line) for line in path.read_bytes().splitlines()]

    def shape(events: list[dict[str, Any]]) -> Counter[tuple[str, str | None]]:
        return Counter(
            (event["type"], event.get("relation"))
            for event in events
            if event["type"].endswith((".recorded", ".linked"))
        )

    assert shape(lines()) == shape(coded)


# -- importing it ------------------------------------------------------------------------------


def test_every_fact_and_link_is_imported(story: StoryState) -> None:
    assert len(story.facts) == FACTS
    assert len(story.links) == LINKS


def test_importing_twice_adds_nothing(archive: Archive) -> None:
    before = archive.head()
    assert record(archive, KHERSON) == 0
    assert archive.head() == before


def test_every_quotation_is_in_the_retelling(archive: Archive, story: StoryState) -> None:
    for fact in story.facts.values():
        document = archive.document(fact.source)
        assert document is not None
        assert fact.data.evidence
        for item in fact.data.evidence:
            assert document.text[item.start : item.end] == item.exact


# -- what it shows -----------------------------------------------------------------------------


def test_every_chain_runs_through_reuters_to_the_demo(story: StoryState) -> None:
    for fact in story.facts.values():
        agents = [step.agent for step in fact.data.attribution]
        assert agents[-2:] == ["org:reuters", "org:dateline-demo"]
        assert {item.by for item in fact.data.factuality} == set(agents)


def test_a_governor_is_quoted_through_an_agency_through_an_agency(story: StoryState) -> None:
    expected = "Vasily Golubev, quoted by TASS, quoted by Reuters, in Dateline demo"
    assert story.facts["f26"].chain_words == expected


def test_quotations_are_short(story: StoryState) -> None:
    quotes = [getattr(fact.data, "quote", None) for fact in story.facts.values()]
    assert [quote for quote in quotes if quote] == ["rest and study"]


@pytest.mark.parametrize(
    ("fact", "when"),
    [
        ("f5", "13 October 2022"),
        ("f13", "September 2022"),
        ("f14", "12 October 2022"),
        ("f15", "since August 2022"),
        ("f27", "14 October 2022"),
        ("f35", "2014"),
        ("f44", "since 2014"),
    ],
)
def test_relative_dates_count_from_the_day_of_the_retelling(
    archive: Archive, fact: str, when: str
) -> None:
    table = archive.view("timeline", KHERSON.slug).dicts()
    assert {row["fact"]: row["when"] for row in table}[fact] == when


def test_figures_are_as_precise_as_their_source(archive: Archive) -> None:
    shown = {row["words"] for row in archive.view("figures", KHERSON.slug).dicts()}
    assert {
        "143 of 193",
        "200,000 to 999,999, given as 'hundreds of thousands'",
        "more than 50% and less than 100%, given as 'most of them'",
        "about 50%, given as 'half'",
    } <= shown


def test_what_russia_proclaimed_is_disputed(archive: Archive, story: StoryState) -> None:
    links = [link.data for link in story.links if link.data.relation == "disputes"]
    assert {(link.from_, link.to) for link in links} == {
        ("f33", "f13"), ("f34", "f13"), ("f14", "f13"),
    }  # fmt: skip
    table = archive.view("timeline", KHERSON.slug).dicts()
    assert {row["fact"] for row in table if row["status"] == "disputed"} == {"f13"}


# -- the command -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(root, arguments, catch_exceptions=False)


def position(folder: Path) -> int:
    with Archive.open(folder / DEFAULT_DB) as archive:
        return archive.head().position


def test_the_command_shows_the_same_views_as_for_the_flood(folder: Path) -> None:
    result = run("demo", "--story", "kherson")
    assert result.exit_code == 0
    assert f"Added {EVENTS} events" in result.stderr
    for view in VIEWS:
        assert f"$ dateline --db {DEFAULT_DB} show {KHERSON.slug} {view}" in result.stderr
    assert VELM.slug not in result.stderr
    again = run("demo", "--story", "kherson")
    assert position(folder) == EVENTS
    assert again.stdout == result.stdout


def test_both_stories_fit_into_one_archive(folder: Path) -> None:
    assert run("demo").exit_code == 0
    assert run("demo", "--story", "kherson").exit_code == 0
    with Archive.open(folder / DEFAULT_DB) as archive:
        assert {row.slug for row in archive.stories()} == {item.slug for item in STORIES.values()}


def test_its_markdown_shows_dates_figures_and_chains(folder: Path) -> None:
    assert run("demo", "--story", "kherson").exit_code == 0
    markdown = run("--db", DEFAULT_DB, "export", KHERSON.slug, "-f", "markdown").stdout
    assert "### since August 2022" in markdown
    assert "| 143 of 193 |" in markdown
    assert "Vasily Golubev, quoted by TASS, quoted by Reuters, in Dateline demo" in markdown


@pytest.mark.parametrize("command", KHERSON.next)
@pytest.mark.sampled(2)
def test_the_suggested_commands_work(folder: Path, command: str) -> None:
    result = run("demo", "--story", "kherson")
    assert f"  dateline --db {DEFAULT_DB} {command}\n" in result.stderr
    assert run("--db", DEFAULT_DB, *shlex.split(command)).exit_code == 0
    before = position(folder)
    assert run("demo", "--story", "kherson").exit_code == 0
    assert position(folder) == before


def test_an_unknown_story_is_a_usage_error(folder: Path) -> None:
    assert run("demo", "--story", "atlantis").exit_code == 2
    assert not list(folder.iterdir())


def test_help_has_an_example_and_lists_the_stories(folder: Path) -> None:
    text = demo.get_help(demo.make_context("demo", []))
    assert "dateline demo --story kherson\n" in text
    assert "[velm|kherson]" in text
