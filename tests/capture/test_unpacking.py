"""Containers: what is captured from them, and that it is captured once."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from tests.capture.conftest import Capture

from dateline import Archive
from dateline.testing import documents, packed, samples

PAGE = documents.page()
FORMATS = {
    "a.zip": packed.zipped({"x/one.txt": "One text.", "page.html": PAGE}),
    "a.mbox": packed.mailbox(packed.mail("One", "One."), packed.mail("Two", "Two.")),
    "a.eml": packed.mail("One", "One.", ("a.txt", "text/plain", b"Attached.")),
    "a.mhtml": packed.saved_page(PAGE),
    "a.warc": packed.warc(("https://wire.example/1", PAGE)),
    "a.wacz": packed.zipped({"archive/a.warc": packed.warc(("https://wire.example/1", PAGE))}),
    "a.atom": packed.feed(("One", "https://wire.example/1", "<p>One &amp; all.</p>")),
    "result.json": packed.telegram("One.", ["Two ", {"type": "bold", "text": "bold"}, "."]),
    "item.json": packed.ninjs("<p>One.</p>"),
}  # fmt: skip
FOUND = {
    "a.zip": {"x/one.txt", "page.html"},
    "a.mbox": {"1.eml", "2.eml"},
    "a.eml": {"", "1/a.txt"},
    "a.mhtml": {"1.html"},
    "a.warc": {"1/1"},
    "a.wacz": {"a.warc/1/1"},
    "a.atom": {"1.fragment.html"},
    "result.json": {"1.txt", "2.txt"},
    "item.json": {"1.fragment.html"},
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_document_is_captured_once(capture: Capture, archive: Archive, name: str) -> None:
    assert capture(name, FORMATS[name]) == dict.fromkeys(FOUND[name], "new")
    version = archive.story("ferry").version
    assert capture(name, FORMATS[name]) == dict.fromkeys(FOUND[name], "again")
    assert archive.story("ferry").version == version
    held = [one.container for one in archive.state("ferry").sources.values()]
    assert {one and one.name for one in held} <= {name, None}
    assert {one.member for one in held if one} == FOUND[name] - {""}


def test_what_a_container_knows_is_recorded(capture: Capture, archive: Archive) -> None:
    for name in ("a.warc", "a.mhtml", "a.atom", "result.json", "item.json", "a.eml"):
        capture(name, FORMATS[name], publisher=None)
    known = {
        (one.container and one.container.name): (
            archive.state("ferry").label(one.publisher),
            one.published,
            one.url,
        )
        for one in archive.state("ferry").sources.values()
        if one.derived_from is None
    }
    at = "2024-05-06T08:30:0"
    assert known == {
        "a.warc": ("wire.example", "2024-05-06", "https://wire.example/1"),
        "a.mhtml": ("wire.example", "2024-05-06", "https://wire.example/1"),
        "a.atom": ("The Wire", f"{at}0Z", "https://wire.example/1"),
        "result.json": ("The Wire", f"{at}2Z", "https://t.me/c/7/2"),
        "item.json": ("The Wire", f"{at}0Z", "https://wire.example/1"),
        None: ("wire.example", "2024-05-06T10:30:00+02:00", None),
        "a.eml": ("wire.example", "2024-05-06T10:30:00+02:00", None),
    }


def test_a_page_without_a_date_was_there_when_it_was_retrieved(
    capture: Capture, archive: Archive
) -> None:
    page = packed.warc(
        (
            "https://wire.example/2",
            b"<html><body><article><p>Undated words of a page.</p></article></body></html>",
        )
    )
    capture("a.warc", page, publisher=None)
    [first, *_] = archive.state("ferry").sources.values()
    assert first.published == "../2024-05-06T08:30:00Z"


def test_an_entry_without_a_date_was_there_when_its_feed_was_made(
    capture: Capture, archive: Archive
) -> None:
    item = "<item><title>One</title><description>Words.</description></item>"
    day = "<pubDate>Mon, 06 May 2024 08:30:00 GMT</pubDate>"
    feed = f'<rss version="0.91"><channel><title>Wire</title>{day}{item}</channel></rss>'
    assert capture("a.rss", feed.encode()) == {"1.fragment.html": "new"}
    [source, *_] = archive.state("ferry").sources.values()
    assert source.published == "../2024-05-06T08:30:00Z"


def test_a_message_has_the_addresses_that_its_words_lead_to(
    capture: Capture, archive: Archive
) -> None:
    link = {"type": "text_link", "text": "the list", "href": "https://wire.example/1"}
    odd = {"type": "text_link", "text": "that", "href": "javascript:alert(1)"}
    capture("result.json", packed.telegram(["Read ", link, " and ", odd, "."]))
    [document] = map(archive.document, archive.state("ferry").sources)
    assert document is not None
    assert document.text == "Read the list and that.\n\nthe list: https://wire.example/1"


def test_equal_messages_are_documents_of_their_own(capture: Capture, archive: Archive) -> None:
    chat = packed.telegram("Yes.", "Yes.")
    assert capture("result.json", chat) == {"1.txt": "new", "2.txt": "new"}
    assert len({one.published for one in archive.state("ferry").sources.values()}) == 2


def test_a_capture_that_was_stopped_goes_on(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(packed.mailbox(*(packed.mail(f"Mail {n}", "Words.") for n in range(4))))
    capturing = partial(archive.capture_all, [str(path)], story="ferry")
    begun = capturing()
    assert [next(begun).place[-5:] for _ in range(2)] == ["1.eml", "2.eml"]
    begun.close()
    assert [tried.captured and tried.captured.new for tried in capturing()] == [
        False,
        False,
        True,
        True,
    ]
    assert len(archive.state("ferry").sources) == 8


def test_another_process_that_writes_meanwhile_is_noticed(archive: Archive, tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"Text {name}.")
    capturing = archive.capture_all([str(tmp_path)], story="ferry", publisher="org:desk=Desk")
    next(capturing)
    archive.retitle("ferry", "Another title")
    archive.capture(str(tmp_path / "b.txt"), story="ferry", publisher="org:desk")
    assert [tried.captured and tried.captured.new for tried in capturing] == [False, True]


def test_a_format_can_be_given_by_name(capture: Capture) -> None:
    assert capture("export", FORMATS["a.mbox"], format="mbox") == {"1.eml": "new", "2.eml": "new"}
    assert capture("a.json", json.dumps({"a": 1}).encode()) == {"": "format-unknown"}
    assert capture("b.json", b"{}", format="text") == {"": "new"}


def test_exports_say_where_a_document_was_found(capture: Capture, archive: Archive) -> None:
    capture("a.mbox", FORMATS["a.mbox"])
    sources = archive.state("ferry").sources
    text = next(name for name, data in sources.items() if data.derived_from)
    chain = [{"agent": "org:desk", "role": "publisher"}]
    fact = samples.fact("occurrence", "One.", source=text, attribution=chain, action="run")
    archive.record([fact], story="ferry")
    for format in ("html", "markdown"):
        exported = archive.export("ferry", format=format).replace("\\", "")
        assert "found as 1.eml in a.mbox" in exported.replace("<bdi>", "")
