"""Pages of facts and sources: from words to facts and back, what changed, what is erased, what is proven."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.web.conftest import Open

from dateline import Archive, check_proof
from dateline.testing import samples

SOURCE = samples.SOURCE[7:]
QUOTE = samples.TEXT.index("Everyone is safe")
Recording = Callable[..., Archive]


def test_a_mark_leads_to_its_fact_and_the_fact_back_to_the_mark(
    recording: Recording, reading: Open
) -> None:
    recording(*samples.story())
    reader = reading()
    place = f"char={QUOTE},{QUOTE + len('Everyone is safe')}"
    source = reader.page(f"/stories/ferry/sources/{SOURCE}")
    mark = re.search(rf'<mark id="{place}"[^>]*><a href="([^"]*)" title="f1">([^<]*)', source)
    assert mark is not None and mark[2] == "Everyone is safe"
    fact = reader.page(mark[1])
    assert f'href="/stories/ferry/sources/{SOURCE}#{place}"' in fact


def test_a_corrected_fact_says_that_its_words_are_older(
    recording: Recording, reading: Open
) -> None:
    recording(*samples.story(samples.corrected("f2", "/quantities/0/value", 143, 144)))
    reader = reading()
    note = 'corrected after it was drawn from these words: see <a href="#history">'
    assert note in reader.page("/stories/ferry/facts/f2")
    assert "after it was drawn" not in reader.page("/stories/ferry/facts/f1")


def test_a_source_names_what_was_retracted_and_is_counted_alike(
    recording: Recording, reading: Open
) -> None:
    recording(*samples.story(samples.retracted("f2")))
    reader = reading()
    source = reader.page(f"/stories/ferry/sources/{SOURCE}")
    assert "1 fact drawn from it; 1 retracted or rejected." in source
    assert 'href="/stories/ferry/facts/f2"' in source
    story = reader.page("/stories/ferry")
    assert re.search(r"<li>1 fact</li>|1 fact<", story.partition('id="sources"')[2])


def test_a_page_that_a_day_has_not_leads_to_the_present_one(
    recording: Recording, reading: Open
) -> None:
    recording(*samples.story())
    answer = reading().ask("/stories/ferry/facts/f1", as_of="2001-01-01")
    assert answer.status_code == 404
    assert '<a href="/stories/ferry/facts/f1">' in answer.text


def test_overlapping_and_nested_quotations_are_all_marked(
    recording: Recording, reading: Open
) -> None:
    recording(
        *samples.story(),
        samples.fact("occurrence", '"Everyone is safe," Mara Voss told'),
        samples.fact("occurrence", "Mara Voss told the Ister Herald"),
    )
    page = reading().page(f"/stories/ferry/sources/{SOURCE}")
    assert re.search(r'title="f1, f3"[^>]*>Everyone is safe<', page)
    assert re.search(r'title="f4, f3"[^>]*>Mara Voss told<', page)
    assert re.search(r'title="f4"[^>]*> the Ister Herald<', page)
    at = QUOTE - 1
    for start, end in ((at, at + 34), (at + 20, at + 51), (QUOTE, QUOTE + 16)):
        assert page.count(f'id="char={start},{end}"') == 1


def test_a_long_text_is_cut_and_links_lead_to_the_right_part(
    recording: Recording, reading: Open
) -> None:
    text = "A line of the harbour’s log.\r\n" * 4_000 + "The end of it."
    recording(
        samples.opened(),
        samples.entity(samples.WIRE, "Ister Wire"),
        samples.captured(text),
        samples.fact("occurrence", "The end of it", source=samples.digest(text)),
    )
    reader = reading()
    link = re.search(r'href="([^"#]*page=3)#(char=[^"]*)"', reader.page("/stories/ferry/facts/f1"))
    assert link is not None
    assert f'id="{link[2]}"' in reader.page(link[1].replace("&amp;", "&"))
    path = link[1].partition("?")[0]
    assert f'id="{link[2]}"' not in reader.page(path)
    assert reader.ask(path, page="4").status_code == 404


def test_the_start_of_a_source_leads_to_the_whole(recording: Recording, reading: Open) -> None:
    recording(*samples.story())
    reader = reading()
    answer = reader.ask(f"/stories/ferry/sources/{SOURCE[:9]}.json", as_of="2024-05-07")
    assert answer.status_code == 302
    whole = f"/stories/ferry/sources/{SOURCE}.json?as_of=2024-05-07"
    assert answer.headers["location"] == whole
    assert reader.json(whole)["source"] == samples.SOURCE


def test_a_fact_has_its_history_and_its_neighbours(recording: Recording, reading: Open) -> None:
    taken_back = {"event_id": "0190c2a2-0000-7000-8000-000000000001"}
    recording(
        *samples.story(),
        samples.corrected("f2", "/quantities/0/value", 143, 144),
        samples.retracted("f1", "A wrong name.") | taken_back,
        samples.revoked(taken_back["event_id"]),
    )
    reader = reading()
    page = reader.page("/stories/ferry/facts/f2")
    assert "<del>143</del>" in page and "<ins>144</ins>" in page and "Recount." in page
    assert 'href="/stories/ferry/facts/f1" rel="prev"' in page and 'rel="next"' not in page
    page = reader.page("/stories/ferry/facts/f1")
    assert "A wrong name." in page and "taken back" in page and "By mistake." in page


def test_a_fact_has_the_links_of_other_stories(recording: Recording, reading: Open) -> None:
    archive = recording(*samples.story())
    link = {"type": "facts.linked", "from": "f1", "to": "ferry/f1", "relation": "explains"}
    archive.record(samples.story(link, slug="other"))
    assert archive.links_to("ferry", "f1"), "this makes the index, which the reader only reads"
    reader = reading()
    page = reader.page("/stories/ferry/facts/f1")
    assert re.search(
        r'href="/stories/other/facts/f1">other/f1</a></p>\s*<p class="verb">explains', page
    )
    page = reader.page("/stories/other/facts/f1")
    assert re.search(r'This explains</p>\s*<p><a href="/stories/ferry/facts/f1"', page)


def test_a_status_has_the_reason_of_the_event_that_gave_it(
    recording: Recording, reading: Open
) -> None:
    recording(
        *samples.story(),
        {"type": "fact.disputed", "fact": "f1", "ground": "Two are missing."},
        {"type": "evidence.added", "fact": "f1", "note": "The next line.",
         "evidence": [{"role": "content", "exact": "143 of 193"}]},
        samples.fact("occurrence", "towed on Tuesday"),
        {"type": "facts.linked", "from": "f3", "to": "f2", "relation": "disputes", "note": "Too many."},
    )  # fmt: skip
    reader = reading()
    assert "Disputed: <bdi>Two are missing.</bdi>" in reader.page("/stories/ferry/facts/f1")
    page = reader.page("/stories/ferry/facts/f2")
    assert "Disputed: <bdi>Too many.</bdi>" in page and "disputes this" in page
    assert "This disputes" in reader.page("/stories/ferry/facts/f3")


def test_an_erased_fact_has_a_page_that_says_so(recording: Recording, reading: Open) -> None:
    archive = recording(*samples.story())
    position = archive.fact("ferry", "f1").position
    archive.erase(positions=[position], reason="Asked for.", basis="consent withdrawn")
    reader = reading()
    page = reader.page("/stories/ferry/facts/f1")
    assert "Asked for. (consent withdrawn)" in page and "Everyone" not in page
    assert reader.json("/stories/ferry/facts/f1.json")["status"] == "erased"
    assert "Everyone is safe" not in reader.page("/stories/ferry/views/timeline")


def test_an_erased_source_has_a_page_that_says_so(recording: Recording, reading: Open) -> None:
    archive = recording(*samples.story())
    position = next(one.position for one in archive.events() if one.type == "source.captured")
    archive.erase(positions=[position], reason="A takedown.", basis="court order")
    reader = reading()
    answer = reader.ask(f"/stories/ferry/sources/{SOURCE}")
    assert answer.status_code == 404 and "A takedown. (court order)" in answer.text
    for path in ("/stories/ferry", "/stories/ferry/facts/f1", "/stories/ferry/views/sources"):
        assert "FICTION" not in reader.page(path)


def test_protected_content_is_not_shown(recording: Recording, reading: Open) -> None:
    archive = recording(*samples.story()[:5])
    archive.record(samples.story()[5:], story="ferry", protect="Mara Voss")
    reader, every = reading(), reading(protected=True)
    assert reader.ask("/stories/ferry/facts/f1").status_code == 404
    assert "Everyone is safe" not in reader.page("/search", q="safe", **{"in": "facts"})
    page = every.page("/stories/ferry/facts/f1")
    assert "Everyone is safe" in page and ">protected<" in page


def test_what_is_not_there_is_a_problem_that_says_what(recording: Recording, reading: Open) -> None:
    recording(*samples.story())
    reader = reading()
    for path, code in (
        ("/stories/ferry/facts/f9.json", "fact-unknown"),
        ("/stories/ferry/facts/f1.json?as_of=2020-01-01", "fact-unknown"),
        ("/stories/ferry/sources/ffff.json", "source-unknown"),
        ("/stories/other/facts/f1.json", "story-unknown"),
        ("/stories/ferry/facts/f1/proof.json", "checkpoint-missing"),
        ("/stories/ferry/facts/f9/proof.json", "checkpoint-missing"),
        ("/entities/person:nobody.json", "entity-unknown"),
        ("/views/nothing.json", "view-unknown"),
    ):
        answer = reader.ask(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code), path


def test_a_proof_is_that_of_the_last_checkpoint(
    recording: Recording, reading: Open, tmp_path: Path
) -> None:
    pytest.importorskip("cryptography")
    archive = recording(*samples.story())
    key = archive.new_key(tmp_path / "signing.key")
    signed = archive.checkpoint(key)
    archive.record([samples.fact("occurrence", "towed on Tuesday")], story="ferry")
    reader = reading()
    answer = reader.ask("/stories/ferry/facts/f1/proof.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="ferry-f1.proof.json"'
    proven = check_proof(json.loads(answer.content), [key.vkey])
    assert proven.checkpoint.size == signed.size
    assert "Download" in reader.page("/stories/ferry/facts/f1/proof")
    late = reader.ask("/stories/ferry/facts/f3/proof.json")
    assert (late.status_code, late.json()["code"]) == (404, "checkpoint-missing")
    assert archive.last_checkpoint() == signed


def test_a_source_says_where_it_was_found(recording: Recording, reading: Open) -> None:
    held = {"sha256": "ab" * 32, "name": "box\u202e.mbox", "member": "1.eml"}
    story = samples.story()
    captured = next(line for line in story if line["type"] == "source.captured")
    recording(*({**line, "container": held} if line is captured else line for line in story))
    source = reading().page(f"/stories/ferry/sources/{SOURCE}")
    found = source[source.index("Found as") :][:300]
    assert "1.eml in box" in found, found
    assert "\u202e" not in found, found
