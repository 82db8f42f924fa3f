"""A story full of markup, scripts, bidi controls and long words: no page of it acts."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.security import hostile
from tests.web.conftest import Open

from dateline import Archive
from dateline.testing import samples
from dateline_web.addresses import Addresses

W = hostile.WORDS
#: Text that ends attributes and elements, and a word that is longer than any screen.
BREAKS = "\"'></script></a><img src=x onerror=alert(1)><svg/onload=alert(1)><!--" + "w" * 3_000
#: Elements that no page has: they act, load something, or change what addresses mean.
ACTING = (
    "iframe", "object", "embed", "base", "style", "img", "audio", "video", "frame", "frameset", "applet",
    "foreignobject", "animate", "set", "math", "template", "portal",
)  # fmt: skip
#: Attributes that hold addresses.
ADDRESSES = ("href", "src", "action", "cite")


class Acts(HTMLParser):
    """What on a page could act, or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ACTING or (tag == "script" and not given["src"].startswith("/static/")):
            self.found.append(f"<{tag}>")
        self.found += [name for name in given if name.startswith("on") or name == "style"]
        for name in ADDRESSES:
            if name in given:
                self._address(tag, given[name])

    def _address(self, tag: str, address: str) -> None:
        parts = urlsplit(address)
        own = not parts.scheme and not parts.netloc
        if not own and (tag != "a" or parts.scheme not in ("http", "https")):
            self.found.append(address)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and data.strip():
            self.found.append(data)


def test_no_page_of_a_hostile_story_acts(recording: Callable[..., Archive], reading: Open) -> None:
    one, two = f"Words 0: {W} end", f"{W}\r\n{BREAKS}\r\n\u202egnorw\u202c end"
    archive = recording(
        *hostile.story(W, BREAKS),
        samples.captured(two, title=W, url="javascript:alert(1)", language="<b>"),
        samples.captured(f"{two} more", title=BREAKS, url="javascript:alert(1)"),
        samples.fact("occurrence", "end", source=samples.digest(two), text=BREAKS),
        samples.amended(samples.VOSS, "/label", "Mara Voss", W, reason=BREAKS),
    )
    to, state = Addresses(), archive.state("ferry")
    reader, sources = reading(), list(state.sources)
    assert samples.digest(one) in sources
    paths = [
        to.home(),
        to.entities(),
        to.story("ferry"),
        to.diff("ferry", "2024-05-01", "2030-01-01"),
    ]
    paths += [to.fact("ferry", name) for name in state.facts]
    paths += [to.source("ferry", name) for name in sources]
    paths += [to.versions("ferry", name) for name in sources]
    paths += [to.entity(name) for name in state.entities]
    paths += [to.view(name, "ferry") for name in archive.plugins.views]
    paths += [to.search(q=words) for words in ("alert", "rich", "end", "script")]
    for path in paths:
        page = reader.page(path)
        parser = Acts()
        parser.feed(page)
        assert parser.found == [], path
        assert hostile.acts(page) == "", path


def test_what_is_asked_for_does_not_act_either(
    recording: Callable[..., Archive], reading: Open
) -> None:
    recording(*samples.story())
    reader, to = reading(), Addresses()
    for words in (W, BREAKS[:400]):
        for path in (
            to.search(q=words, speaker=words),
            to.view("timeline", "ferry", where=words),
            to.view("timeline", "ferry", sort=words),
            to.at("/entities", like=words),
            to.diff("ferry", words, words),
            to.fact("ferry", words),
            to.source("ferry", words),
            to.entity(words),
            to.export("ferry", words),
            to.at("/", as_of=words),
        ):
            answer = reader.ask(path)
            assert answer.status_code in (200, 400, 404), path
            parser = Acts()
            parser.feed(answer.text)
            assert parser.found == [], path
            assert hostile.acts(answer.text) == "", path
            assert all("\n" not in value for value in answer.headers.values())


def test_a_page_leads_nowhere_else_whatever_its_address(
    recording: Callable[..., Archive], reading: Open
) -> None:
    recording(*samples.story(samples.entity("person:who", "Who?")))
    reader = reading()
    for path in (
        "//evil.example/x",
        "/%5Cevil.example/x",
        "/%2Fevil.example",
        "/%0d%0aevil.example",
    ):
        answer = reader.ask(f"http://reader.test{path}")
        assert answer.status_code == 404, path
        parser = Acts()
        parser.feed(answer.text)
        assert parser.found == [], path
        assert 'href="/\\' not in answer.text and "\r" not in answer.text
    page = reader.page("/entities", like="%2F?#", as_of="2024-05-07")
    assert 'value="%2F?#"' in page and "/entities.json?like=%252F%3F%23" in page
