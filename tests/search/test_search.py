"""Search: what is found, in which order, with which filters, and as of when."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import Archive, DatelineError, Plugins
from dateline.log.databases.dialect import of
from dateline.pytest_plugin import Cli
from dateline.search import searching
from dateline.testing import samples
from dateline.testing.samples import VOSS, WIRE, amended, corrected, retracted

PLUGINS = Plugins.load(strict=True)
SECOND = "FICTION. A second bulletin: the tugs of Ister pulled the ferry free on Wednesday.\n"


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, PLUGINS) as archive:
        archive.record(samples.story())
        yield archive


def ids(archive: Archive, text: str = "", *stories: str, **how: object) -> list[str]:
    return [hit.id for hit in archive.search(text, *stories, **how).hits]  # type: ignore[arg-type]


def test_facts_sources_and_entities_are_found_by_their_words(archive: Archive) -> None:
    assert ids(archive, "passenger", within=["fact"]) == ["f2"]
    assert ids(archive, "aground monday", within=["source"]) == [samples.SOURCE]
    assert ids(archive, "voss", within=["entity"]) == [VOSS]
    assert {hit.what for hit in archive.search("voss").hits} == {"source", "entity"}
    [hit] = archive.search('"everyone is safe"', within=["fact"]).hits
    assert [part.text for part in hit.parts if part.marked] == ["Everyone is safe"]
    assert (hit.story, hit.chain) == ("ferry", "Mara Voss, quoted by NORA, in Ister Wire")
    assert (hit.when, hit.status) == ("6 May 2024", "recorded")


def test_the_quotation_is_shown_if_it_has_the_words(archive: Archive) -> None:
    archive.record([samples.statement(text="She calmed them")], story="ferry")
    [hit] = archive.search("safe calmed", within=["fact"]).hits

    assert "".join(part.text for part in hit.parts) == "She calmed them"
    assert [part.text for part in hit.quote] == ["Everyone is ", "safe"]


def test_a_search_follows_new_events(archive: Archive) -> None:
    assert ids(archive, "tugs") == []
    archive.record([samples.captured(SECOND, title="Free again")], story="ferry")
    assert ids(archive, "tugs") == [samples.digest(SECOND)]
    archive.record([corrected("f2", "/text", TEXT, "The harbour counted them")], story="ferry")
    assert ids(archive, "counted", within=["fact"]) == ["f2"]
    archive.record([retracted("f2")], story="ferry")
    assert ids(archive, "counted", within=["fact"]) == []
    assert ids(archive, "counted", within=["fact"], everything=True) == ["f2"]
    assert ids(archive, "counted", status="retracted") == ["f2"]


TEXT = "It is said that 143 of 193 passengers"


def test_a_past_moment_has_its_own_words_and_status(archive: Archive) -> None:
    late = corrected("f2", "/text", TEXT, "The harbour counted them")
    archive.record([late | {"reported_at": "2024-05-08T00:00:00Z"}], story="ferry")

    assert ids(archive, "said passengers", within=["fact"]) == []
    assert ids(archive, "said passengers", within=["fact"], as_of="2024-05-07") == ["f2"]
    assert ids(archive, "counted", within=["fact"], as_of="2024-05-07") == []
    [hit] = archive.search("counted", within=["fact"], as_of="2024-05-08").hits
    assert (hit.id, hit.status) == ("f2", "corrected")
    assert ids(archive, "counted", as_of="2024-05-05") == []


def test_filters_narrow_a_search(archive: Archive) -> None:
    archive.record(samples.story(slug="other"))

    assert len(ids(archive, "safe", within=["fact"])) == 2
    assert ids(archive, "safe", "other", within=["fact"]) == ["f1"]
    assert sorted(ids(archive, speaker="Mara Voss")) == ["f1", "f1"]
    assert ids(archive, speaker=VOSS, kind="figure") == []
    assert ids(archive, "ferry", publisher="ister wire", within=["source"]) != []
    assert sorted(ids(archive, entity=WIRE, within=["fact"])) == ["f1", "f1", "f2", "f2"]
    assert ids(archive, "safe", since="2024-05-07", within=["fact"]) == []
    assert len(ids(archive, "safe", since="2024-05-06", until="2024-05", within=["fact"])) == 2
    assert ids(archive, "safe", until="2024-05-05", within=["fact"]) == []


def test_a_name_is_that_of_one_entity_whatever_its_ids(archive: Archive) -> None:
    archive.record(
        [
            samples.entity("person:m-voss", "Marah Voss"),
            samples.statement(speakers=["person:m-voss"], text="Again"),
            {"type": "entity.merged", "entity": "person:m-voss", "into": VOSS, "reason": "One."},
        ],
        story="ferry",
    )
    archive.record(samples.story(slug="other"))
    third = [
        samples.opened("third"), samples.entity(WIRE, "Ister Wire"), samples.captured(),
        samples.entity("person:m-voss", "Marah Voss"),
        samples.statement(speakers=["person:m-voss"], attribution=[{"agent": WIRE, "role": "publisher"}]),
    ]  # fmt: skip
    archive.record(third)

    for name in (VOSS, "person:m-voss", "Mara Voss", "marah voss"):
        found = archive.search(speaker=name).hits
        assert sorted((hit.story, hit.id) for hit in found) == [
            ("ferry", "f1"), ("ferry", "f3"), ("other", "f1"), ("third", "f1"),
        ], name  # fmt: skip


def test_an_amended_name_is_found_under_both(archive: Archive) -> None:
    archive.record([amended(VOSS, "/label", "Mara Voss", "Mara Lind")], story="ferry")

    assert ids(archive, "lind", within=["entity"]) == [VOSS]


def test_unknown_and_ambiguous_names_are_said(archive: Archive) -> None:
    other = samples.story(slug="other")
    other[3] = samples.entity("person:another", "Mara Voss")
    other[5] = samples.statement(
        speakers=["person:another"], attribution=[{"agent": WIRE, "role": "publisher"}]
    )
    archive.record(other)
    for name, code in (("Mara Voss", "name-ambiguous"), ("Nobody", "entity-unknown")):
        with pytest.raises(DatelineError) as caught:
            archive.search(speaker=name)
        assert caught.value.code == code


@pytest.mark.parametrize("text", ["", "  ", "-ferry", "!?", '""', "*"])
def test_a_search_without_a_word_to_find_is_refused(archive: Archive, text: str) -> None:
    with pytest.raises(DatelineError) as caught:
        archive.search(text)
    assert caught.value.code == "query-empty"


def test_copies_of_one_document_are_one_result(archive: Archive) -> None:
    url = "https://wire.example/ferry"
    later = "FICTION. The ferry Alma ran aground; a later version of the page.\n"
    archive.record(
        [samples.captured(url=url, source=f"{samples.SOURCE}.2"), samples.captured(later, url=url)],
        story="ferry",
    )
    found = archive.search("aground alma", within=["source"]).hits

    assert [(hit.id, hit.others) for hit in found if hit.others] == [(samples.digest(later), 1)]


def test_visits_of_one_page_are_one_result_and_its_markup_is_none(archive: Archive) -> None:
    for number in (1, 2):
        markup = f"<html><body>FICTION. The Orla rose. Version {number}.</body></html>"
        text = f"FICTION. The Orla rose. Version {number}."
        page = samples.captured(markup, url="https://wire.example/orla", media_type="text/html")
        read = samples.captured(text, derived_from=samples.digest(markup), extracted_by="reader 1")
        archive.record([page, read], story="ferry")

    [hit] = archive.search("orla rose", within=["source"]).hits
    assert (hit.id, hit.others) == (samples.digest(text), 1)
    assert ids(archive, "html", within=["source"]) == []


def test_a_surname_alone_is_that_of_one_person(archive: Archive) -> None:
    assert ids(archive, speaker="voss") == ["f1"]
    archive.record([samples.entity("person:j-voss", "Jan Voss")], story="ferry")
    with pytest.raises(DatelineError) as caught:
        archive.search(speaker="voss")
    assert caught.value.code == "name-ambiguous"


def test_the_indexes_are_rebuilt_undone_and_verified(archive: Archive) -> None:
    before = archive.search("ferry").hits
    for name in archive.own_views():
        assert archive.verify_view(name) == []
    archive.rebuild(archive.own_views())
    assert archive.search("ferry").hits == before
    archive.undo_rebuild("dateline_search_facts")
    assert archive.search("ferry").hits == before
    archive.prune(["dateline_search_sources"])
    assert archive.search("ferry").hits == before
    assert archive.verify(deep_too=True).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("most", [0, 3, 10**6])
def test_words_in_most_rows_are_found_without_the_index(
    dateline_postgres_url: str, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """However many rows the planner expects, and whether or not the first rows are enough."""
    monkeypatch.setitem(searching._RANKED, "fact", 3)
    with Archive.create(dateline_postgres_url, PLUGINS) as archive:
        many = [samples.statement(text=f"Boat {number} left") for number in range(9)]
        archive.record([*samples.story(), samples.statement(text="A ship left"), *many])
        expected = {
            text: ids(archive, text, within=["fact"])
            for text in ("left", "ship", "boat left", "left -boat", "nobody")
        }
        monkeypatch.setattr(type(of(archive._engine)), "most_are_found", lambda *given: most)

        for text, found in expected.items():
            assert ids(archive, text, within=["fact"]) == found
        assert list(map(len, expected.values())) == [3, 1, 3, 1, 0]


def test_several_processes_fold_the_texts_of_sources(db: str) -> None:
    with Archive.create(db, Plugins.load()) as archive:
        for number in range(3):
            archive.record(samples.story(slug=f"s{number}"))
        archive.search("ferry")
        archive.rebuild(archive.own_views(), jobs=2)

        assert [archive.verify_view(name) for name in archive.own_views()] == [[]] * 3
        assert len(ids(archive, "towed", within=["source"])) == 3


def test_an_archive_at_rest_is_searched_without_a_change(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        there = archive.search("ferry passengers").hits
        archive.backup(tmp_path / "b.db")
    before = (tmp_path / "b.db").read_bytes()
    with Archive.open(tmp_path / "b.db", PLUGINS) as backup:
        assert backup.search("ferry passengers").hits == there
    assert (tmp_path / "b.db").read_bytes() == before


def test_an_index_that_lost_its_words_is_found(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive.search("ferry")
    with sqlite3.connect(tmp_path / "a.db") as plain:
        words = '"dateline_search_facts__g1_words"'
        plain.execute(f"INSERT INTO {words}({words}) VALUES ('delete-all')")
    with Archive.open(tmp_path / "a.db", PLUGINS) as archive:
        assert archive.verify_view("dateline_search_facts") != []
        report = archive.verify(deep_too=True)
        assert {finding.rule for finding in report.findings} == {"views"}


def test_the_command_shows_what_to_type_next(ferry: Cli) -> None:
    shown = ferry("search", "passengers", "-f", "table").out
    assert "ferry f2" in shown and "143 of 193 passengers" in shown
    csv = ferry("search", "passengers", "--in", "facts").out.splitlines()
    assert csv[0].startswith("in,story,id,kind,status,when,who")
    assert csv[1].startswith("fact,ferry,f2,figure,recorded,6 May 2024,Ister Wire")
    assert ferry("search", "nothing-like-it").out.splitlines()[1:] == []
    assert ferry("search", "--", "-ferry").code != 0
    assert ferry("search", "--speaker", "Mara Voss", "-f", "ndjson").code == 0
    assert ferry("search", "passengers", "--kind", "Figures").out == "\n".join([*csv, ""])
    assert ferry("search", "passengers", "--kind", "figurine").code == 2
    assert ferry("search", "passengers", "--status", "whatever").code == 2
