"""Views as tables, versions, entities, search and diff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.web.conftest import Open

from dateline import Archive
from dateline.plugin import Exporter, FactRow, FactView, Material
from dateline.testing import samples
from dateline.testing.isolated import isolated

Recording = Callable[..., Archive]


class Lengths(FactView):
    """The length of each sentence."""

    name, version = "lengths", 1

    class Row(FactRow):
        length: int
        agent_ids: str
        words: str

    def rows(self, fact: Any) -> Iterator[Any]:
        yield self.Row(len(fact.data.text), fact.agent_ids, fact.data.text)


class Broken(FactView):
    name, version = "broken", 1

    class Row(FactRow):
        word: str

    def rows(self, fact: Any) -> Iterator[Any]:
        raise RuntimeError("/home/secret")


class Strange(Exporter):
    """What a plugin may state about itself."""

    name, suffix, media_type = "strange", ".odd", "text/x\r\nset-cookie: a=b"

    def export(self, material: Material) -> Iterator[str]:
        yield f"{len(material.slugs)} story\n"


class Failing(Exporter):
    name, suffix = "failing", ".f"

    def export(self, material: Material) -> Iterator[str]:
        raise RuntimeError("/home/secret")


PLUGINS = isolated(Lengths(), Broken(), Strange(), Failing())


def test_a_strangers_view_is_a_table_to_sort_filter_and_page(
    recording: Recording, reading: Open
) -> None:
    more = [
        samples.fact("occurrence", "The ferry had", text=f"Sentence {n:03}") for n in range(120)
    ]
    recording(*samples.story(*more, samples.retracted("f2")), plugins=PLUGINS)
    reader = reading(PLUGINS)
    path = "/stories/ferry/views/lengths"
    page = reader.page(path, sort="-words")
    words = re.findall(r'data-label="words"><div><bdi>(Sentence \d+)', page)
    assert words == [f"Sentence {n:03}" for n in range(119, 19, -1)]
    assert 'aria-sort="descending"' in page and "Page 1 of 2" in page
    assert 'href="/stories/ferry/facts/f122"' in page and 'href="/entities/org:ister-wire"' in page
    assert "Left out 1 row of retracted or rejected facts" in page
    later = re.search(r'href="([^"]*page=2)" rel="next"', page)
    assert later is not None and "Sentence 019" in reader.page(later[1].replace("&amp;", "&"))
    two = reader.page(path, where=["words~007", "words~Sentence"])
    assert "1 row." in two and re.findall("Sentence ([0-9]+)<", two) == ["007"]
    kept = reader.page(path, where=["words~Sentence", "length>1"], sort="words")
    assert "where=words~Sentence&amp;where=length%3E1&amp;sort=words&amp;page=2" in kept
    assert "sort=-words" in kept
    assert "122 rows." in reader.page(path, everything="1")
    assert [row["fact"] for row in reader.json(f"{path}.json", where="words~007")] == ["f10"]
    assert len(reader.json(f"{path}.json", limit="3")) == 3


def test_a_table_has_the_main_columns_or_all(recording: Recording, reading: Open) -> None:
    archive = recording(*samples.story())

    def heads(**query: str) -> list[str]:
        page = reading().page("/stories/ferry/views/statements", **query)
        return re.findall(r"<th[^>]*><a[^>]*>([^<]*)</a>", page)

    few, every = heads(), heads(columns="all")
    assert len(few) < 8 and {*few} < {*every} and "method" not in few
    assert len(reading().json("/stories/ferry/views/statements.json")[0]) == len(every) + 1
    words = {"quote": "The ferry had been due for repair since August"}
    line = {"type": "statement.recorded", "speakers": [samples.VOSS], **words}
    archive.propose("ferry", lines=[line])
    archive.accept("p1", by="Ida Brandt")
    assert heads() == [*few, "method"]


def test_questions_that_make_no_sense_are_refused(recording: Recording, reading: Open) -> None:
    recording(*samples.story(), plugins=PLUGINS)
    reader = reading(PLUGINS)
    path = "/stories/ferry/views/lengths.json"
    for query in (
        {"where": "nothing=1"}, {"where": "length"}, {"sort": "nothing"}, {"since": "2024-05-06"},
        {"limit": "-1"}, {"limit": "x"}, {"everything": "2"}, {"as_of": "never"}, {"other": "1"},
    ):  # fmt: skip
        answer = reader.ask(path, **query)
        assert answer.status_code == 400, query
        assert answer.json()["detail"]
    assert reader.ask("/stories/ferry/views/lengths", page="0").status_code == 400
    for query in (
        {"q": "-ferry"}, {"q": "ferry", "in": "x"}, {"q": "ferry", "kind": "x"}, {"status": "x"},
        {"q": "ferry", "speaker": "nobody"}, {"q": "ferry", "story": "none"}, {"limit": "0"}, {},
        {"q": "ferry", "since": "never"},
    ):  # fmt: skip
        assert reader.ask("/search.json", **query).status_code == 400, query


def test_what_a_plugin_breaks_or_states_stays_with_it(recording: Recording, reading: Open) -> None:
    recording(*samples.story(), plugins=PLUGINS)
    reader = reading(PLUGINS)
    answer = reader.ask("/stories/ferry/export/strange")
    assert (answer.status_code, answer.text) == (200, "1 story\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="ferry.odd"'
    for path in (
        "/stories/ferry/export/failing",
        "/stories/ferry/views/broken",
        "/views/broken.json",
    ):
        failed = reader.ask(path)
        assert failed.status_code == 503, path
        assert "secret" not in failed.text and "plugin" in failed.text
    assert reader.ask("/views/broken.json").json()["code"] == "view-failed"
    assert "broken" in reader.page("/stories/ferry")


def test_versions_show_what_changed_and_which_quotations_are_gone(
    recording: Recording, reading: Open
) -> None:
    page = {"url": "https://wire.example/ferry"}
    newer = samples.TEXT.replace("Everyone is safe", "Nobody was hurt")
    lines = [line | page if line["type"] == "source.captured" else line for line in samples.story()]
    recording(*lines, samples.captured(newer, **page, title="Ferry towed"))
    reader = reading()
    path = f"/stories/ferry/sources/{samples.SOURCE[7:]}"
    shown = reader.page(f"{path}/versions")
    assert "<del>&quot;Everyone</del><ins>&quot;Nobody</ins>" in shown
    assert "No longer there" in shown
    found = reader.json(f"{path}/versions.json")
    [change] = found["changes"]
    assert change["fields"] == {"title": ["Ferry aground", "Ferry towed"]}
    assert change["no_longer_there"] == ["f1"]
    assert "not in the newest text" in reader.page(path)


def test_entities_are_listed_and_lead_to_what_they_said(
    recording: Recording, reading: Open
) -> None:
    merged = {
        "type": "entity.merged",
        "entity": "person:m-voss",
        "into": samples.VOSS,
        "reason": "Same.",
    }
    idle = samples.entity("person:idle", "Ida Idle")
    recording(*samples.story(samples.entity("person:m-voss", "M. Voss"), merged, idle))
    reader = reading()
    people = reader.page("/entities", kind="person")
    assert "Mara Voss" in people and "Ister Wire" not in people
    assert "NORA" not in reader.page("/entities", like="voss")
    assert reader.ask("/entities", kind="x").status_code == 400
    page = reader.page(f"/entities/{samples.VOSS}")
    assert 'href="/stories/ferry/facts/f1"' in page and "Statements" in page
    assert "No fact names it. 1 story has it" in reader.page("/entities/person:idle")
    for name in ("person:m-voss", "Mara%20Voss"):
        answer = reader.ask(f"/entities/{name}", as_of="2024-05-07")
        assert answer.status_code == 302, name
        assert answer.headers["location"] == "/entities/person:mara-voss?as_of=2024-05-07"


def test_results_have_their_words_marked_and_lead_to_pages(
    recording: Recording, reading: Open
) -> None:
    recording(*samples.story())
    reader = reading()
    page = reader.page("/search", q="passengers")
    assert "<mark>passengers</mark>" in page
    assert 'href="/stories/ferry/facts/f2"' in page
    assert f'href="/stories/ferry/sources/{samples.SOURCE[7:]}"' in page
    assert 'href="/entities/org:nora"' in reader.page("/search", q="nora", **{"in": "entities"})
    assert 'href="/stories/ferry"><bdi>Fictional: the ferry Alma</bdi>' in page
    assert '<option value="ferry">Fictional: the ferry Alma<' in page
    assert "Nothing was found" in reader.page("/search", q="zeppelin")
    assert "result" not in reader.page("/search")


def test_two_days_are_compared_by_kind_of_change(recording: Recording, reading: Open) -> None:
    day = {"reported_at": "2024-05-08T12:00:00Z"}
    recording(*samples.story(samples.corrected("f2", "/quantities/0/value", 143, 144) | day))
    reader = reading()
    page = reader.page("/stories/ferry/diff", **{"from": "2024-05-06", "to": "2024-05-08"})
    assert "Corrected" in page and "<del>143</del>" in page and "<ins>144</ins>" in page
    assert "1 fact differs." in page
    assert "Figures that moved" in page and 'href="/stories/ferry/facts/f2"' in page
    last = reader.page("/stories/ferry/diff")
    assert "6 May 2024 to 8 May 2024" in last and "Corrected" in last
    same = reader.page("/stories/ferry/diff", **{"from": "2024-05-08", "to": "2024-05-08"})
    assert "Nothing changed." in same


def test_bytes_of_an_exporter_are_not_said_to_be_text(recording: Recording, reading: Open) -> None:
    class Packed(Exporter):
        name, suffix, media_type, binary = "packed", ".bin", "application/octet-stream", True

        def export(self, material: Material) -> Iterator[bytes]:
            yield b"\xff\x00"

    plugins = isolated(Packed())
    recording(*samples.story(), plugins=plugins)
    answer = reading(plugins).ask("/stories/ferry/export/packed")
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\x00", Packed.media_type)
