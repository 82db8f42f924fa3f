"""What a web page declares about itself, and what of it is believed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from dateline.plugin import Document
from dateline_webpage import WebPage
from dateline_webpage.declared import Declared, declared, reads_as

OWN = '<link rel="canonical" href="https://herald.example/gates">'
TITLE = "Gates opened at Hollin"


def read(head: str = "", body: str = f"<h1>{TITLE}</h1>", title: str = TITLE) -> Declared:
    page = f"<html lang='en'><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return declared(html.document_fromstring(page))


def meta(key: str, value: str) -> str:
    return f'<meta property="{key}" content="{value}">'


def linked(*nodes: Any) -> str:
    data = nodes[0] if len(nodes) == 1 else list(nodes)
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def node(**fields: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", **fields}


MINE = node(headline=TITLE, author="Nora Pell", datePublished="2024-05-06")
RELATED = node(headline="Ten recipes", author="Ada Quill", datePublished="2023-01-01")


def test_of_several_articles_in_json_ld_the_page_s_own_is_read() -> None:
    address = {"@id": "https://herald.example/gates#main", "@type": "WebPage"}
    by_address = node(mainEntityOfPage=address, author="Nora Pell", datePublished="2024-05-06")
    crumbs = {"@type": "BreadcrumbList", "itemListElement": [RELATED]}
    comments = node(**MINE | {"comment": [RELATED], "relatedLink": RELATED})
    for head in (
        linked(MINE),
        linked(RELATED, MINE),
        linked({"@graph": [crumbs, RELATED, MINE]}),
        linked({"@graph": [[RELATED], {"@type": "WebPage", "mainEntity": MINE}]}),
        linked(RELATED) + linked(MINE),
        linked(comments),
        OWN + linked(RELATED, by_address),
        OWN + linked(by_address, MINE | {"url": "https://herald.example/other"}),
        OWN + linked(*[one | {"url": "https://herald.example/gates"} for one in (RELATED, MINE)]),
        linked(MINE).replace('">', '">/*<![CDATA[*/').replace("</s", "/*]]>*/</s"),
        linked(MINE | {"headline": "Gates opened at&nbsp;Hollin"}),
    ):
        found = read(head)
        assert (found.byline, found.published) == (("Nora Pell",), "2024-05-06"), head
    for head in (
        linked(RELATED),
        linked({"@type": "ItemList", "itemListElement": [MINE]}),
        linked(node(comment=MINE)),
        OWN + linked(node(url="https://herald.example/other", datePublished="2023-01-01")),
        linked(RELATED, node(datePublished="2024-05-06")),
        linked({"@type": "Event", "name": TITLE, "datePublished": "2024-05-06"}),
        linked("NewsArticle") + '<script type="application/ld+json">{"@type": </script>',
    ):
        found = read(head)
        assert (found.byline, found.published) == ((), None), head


def test_authors_in_json_ld_have_many_forms_and_are_persons() -> None:
    pell, quill = (
        {"@type": "Person", "name": "Nora Pell"},
        {"name": "Ada Quill", "@type": ["Person"]},
    )
    body = {"@type": "NewsMediaOrganization", "name": "Velm Wire"}
    for author, names in (
        ("Nora Pell", ("Nora Pell",)),
        (["Nora Pell", quill], ("Nora Pell", "Ada Quill")),
        (pell, ("Nora Pell",)),
        ({"name": "Nora Pell"}, ("Nora Pell",)),
        ([body, pell], ("Nora Pell",)),
        (body, ()),
        ({"@type": "Thing", "name": "Nora Pell"}, ()),
        (3, ()), ({}, ()), ([None, [pell]], ()), ({"@id": "#nobody"}, ()), ("x" * 2000, ()),
    ):  # fmt: skip
        assert read(linked(MINE | {"author": author})).byline == names, author
    graph = {"@graph": [MINE | {"author": {"@id": "#np"}}, pell | {"@id": "#np"}]}
    assert read(linked(graph)).byline == ("Nora Pell",)
    # An organization that is its author is not its author in another place either.
    assert read(linked(MINE | {"author": body}) + meta("author", "Velm Wire")).byline == ()


def test_a_byline_is_looked_for_in_the_metadata_and_then_in_the_text() -> None:
    site = meta("og:site_name", "The Velm Herald")
    for head, body, byline in (
        (meta("author", "By Nora Pell"), "", ("By Nora Pell",)),
        (meta("author", "admin") + meta("parsely-author", "Nora Pell"), "", ("Nora Pell",)),
        (meta("article:author", "https://herald.example/nora"), "", ()),
        (site + meta("author", "The Velm Herald"), "", ()),
        (site + meta("author", "Velm Herald Sport"), "", ()),
        (OWN + meta("author", "herald"), "", ()),
        (meta("author", "Games Editor"), "", ("Games Editor",)),
        ("".join(meta("author", f"Nora Pe{c}l") for c in "abcdefghi"), "", ()),
        ("", '<a rel="author">Nora Pell</a><span class="author">Ada Quill</span>', ("Nora Pell",)),
        ("", '<p class="byline">By Nora Pell</p>', ("By Nora Pell",)),
        ("", '<p class="byline">By Nora Pell</p><p class="byline">Ada Quill</p>', ()),
        (
            "",
            '<i class="author">Nora Pell</i><p class="byline">Nora Pell and Ada Quill</p>',
            ("Nora Pell and Ada Quill",),
        ),
        (
            "",
            '<div itemscope itemtype="https://schema.org/VideoObject"><b itemprop="author">Ada Quill</b>',
            (),
        ),
    ):
        assert read(head, f"<h1>{TITLE}</h1>{body}").byline == byline, (head, body)


def test_declared_dates_agree_or_are_said() -> None:
    graph, mine = meta("article:published_time", "2024-05-06T23:30:00Z"), linked(MINE)
    for head, date in (
        (graph + meta("date", "2024-05-07"), "2024-05-06T23:30:00Z"),  # a day further east
        (graph + mine + meta("date", "2024-06-01"), "2024-05-06T23:30:00Z"),
        (mine + meta("dc.date", "2024-05"), "2024-05-06"),
        (meta("date", "2024-05-06") + meta("article:modified_time", "2024-06-01"), "2024-05-06"),
        (graph + meta("date", "0001-01-01"), "2024-05-06T23:30:00Z"),
        (meta("date", "Mon, 06 May 2024 09:42:15 -0500"), "2024-05-06T09:42:15-05:00"),
        (meta("date", "2024-05-06 09:42:15 UTC"), "2024-05-06"),
        # A name with several dates is a list of other pages.
        (meta("datePublished", "2023-01-01") + meta("datePublished", "2023-02-01") + mine, "2024-05-06"),
        (meta("datePublished", "2023-01-01") + meta("datePublished", "2023-02-01"), None),
    ):  # fmt: skip
        found = read(head)
        assert (found.published, found.notes) == (date, ()), head
    for head in (
        graph + meta("date", "2024-05-09"),
        meta("date", "2024-05-06") + meta("dc.date", "2024-05-07"),
        meta("article:published_time", "2024-05-03") + mine,
    ):
        found = read(head)
        assert found.published is None and "2024-05-0" in found.notes[0], head
    for said in ("2024-05-06 to 2024-06-30", "2024-05-06/2024-05-09", "-0001-11-30T00:00:00Z", "0"):
        assert read(meta("date", said)).published is None, said
    times = '<time pubdate datetime="2024-05-06">a</time>'
    assert read("", times).published == "2024-05-06"
    assert read("", times + times.replace("06", "09")).published is None
    assert read("", times.replace("pubdate", 'itemprop="dateModified"')).published is None


def test_a_headline_has_no_site_in_it() -> None:
    site = meta("og:site_name", "The Velm Herald")
    for head, body, title, found in (
        ("", f"<h1>The Velm Herald</h1><h1>{TITLE}</h1>", f"{TITLE} | The Velm Herald", TITLE),
        (site, "", f"{TITLE} - The Velm Herald", TITLE),
        (site, "<h1>The Velm Herald</h1><h1>Gates</h1>", "Gates - The Velm Herald", "Gates"),
        (site, "", f"{TITLE} - The Velm Herald Online", TITLE),
        (site, "", f"The Velm Herald | {TITLE}", TITLE),
        ("", "<h1>...</h1>", TITLE, TITLE),
        (site, "", "Hollin - Velm - Thera", "Hollin - Velm - Thera"),
        (meta("og:title", TITLE), "<h1>Latest news</h1>", "x", TITLE),
        (linked(node(headline=TITLE)), "", f"{TITLE} : the velm-herald", TITLE),
        ("", f"<h1>News</h1><h1>{TITLE}</h1><h1>Weather</h1>", f"Velm: {TITLE}", TITLE),
        ("", f"<h1>{TITLE}</h1>", "", TITLE),
        (
            site,
            "<h1>Velm<b>Gates opened</b></h1>",
            "Velm: Gates opened | Herald",
            "Velm: Gates opened",
        ),
        ("", f"<h1>{TITLE}</h1>", f"Velm - News - {TITLE}", TITLE),
        ("", "<h1>Herald</h1>", f"{TITLE} | Herald", f"{TITLE} | Herald"),
        ("", "", "x" * 2000, None),
    ):
        assert read(head, body, title).title == found, (head, body, title)


def test_a_publisher_is_named_by_the_page() -> None:
    publisher = {"@type": "Organization", "name": "Velm Herald"}
    own = linked(MINE | {"publisher": publisher})
    for head, found in (
        (meta("og:site_name", "The Velm Herald"), "The Velm Herald"),
        (meta("og:site_name", "The Velm Herald - all that happens"), "The Velm Herald"),
        (own, "Velm Herald"),
        (meta("og:site_name", "velmherald") + own, "Velm Herald"),
        (
            OWN.replace("herald", "www.velmherald") + meta("og:site_name", "U.S.") + own,
            "Velm Herald",
        ),
        (linked(RELATED | {"publisher": publisher}), None),
        (meta("og:site_name", "WordPress") + OWN, None),
        (meta("og:site_name", TITLE), None),
        (meta("og:site_name", "https://herald.example"), None),
        (meta("application-name", "Herald"), "Herald"),
        ("", None),
    ):
        assert read(head).publisher == found, head


def test_an_address_is_of_one_public_host() -> None:
    def canonical(url: str) -> str:
        return f'<link rel="canonical" href="{url}">'

    own = "https://herald.example/gates"
    for head, found in (
        (OWN, own),
        (meta("og:url", own), own),
        (OWN + meta("og:url", "http://www.herald.example/gates?x=1"), own),
        (OWN + meta("og:url", "https://m.herald.example/gates"), own),
        (canonical("https://herald.example/") + meta("og:url", own), own),
        (canonical("/gates"), None), (canonical("javascript:alert(1)"), None),
        (canonical("https://a:b@herald.example/"), None), (canonical("http://localhost/a"), None),
        (canonical("http://127.0.0.1/a"), None), (canonical("ftp://herald.example/a"), None),
        (canonical("https://herald.example/\u202egates"), None), (canonical("http://[::1/"), None),
    ):  # fmt: skip
        assert (read(head).url, read(head).notes) == (found, ()), head
    two = read(OWN + meta("og:url", "https://wire.example/gates"))
    assert two.url is None and "wire.example" in two.notes[0]
    assert two.publisher is None


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("", "en"),
        ('<meta http-equiv="Content-Language" content="en-GB">', "en"),
        ('<meta http-equiv="Content-Language" content="de">', None),
        (linked(MINE | {"inLanguage": "de"}), None),
        (meta("og:locale", "de_DE"), "en"),
    ],
)
def test_a_language_is_taken_if_nothing_contradicts_it(head: str, found: str | None) -> None:
    assert read(head).language == found
    alone = declared(html.document_fromstring(f"<html><head>{head}</head><body>x</body></html>"))
    assert (alone.language is None) == (head == "")


def test_a_page_in_another_language_is_not_english() -> None:
    german = (
        "Die Tore der Talsperre wurden am Montag geöffnet, sagte der Sprecher in der Nacht. " * 9
    )
    english = "The gates of the dam were opened on Monday, and that was known to the mayor. " * 9
    assert reads_as(english, "en-GB") and not reads_as(german, "en-GB")
    assert reads_as(german, "de") and reads_as(german[:80], "en") and reads_as(german, None)
    page = f"<html lang='en'><title>x</title><article><p>{german}</p><p>{german}</p></article>"
    assert WebPage().extract(Document(page.encode())).language is None


def test_a_hostile_page_takes_time_in_proportion() -> None:
    long, many = "Nora Pell, " * 200_000, 10_000
    head = (
        meta("author", long) + meta("og:site_name", " - (" * 200) + meta("og:title", "a | " * 240)
    )
    head += linked({"@graph": [node(headline=f"{TITLE}{n}", url="x" * 99) for n in range(many)]})
    head += linked("x" * 2_000_000) + linked(*[MINE | {f"k{n}": 1} for n in range(many)])
    head += "".join(meta("author", f"N{n}") for n in range(many)) + OWN * many
    body = '<div class="author" itemprop="author" itemscope>' * many + "<time pubdate>" * many
    started = time.process_time()
    found = read(head, f"<h1>{TITLE}</h1>{body}")
    assert time.process_time() - started < 5  # 0.4 s; if each looked at all others, minutes
    assert found.title == TITLE and found.byline == ()


VALUES = st.sampled_from([
    TITLE, "Article", "Nora Pell", "2024-05-06", "https://herald.example/gates", "", "\x1b[31m", "\ud83d", 3, None,
    [], {}, ["Article", "#a"], [[{}]], {"@id": "#a"}, {"@id": "#a", "name": {}}, {"@type": [3], "name": "Ada Quill"},
])  # fmt: skip
KEYS = st.sampled_from(
    ["@type", "@id", "@graph", "headline", "author", "url", "mainEntityOfPage", "publisher", "datePublished"]
)  # fmt: skip


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=3))
def test_any_json_ld_can_be_read(nodes: list[dict[str, Any]]) -> None:
    found = read(linked(*nodes, {"@graph": nodes}))
    assert found.title == TITLE
    assert all(isinstance(name, str) for name in found.byline)
