"""The HTML page: valid markup, nothing loaded or run, hostile text inert, quotations exact."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline import Archive
from dateline.plugin import legible, legible_line
from dateline.plugins.loaded import Plugins
from dateline.testing import samples
from dateline_demo.command import record
from dateline_demo.stories import STORIES
from dateline_html.markup import el
from dateline_html.stated import stated

PLUGINS = Plugins.load(strict=True)
SLUGS = ["ferry", "toll", *(story.slug for story in STORIES.values())]
VOID = {"meta"}


class Page(HTMLParser):
    """A page as a strict reader parses it: every tag is closed where it should be."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.shape: list[tuple[str, ...]] = []
        self.texts: list[tuple[str, str]] = []
        self.marks: list[tuple[str, int, int, str]] = []
        self._open: list[str] = []
        self.titles = 0
        self.described: list[tuple[dict[str, str], str]] = []
        self._cited = ""
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        assert len(has) == len(attrs), f"an attribute twice on {tag}"
        self.tags.append((tag, has))
        self.shape.append((tag, *has))
        if "cite" in has:
            self._cited = has["cite"][1:]
        elif tag == "li":
            self._cited = has.get("id", "")
        if tag == "mark":
            span = int(has["data-start"]), int(has["data-end"])
            self.marks.append((self._cited, *span, ""))
        self.titles += tag == "title" and "svg" not in self._open
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.shape.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        if self._open[-1:] in (["title"], ["desc"]) and "id" in self.tags[-1][1]:
            self.described.append((self.tags[-1][1], data))
        self.texts.append((self._open[-1] if self._open else "", data))
        if self._open[-1:] == ["mark"]:
            *place, words = self.marks[-1]
            self.marks[-1] = (*place, words + data)  # type: ignore[assignment]

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data!r}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [has for name, has in self.tags if name == tag]

    def text(self, *, of: str | None = None) -> str:
        return "".join(data for tag, data in self.texts if tag != "style" and of in (None, tag))


def export(archive: Archive, *slugs: str, view: str | None = None) -> str:
    with archive.material(*slugs, view=view) as material:
        return "".join(PLUGINS.exporter("html").export(material))


def made(*lines: dict[str, Any]) -> Archive:
    archive = Archive.create(":memory:", PLUGINS)
    archive.record(lines)
    return archive


def archive_of(text: str, *facts: dict[str, Any]) -> Archive:
    """An archive with one story and one source of the given text."""
    for fact in facts:
        fact["source"] = samples.digest(text)
    return made(*samples.story()[:4], samples.captured(text), *facts)


def edited(slug: str = "ferry") -> list[dict[str, Any]]:
    """A story with content for every part of the page."""
    harbour = samples.entity("place:port-ister", "Port Ister")
    harbour |= {"lat": -48.5, "lon": 123.25, "precision": "settlement"}
    return samples.story(
        harbour,
        samples.fact("occurrence", "The ferry Alma ran aground", note="Seen from the pier."),
        samples.fact(
            "state", "due for repair", places=[{"place": "place:port-ister", "role": "at"}]
        ),
        samples.fact("role", "the harbour master"),
        samples.corrected("f2", "/quantities/0/value", 143, 144, by=samples.WIRE),
        {"type": "fact.disputed", "fact": "f3", "by": samples.VOSS, "ground": "Nobody saw it."},
        samples.retracted("f5"),
        {"type": "fact.reviewed", "fact": "f1", "verdict": "accepted", "reviewer": "the desk"},
        {
            "type": "facts.linked",
            "from": "f2",
            "to": "f1",
            "relation": "corroborates",
            "independence": "same-origin",
            "note": "One wire.",
        },
        {"type": "facts.linked", "from": "f4", "to": "f1", "relation": "contradicts"},
        slug=slug,
    )


def toll() -> list[dict[str, Any]]:
    """A story with a series: a bound, a correction, a period and a figure without a date."""
    numbers: list[dict[str, Any]] = [{"lower": 20}, {"value": 43}, {"value": 50}, {"value": 9}]
    days = ["2024-05-06", "2024-05-07", "2024-05", None]
    figures = []
    for number, day in zip(numbers, days, strict=True):
        quantity = {"measure": "<b>dead</b>", "verbatim": "143 of 193"} | number
        line = samples.figure(quantities=[quantity], text=f"{number} {day}") | {"as_of": day}
        figures.append({name: value for name, value in line.items() if name != "times" and value})
    fixed = samples.corrected("f4", "/quantities/0/value", 43, 34)
    return samples.story(*figures, fixed, slug="toll")


@pytest.fixture(scope="module")
def archive() -> Iterator[Archive]:
    """A story with one of each item, one with a chart, and the stories of the demo."""
    with made(*edited(), *toll()) as archive:
        for story in STORIES.values():
            record(archive, story)
        yield archive


@pytest.fixture(scope="module", params=[*SLUGS, "all"])
def slugs(request: pytest.FixtureRequest) -> list[str]:
    return [] if request.param == "all" else [request.param]


@pytest.fixture(scope="module")
def source(archive: Archive, slugs: list[str]) -> str:
    return export(archive, *slugs)


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


# -- valid markup ------------------------------------------------------------------------------


def test_it_is_one_document_that_ends_with_a_line_end(source: str) -> None:
    assert source.startswith("<!doctype html>\n<html lang=")
    assert source.endswith("</html>\n")
    assert source.count("<html") == 1


def test_headings_start_at_one_and_skip_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_language_and_titles_are_present(page: Page) -> None:
    assert len(page.all("main")) == len(page.all("footer")) == page.titles == 1
    assert page.all("html") == [{"lang": "en"}]
    labels = [has["aria-label"] for has in page.all("nav")]
    assert labels and len(set(labels)) == len(labels)
    assert page.all("a")[0] == {"href": "#page.main", "class": "skip"}
    assert page.all("meta")[0] == {"charset": "utf-8"}


def test_tables_have_a_caption_and_heads_with_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert {has["scope"] for has in page.all("th")} == {"row", "col"}


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    names = [has["id"] for _, has in page.tags if "id" in has]
    assert len(set(names)) == len(names)
    links = [has["href"] for has in page.all("a") if "rel" not in has]
    targets = links + [g["cite"] for g in page.all("blockquote")]
    assert targets
    assert all(target[0] == "#" and target[1:] in names for target in targets)


def test_only_originals_lie_outside_and_learn_nothing_of_the_page(page: Page) -> None:
    outside = [has for has in page.all("a") if has["href"][0] != "#"]
    assert all(has["rel"] == "noreferrer nofollow" for has in outside)
    assert all(has["href"].startswith(("https://", "http://")) for has in outside)


def test_times_are_marked_up_where_they_are_exact(page: Page) -> None:
    exact = r"\d{4}(-\d\d(-\d\d)?)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"
    times = [has["datetime"] for has in page.all("time")]
    assert times
    assert all(re.fullmatch(exact, time) for time in times)


# -- nothing is loaded, nothing is run ---------------------------------------------------------


def test_nothing_is_loaded_and_nothing_is_run(page: Page) -> None:
    allowed = {"charset", "name", "content", "http-equiv", "lang", "dir", "id", "class", "href"}
    allowed |= {"cite", "datetime", "scope", "role", "tabindex", "rel"}
    drawn = {"x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "d"}
    drawn |= {"width", "height", "transform", "viewbox"}
    within = {"svg", "g", "line", "path", "circle", "rect", "text"}
    for tag, has in page.tags:
        assert tag not in {
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
            "image",
            "use",
            "foreignobject",
        }
        assert all(
            name in allowed or name.startswith(("data-", "aria-"))
            for name in has
            if tag not in within or name not in drawn
        ), tag


def test_the_policy_allows_only_the_style_sheet_of_the_page(page: Page) -> None:
    [policy] = [g["content"] for g in page.all("meta") if "http-equiv" in g]
    style = "".join(data for tag, data in page.texts if tag == "style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert len(page.all("style")) == 1
    assert "url(" not in style and "@import" not in style


# -- what it shows -----------------------------------------------------------------------------


def test_every_marked_quotation_is_the_exact_text_of_its_source(
    archive: Archive, page: Page, slugs: list[str]
) -> None:
    texts: dict[str, str] = {}
    for slug in slugs or [story.slug for story in archive.stories()]:
        state = archive.state(slug)
        prefix = "" if slugs else f"{slug}."
        for number, name in enumerate(state.sources, 1):
            document = archive.document(name)
            assert document is not None
            texts[f"{prefix}s{number}"] = document.text
    assert page.marks
    for cited, start, end, words in page.marks:
        assert words == texts[cited.rpartition(".")[0]][start:end]


def test_every_shown_fact_has_a_passage_of_its_source(archive: Archive) -> None:
    page = Page(export(archive, "ferry"))
    names = {has["id"] for _, has in page.tags if "id" in has}
    for fact in archive.state("ferry").shown():
        assert fact.id in names
        assert f"s1.{fact.span.start}-{fact.span.end}" in names if fact.span else False


def test_every_part_is_on_the_page(archive: Archive) -> None:
    page = Page(export(archive, "ferry"))
    parts = {has.get("id") for _, has in page.tags if has.get("class") == "part"}
    assert parts == {
        *("glance", "timeline", "statements", "figures", "disputed", "changes", "relations"),
        *("places", "sources", "record"),
    }
    said = " ".join(page.text().split())
    assert (
        "4 facts from 1 document of 1 publisher, 1 corrected, 1 disputed; 1 retracted or rejected left out"
        in said
    )
    assert "Mara Voss, quoted by NORA, in Ister Wire" in said
    assert "48.5° S, 123.25° E" in said.replace("\xa0", " ")
    assert "same origin: no independent confirmation" in said
    assert str(archive.head().archive) in said and archive.head().root.hex() in said
    assert [has["class"] for has in page.all("a") if "badge" in has.get("class", "")]


def test_what_readers_want_comes_first_and_what_checks_the_page_last(archive: Archive) -> None:
    source = export(archive, "ferry")
    parts = re.findall('<section class="part" id="([^"]*)"', source)
    assert parts[:2] == ["glance", "timeline"] and parts[-2:] == ["sources", "record"]
    before, _, record = source.partition('id="record"')
    digest, root = samples.SOURCE.removeprefix("sha256:"), archive.head().root.hex()
    for audit in (digest, root, str(archive.head().archive), 'class="span"'):
        assert audit in record and audit not in before


def test_who_is_quoted_through_whom_is_said_in_words(archive: Archive) -> None:
    said = " ".join(Page(export(archive, "velm-flood")).text().split())
    assert (
        "Ida Brandt Quoted through NORA (fictional news agency) in The Fictional Wire (2); "
        "through NORA (fictional news agency) in Tarn Courier (fictional); "
        "directly in The Fictional Wire." in said
    )


def test_the_most_telling_series_is_at_the_top(archive: Archive) -> None:
    source = export(archive, "toll")
    page = Page(source)
    said = " ".join(page.text().split())
    assert "First 50 (May 2024, Ister Wire), last 34 (7 May 2024, Ister Wire)." in said
    assert len([has for has in page.all("svg") if has.get("role") == "img"]) == 1
    assert source.index('role="img"') < source.index('id="timeline"') < source.index('id="series"')
    assert '<a href="#glance">at the top of the page</a>' in source


def test_a_series_has_a_chart_that_is_described_by_its_table(archive: Archive) -> None:
    page = Page(export(archive, "toll"))
    [chart] = [has for has in page.all("svg") if has.get("role") == "img"]
    words = {has["id"]: text for has, text in page.described}
    assert words[chart["aria-labelledby"]] == "<b>dead</b>"
    assert words[chart["aria-describedby"]] == (
        "3 figures of 1 publisher, 1 corrected: from 50 (May 2024) to 34 (7 May 2024). "
        "The table below has all of them."
    )
    said = " ".join(page.text().split())
    assert "1 undated figure is not drawn." in said
    assert "7 May 2024 34 corrected was 43 at least 20" in said
    shapes = [has.get("class") for has in page.all("path")] + [
        has["class"] for has in page.all("line")
    ]
    assert {"mark", "old", "cap", "mended", "bound", "time", "step"} <= {*shapes}


def test_a_fact_shows_how_it_is_supported(archive: Archive) -> None:
    page = Page(export(archive, "velm-flood"))
    rows = {row["fact"]: row for row in archive.view("support", "velm-flood").dicts()}
    shown = [*rows, *(row["fact"] for row in archive.view("figures", "velm-flood").dicts())]
    for words, column in (("single source", "single_source"), ("uncorroborated", "uncorroborated")):
        number = sum(rows[name][column] for name in shown)
        number -= sum(rows[name]["single_source"] for name in shown) * (column == "uncorroborated")
        assert [text for _, text in page.texts].count(words) == number > 0


def test_a_correction_shows_the_old_and_the_new_value(archive: Archive) -> None:
    page = Page(export(archive, "ferry"))
    assert page.text(of="del") == "143"
    assert page.text(of="ins") == "144"
    assert "valuewasnow" in page.text(of="dt")


def test_a_quotation_is_shown_in_its_context() -> None:
    lead, tail = "Lead word. " * 40, " Tail word." * 40
    text = f'{lead}"Everyone is safe," she said.{tail}'
    with archive_of(text, samples.statement()) as archive:
        said = Page(export(archive, "ferry")).text()
    assert "… Lead word. Lead word." in said or "… word. Lead word." in said
    assert 'Lead word. "Everyone is safe," she said. Tail word.' in said
    assert len(re.findall("Lead", said)) < 20


def test_a_missing_document_is_quoted_from_its_evidence(archive: Archive) -> None:
    class Without:
        def __init__(self, material: Any) -> None:
            self._material = material

        def __getattr__(self, name: str) -> Any:
            return getattr(self._material, name)

        def document(self, source: str) -> None:
            return None

    with archive.material("ferry") as material:
        page = Page("".join(PLUGINS.exporter("html").export(Without(material))))  # type: ignore[arg-type]
    assert "Everyone is safe" in page.text(of="mark")


def test_windows_line_ends_become_line_ends() -> None:
    text = "He said:\r\nwe are\r\nsafe.\r\n"
    with archive_of(text, samples.statement("we are\r\nsafe")) as archive:
        page = Page(export(archive, "ferry"))
    assert page.marks[0][1:] == (10, 22, "we are\nsafe")
    assert "\\x0d" not in page.text()


def test_adjoining_quotations_share_a_passage() -> None:
    text = 'He said "we go" and then "we stay", and left.'
    fact = samples.statement("we go")
    fact["evidence"] = [{"role": "quote", "exact": words} for words in ("we stay", "we go")]
    with archive_of(text, fact) as archive:
        page = Page(export(archive, "ferry"))
    assert len(page.all("blockquote")) == 1
    assert [mark[3] for mark in page.marks[:2]] == ["we go", "we stay"]


def test_a_withdrawn_source_shows_the_reason() -> None:
    taken = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "A hoax."}
    with made(*samples.story(taken)) as archive:
        page = Page(export(archive, "ferry"))
    assert "A hoax." in page.text()
    badges = [g for g in page.all("a") if g.get("class") == "badge withdrawn"]
    assert badges and all(has["href"] == "#s1" for has in badges)


def test_words_in_another_language_have_a_lang_attribute() -> None:
    lines = samples.story()
    lines[0] |= {"languages": ["uk", "en"], "title": "Паром"}
    lines[4] |= {"language": "ru"}
    with made(*lines) as archive:
        page = Page(export(archive, "ferry"))
    assert {has.get("lang") for has in page.all("blockquote")} == {"ru"}
    assert {has.get("lang") for has in page.all("bdi")} == {"uk", None}


@pytest.mark.parametrize("tag", ["", "not a tag", 'en" onload="x', "x" * 40])
def test_an_invalid_language_tag_is_left_out(tag: str) -> None:
    lines = samples.story()
    lines[0] |= {"languages": [tag]}
    lines[4] |= {"language": tag}
    with made(*lines) as archive:
        page = Page(export(archive, "ferry"))
    assert {has.get("lang") for _, has in page.tags} <= {"en", None}


def test_a_requested_view_is_the_only_part_of_the_page(archive: Archive) -> None:
    page = Page(export(archive, "ferry", view="figures"))
    assert [has.get("id") for _, has in page.tags if has.get("class") == "part"] == ["rows"]
    assert "144 of 193" in page.text()


# -- the document as a whole -------------------------------------------------------------------


def test_equal_archives_give_equal_bytes(archive: Archive, slugs: list[str], source: str) -> None:
    assert export(archive, *slugs) == source


def test_an_empty_archive_gives_a_page() -> None:
    with Archive.create(":memory:", PLUGINS) as archive:
        source = export(archive)
    page = Page(source)
    assert source.endswith("</html>\n")
    assert page.text(of="h1") == "No story"


def test_a_story_without_facts_gives_a_page() -> None:
    with made(samples.opened()) as archive:
        page = Page(export(archive, "ferry"))
    assert "0 facts. The last of 1 event was recorded" in page.text()


def test_the_first_piece_is_written_before_anything_is_read() -> None:
    class Unread:
        slugs = ["ferry"]

    pieces = PLUGINS.exporter("html").export(Unread())  # type: ignore[arg-type]
    assert next(pieces) == "<!doctype html>\n"


def test_no_piece_contains_a_large_part_of_the_page(archive: Archive) -> None:
    with archive.material() as material:
        sizes = [len(piece) for piece in PLUGINS.exporter("html").export(material)]
    assert max(sizes) < 20_000 < sum(sizes)


#: The head of a page as the first layout had it.
FIRST_LAYOUT = """<header class="masthead"><p class="kicker">ferry<span class="sep"></span>open story</p>
<h1>Ferry</h1>
<dl class="cut facts"><dt>Archive</dt>
<dd><code>01a220e3-26f1-75bf-8c6f-f26bdb6b503f</code></dd>
<dt>Position</dt>
<dd>1,168</dd>
<dt>Root</dt>
<dd><code>ROOT</code></dd>
<dt>As of</dt>
<dd>2024-05-06</dd>
</dl>
</header>
<section class="part" id="rows"><h2>View: figures</h2>
</section>
""".replace("ROOT", "aa" * 32)


def test_a_page_states_its_cut_in_every_layout(archive: Archive) -> None:
    first = stated(FIRST_LAYOUT)
    assert first is not None and first.outdated
    cut = first.cut
    assert (cut.position, cut.root, cut.as_of, cut.stories) == (
        1168,
        "aa" * 32,
        "2024-05-06",
        ("ferry",),
    )
    assert first.view == "figures"
    with archive.material("ferry") as material:
        page = "".join(PLUGINS.exporter("html").export(material))
        now = stated(page)
        assert now is not None and not now.outdated and now.cut == material.cut


# -- hostile text ------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title></style></textarea><b>",
    "<!-- --><![CDATA[ ]]><?php ?>",
    "javascript:alert(1) http://example.com www.example.com a@example.com +1 555 0100",
    "&lt;b&gt; &amp;amp; &#x3c; &notit;",
    "user\u202egnp.exe\u2066\u2069\u200f",
    "\x1b[31mred\x1b]8;;http://x\x07link\x1b\\",
    "\ufeff\u200b\u2028\u2029\x85\x0c\x7f",
    "שלום עולם العربية",
    "e" + "\u0301" * 200,
    "W" * 3000,
    "a\r\nb\rc\td",
]
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    st.text("<>&\"'=/!-`;# \n\t\x1b\u202e", max_size=30),
)


def built(words: list[str]) -> tuple[str, str]:
    """A page with `words` in every text field of a story, and the text of its source."""
    title, label, said, quote, note, reason, unit = [f"x{word}x" for word in words]
    text = f"{note} «{quote}» {title}"
    begin = len(note) + 2
    span = {"start": begin, "end": begin + len(quote), "exact": quote}
    fact: dict[str, Any] = {
        **samples.statement(quote, source=samples.digest(text)),
        "text": said,
        "note": note,
        "quote": quote,
        "condition": reason,
        "framing": note,
        "evidence": [{"role": "quote", **span}, {"role": "content", **span}],
        "channel": {"medium": label, "platform": title},
        "quantities": [{"measure": label, "unit": unit, "verbatim": quote}],
        "places": [{"place": "place:here", "role": "at"}],
    }
    place = samples.entity("place:here", label) | {"lat": 1, "lon": 2}
    source = samples.captured(text, title=title, url=note, byline=[label], place=said)
    lines = [
        samples.opened(title=title),
        samples.entity(samples.WIRE, label),
        samples.entity(samples.NORA, label),
        samples.entity(samples.VOSS, label),
        place,
        source,
        fact,
        {**fact, "fact": "f2", "text": said + "2"},
        samples.corrected("f1", "/note", note, f"now {note}", reason=reason, by=label),
        {"type": "fact.disputed", "fact": "f1", "by": samples.VOSS, "ground": reason},
        {"type": "facts.linked", "from": "f2", "to": "f1", "relation": "disputes", "note": note},
        {"type": "source.withdrawn", "source": samples.digest(text), "reason": reason},
    ]
    with made(*lines) as archive:
        return export(archive, "ferry"), text


PLAIN = Page(built(["plain"] * 7)[0])


@given(st.lists(hostile, min_size=7, max_size=7))
@example(HOSTILE[:7])
@example(HOSTILE[7:])
@settings(max_examples=examples(60))
def test_no_word_makes_a_tag_an_attribute_or_a_link(words: list[str]) -> None:
    source, text = built(words)
    page = Page(source)
    assert page.shape == PLAIN.shape
    for words_of_the_page in (source, html.unescape(source)):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", words_of_the_page
        )
    for _, start, end, marked in page.marks:
        assert marked == legible(text[start:end].replace("\r\n", "\n"))
    said = page.text()
    for word in words:
        assert legible_line(f"x{word}x") in said


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.sampled(4)
def test_nothing_hostile_survives_in_an_identifier_or_an_attribute(word: str) -> None:
    page = Page(built([word] * 7)[0])
    for tag, has in page.tags:
        for name, value in has.items():
            if (tag, name) != ("meta", "content"):
                assert re.fullmatch(r"[\w#.,:%()\- ]*", value), (tag, name, value)


def test_other_strings_than_markup_are_escaped_in_content_and_attributes() -> None:
    assert el("a", "<b>", class_='"><b \x1b') == '<a class="&quot;&gt;&lt;b \\x1b">&lt;b&gt;</a>'
    assert el("p", el("b", "&"), None) == "<p><b>&amp;</b></p>\n"
    assert el("p", f"{el('b', 'x')}") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


# -- in a browser ------------------------------------------------------------------------------

PROBE = """
<script>%s</script><script>
axe.run(document).then(r => {
  const found = r.violations.map(v => [v.id, v.nodes.length]);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  document.documentElement.innerHTML = "<pre>" + JSON.stringify([found, r.passes.length, wide]) + "</pre>";
});
</script></body>"""


@pytest.mark.parametrize("slug", [*SLUGS, "hostile", ""])
def test_axe_finds_nothing_wrong_in_chromium(archive: Archive, slug: str, tmp_path: Path) -> None:
    axe, chromium = os.environ.get("DATELINE_AXE"), shutil.which("chromium")
    if not axe or chromium is None:
        pytest.skip("needs chromium and DATELINE_AXE, the path of axe-core's axe.min.js")
    hostile_page = built(HOSTILE[7:])[0] if slug == "hostile" else None
    source = hostile_page or export(archive, *filter(None, [slug]))
    # The page's own policy would rightly block the probe.
    source = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", source)
    probe = PROBE % Path(axe).read_text()
    path = tmp_path / "page.html"
    path.write_text(source.replace("</body>", probe), encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    more = "--disable-background-networking --disable-component-update --window-size=500,900"
    command = [chromium, *flags.split(), *more.split(), f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--virtual-time-budget=60000", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    answer = re.search("<pre>(.*)</pre>", done.stdout)
    assert answer is not None, done.stderr
    violations, passes, wide = json.loads(html.unescape(answer[1]))
    assert violations == []
    assert passes > 20
    assert wide <= 0
