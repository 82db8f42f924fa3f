"""`dateline demo`: the flood is marked as fiction, imports without errors and shows every feature."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dateline import Archive, NotAnArchive
from dateline.cli.root import root
from dateline.plugin import StoryState, parse_json
from dateline_demo.command import DEFAULT_DB, VIEWS, demo, record
from dateline_demo.stories import VELM

DISPATCHES = ("day-1.txt", "day-2.txt", "day-3.txt")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.create(tmp_path_factory.mktemp("demo") / "demo.db") as archive:
        record(archive, VELM)
        yield archive


@pytest.fixture(scope="module")
def story(archive: Archive) -> StoryState:
    return archive.state(VELM.slug)


def lines() -> list[dict[str, Any]]:
    return [parse_json(line) for line in VELM.lines().splitlines()]


def rows(archive: Archive, view: str) -> dict[str, dict[str, Any]]:
    """The first row of each fact."""
    found: dict[str, dict[str, Any]] = {}
    for row in archive.view(view, VELM.slug).dicts():
        found.setdefault(row["fact"], row)
    return found


# -- the story as it ships ---------------------------------------------------------------------


@pytest.mark.parametrize("name", DISPATCHES)
def test_every_dispatch_says_in_its_first_line_that_it_is_fiction(name: str) -> None:
    assert VELM.read(name).decode().startswith("FICTION - written for the Dateline demo.")


def test_every_title_says_that_it_is_fiction() -> None:
    titles = [line["title"] for line in lines() if line["type"].startswith("story.")]
    assert len(titles) == 2
    assert all(title.startswith("Fictional:") for title in titles)


def test_facts_name_the_dispatch_they_are_from_by_its_hash() -> None:
    hashes = {"sha256:" + hashlib.sha256(VELM.read(name)).hexdigest() for name in DISPATCHES}
    assert {line["source"] for line in lines() if "text" in line} == hashes


def test_evidence_is_written_as_an_author_would_without_offsets() -> None:
    items = [item for line in lines() for item in line.get("evidence", ())]
    assert items
    assert not any("start" in item or "end" in item for item in items)


def test_lines_are_in_the_order_of_their_days() -> None:
    dated = [line for line in lines() if "published" in line or "reported_at" in line]
    days = [str(line.get("reported_at") or line["published"]) for line in dated]
    assert days == sorted(days)


# -- importing it ------------------------------------------------------------------------------


def test_importing_twice_adds_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "demo.db") as archive:
        assert record(archive, VELM) == len(lines())
        before = archive.head()
        assert record(archive, VELM) == 0
        assert archive.head() == before


def test_events_are_recorded_as_imported(archive: Archive) -> None:
    assert {event.recorded_by.method for event in archive.events(VELM.slug)} == {"imported"}


def test_every_quotation_is_in_its_dispatch(archive: Archive, story: StoryState) -> None:
    for fact in story.facts.values():
        document = archive.document(fact.source)
        assert document is not None
        for item in fact.data.evidence:
            assert document.text[item.start : item.end] == item.exact


# -- what it shows -----------------------------------------------------------------------------


def test_every_kind_of_fact_and_of_evidence_occurs(story: StoryState) -> None:
    facts = story.facts.values()
    assert {fact.kind for fact in facts} == {
        "statement", "occurrence", "figure", "state", "role", "assessment",
    }  # fmt: skip
    assert {item.role for fact in facts for item in fact.data.evidence} == {
        "content", "source", "cue", "quote", "relay", "relay_cue", "time", "place", "figure",
        "hedge", "channel", "name", "mention",
    }  # fmt: skip


def test_a_mayor_is_quoted_through_an_agency(archive: Archive) -> None:
    row = rows(archive, "statements")["f3"]
    assert row["chain_words"] == (
        "Ida Brandt, quoted by NORA (fictional news agency), in The Fictional Wire"
    )
    assert row["mode"] == "direct"
    assert row["exact"] == row["quote"]
    assert row["quote"].startswith("Take your medicine")


def test_statements_are_direct_indirect_and_mixed(archive: Archive) -> None:
    modes = {row["mode"] for row in archive.view("statements", VELM.slug).dicts()}
    assert modes == {"direct", "indirect", "mixed"}


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("f2", "200 to 999, given as 'hundreds of families'"),
        ("f24", "more than 50%, given as 'more than half of the fields'"),
        ("f28", "given as 'no more than a hand's width'"),
        ("f26", "1 of 4"),
    ],
)
def test_figures_are_as_precise_as_their_source(archive: Archive, fact: str, words: str) -> None:
    assert rows(archive, "figures")[fact]["words"] == words


def test_bounds_come_without_a_value(archive: Archive) -> None:
    row = rows(archive, "figures")["f2"]
    assert (row["lower"], row["upper"], row["value"], row["approximate"]) == (200, 999, None, True)


def test_a_corrected_count_is_shown_as_corrected(archive: Archive) -> None:
    row = rows(archive, "figures")["f6"]
    assert (row["value"], row["of"], row["status"]) == (2104, 8400, "corrected")
    assert row["verbatim"] == "About 1,200 of the town's 8,400 residents"


def test_a_running_total_is_updated(archive: Archive) -> None:
    row = rows(archive, "figures")["f7"]
    assert (row["value"], row["cumulative"], row["as_of"]) == (1875, True, "2024-03-06")


def test_the_bridge_that_never_fell_is_left_out_and_counted(archive: Archive) -> None:
    table = archive.view("timeline", VELM.slug)
    assert table.hidden == 1
    assert "f9" not in {row["fact"] for row in table.dicts()}
    everything = archive.view("timeline", VELM.slug, everything=True)
    assert {row["fact"]: row["status"] for row in everything.dicts()}["f9"] == "retracted"


def test_the_claim_about_the_gates_is_disputed(archive: Archive, story: StoryState) -> None:
    assert rows(archive, "timeline")["f12"]["status"] == "disputed"
    against = {
        (link.data.from_, link.data.relation) for link in story.links if link.data.to == "f12"
    }
    assert against == {("f21", "disputes"), ("f26", "contradicts")}


def test_repeating_an_agency_is_not_independent(story: StoryState) -> None:
    links = [link.data for link in story.links if link.data.relation == "corroborates"]
    assert {(link.from_, link.to): link.independence for link in links} == {
        ("f17", "f3"): "same-origin",
        ("f26", "f21"): "independent",
    }


@pytest.mark.parametrize(
    ("fact", "when"),
    [
        ("f1", "4 March 2024"),
        ("f5", "since 2 March 2024"),
        ("f13", "about 12 February 2024"),
        ("f15", "April 1987"),
        ("f19", "until 2009"),
        ("f26", "4 March 2024, 03:48"),
        ("f8", "undated"),
    ],
)
def test_dates_are_as_exact_as_their_source(archive: Archive, fact: str, when: str) -> None:
    assert rows(archive, "timeline")[fact]["when"] == when


def test_a_person_changes_roles(story: StoryState) -> None:
    roles = [fact.data for fact in story.facts.values() if fact.kind == "role"]
    titles = [role.title for role in roles if role.person == "person:corvin-sael"]
    assert titles == ["deputy director", "acting director"]


def test_every_kind_of_editorial_event_occurs(archive: Archive) -> None:
    kinds = [
        getattr(event.data, "kind", event.type)
        for event in archive.events(VELM.slug)
        if event.type.startswith(("fact.", "evidence."))
    ]
    assert sorted(kinds) == [
        "correction", "evidence.added", "fact.disputed", "fact.retracted", "fact.reviewed", "typo",
        "update",
    ]  # fmt: skip


def test_places_are_in_the_open_ocean(story: StoryState) -> None:
    placed = [entity for entity in story.entities.values() if entity.lat is not None]
    assert len(placed) >= 3
    for entity in placed:
        assert entity.precision is not None
        assert entity.lat is not None and -50 < entity.lat < -48
        assert entity.lon is not None and -124 < entity.lon < -123


# -- the command -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(root, arguments, env=env, catch_exceptions=False)


def position(folder: Path) -> int:
    with Archive.open(folder / DEFAULT_DB) as archive:
        return archive.head().position


def test_the_command_creates_an_archive_and_shows_it(folder: Path) -> None:
    result = run("demo")
    assert result.exit_code == 0
    assert (folder / DEFAULT_DB).is_file()
    for view in VIEWS:
        assert f"$ dateline --db {DEFAULT_DB} show {VELM.slug} {view}" in result.stderr
    table = " ".join(result.stdout.split())
    assert "until 2009 f19 role recorded" in table
    assert "undated f8 state recorded" in table
    assert "$ dateline" not in result.stdout


def test_running_it_again_adds_nothing_and_shows_the_same(folder: Path) -> None:
    first = run("demo")
    before = position(folder)
    again = run("demo")
    assert again.exit_code == 0
    assert "The archive already contains this story." in again.stderr
    assert position(folder) == before
    assert again.stdout == first.stdout


def test_it_uses_the_archive_that_is_named(folder: Path) -> None:
    assert run("--db", "mine.db", "init").exit_code == 0
    result = run("--db", "mine.db", "demo")
    assert result.exit_code == 0
    assert "$ dateline --db mine.db show" in result.stderr
    assert [path.name for path in folder.glob("*.db")] == ["mine.db"]


def test_it_does_not_write_to_the_archive_of_the_environment(folder: Path) -> None:
    result = run("demo", env={"DATELINE_DB": "work.db"})
    assert result.exit_code == 0
    assert [path.name for path in folder.glob("*.db")] == [DEFAULT_DB]


def test_it_does_not_change_a_file_that_is_not_an_archive(folder: Path) -> None:
    (folder / "notes.db").write_bytes(b"my notes")
    with pytest.raises(NotAnArchive):
        run("--db", "notes.db", "demo")
    assert (folder / "notes.db").read_bytes() == b"my notes"


@pytest.mark.parametrize("command", VELM.next)
@pytest.mark.sampled(2)
def test_the_suggested_commands_work(folder: Path, command: str) -> None:
    assert f"  dateline --db {DEFAULT_DB} {command}\n" in run("demo").stderr
    assert run("--db", DEFAULT_DB, *shlex.split(command)).exit_code == 0
    before = position(folder)
    assert run("demo").exit_code == 0
    assert position(folder) == before


def test_a_password_is_not_shown() -> None:
    from dateline_demo.command import _shown

    assert _shown("postgresql://ida:secret@host/db") == "postgresql://ida:***@host/db"
    assert _shown("story.db") == "story.db"


def test_help_has_an_example() -> None:
    assert re.search(r"Example:\n\s+dateline demo\n", demo.get_help(demo.make_context("demo", [])))
