"""Links of a story's page: its own places, or the addresses that a site gives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.plugins.test_html import edited, made

from dateline.plugin import Fact
from dateline_html.brief import Brief
from dateline_html.links import Links, harmless
from dateline_html.story import contents, parts


class Addresses(Links):
    """The addresses of a site in which each thing has a page."""

    def part(self, name: str) -> str:
        return f"/ferry#{name}"

    def fact(self, fact: str) -> str:
        return f"/ferry/facts/{fact}"

    def passage(self, fact: Fact) -> str:
        return f"{self.source(fact.source)}#char={fact.span.start if fact.span else ''}"

    def source(self, source: str) -> str:
        return f"/ferry/sources/{source.removeprefix('sha256:')[:8]}"

    def event(self, version: int) -> str:
        return f"/ferry/events/{version}"

    def entity(self, entity: str) -> str | None:
        return None if entity.startswith("org:") else f"/entities/{entity}"


def written(links: type[Links], lines: list[dict[str, Any]] | None = None) -> str:
    with made(*(lines or edited())) as archive, archive.material("ferry") as material:
        [story] = material.stories()
        brief = Brief(story, material, links=links)
        found = parts(brief)
        pieces = [contents(brief, found)]
        for part in found:
            pieces += part.written(brief)
        return "".join(pieces)


def test_a_site_leads_every_link_to_its_own_addresses() -> None:
    page = written(Addresses)
    hrefs = re.findall('(?:href|cite)="([^"]*)"', page)
    assert len(hrefs) > 30
    assert [href for href in hrefs if not re.match("/ferry[/#]|/entities/", href)] == []
    for start in ("/ferry#", "/ferry/facts/f1", "/ferry/events/", "/entities/place:port-ister"):
        assert any(href.startswith(start) for href in hrefs), start


def test_names_are_links_where_there_is_a_page_about_them() -> None:
    page = written(Addresses)
    voss = '<a href="/entities/person:mara-voss" class="entity">'
    assert f"{voss}Mara Voss</a>, quoted by NORA, in Ister Wire" in page
    assert re.search(f"<h3>{voss}", page)
    assert "/entities/org:" not in page


def test_a_page_by_itself_links_to_no_entity() -> None:
    page = written(Links)
    assert 'class="entity"' not in page
    assert all(href.startswith("#") for href in re.findall('href="([^"]*)"', page))


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=c&d#e", "http://example.org", "https://пример.укр/паром"]
)
def test_a_web_address_is_linked(url: str) -> None:
    assert harmless(url)


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd"),
        *("//example.org", "/etc", "https:", "https:///x", "https://news.example@evil.example/"),
        *(
            "https://example.org/\u202egpj",
            "https://a b",
            "ht\ttps://a",
            "\x01https://a",
            "https://[a",
        ),
    ],
)
def test_an_address_that_could_act_or_deceive_is_not_linked(url: str) -> None:
    assert not harmless(url)


def test_a_source_is_linked_to_its_original() -> None:
    page = written(Links)
    assert "rel=" not in page
    lines = edited()
    lines[4] |= {"url": 'https://example.org/a"b?c=d&e'}
    page = written(Links, lines)
    assert (
        '<a href="https://example.org/a&quot;b?c=d&amp;e" rel="noreferrer nofollow"><bdi>' in page
    )
