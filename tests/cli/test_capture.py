"""The command `capture`: what it stores and derives, what it refuses, and what it reports."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dateline import Archive
from dateline.capture.details import _byline
from dateline.capture.net import fetch
from dateline.events.source import SourceCaptured
from dateline.pytest_plugin import Cli, Result
from dateline.testing import documents, samples

Capture = Callable[..., Result]
WIRE = ("--publisher", "org:wire=Wire")


@pytest.fixture
def dateline(dateline_cli: Cli) -> Cli:
    return dateline_cli


@pytest.fixture
def capture(dateline: Cli, tmp_path: Path) -> Capture:
    """Writes a file and captures it in an open story, with a new publisher."""
    assert dateline("init").code == 0
    assert dateline("open", "ferry", "--title", "Fictional: the ferry Alma").code == 0

    def call(name: str, content: bytes | None = None, *options: str) -> Result:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        return dateline("capture", name, "--story", "ferry", *WIRE, *options)

    return call


def sources() -> list[SourceCaptured]:
    with Archive.open("dateline.db") as archive:
        return [e.data for e in archive.events() if isinstance(e.data, SourceCaptured)]


def count() -> int:
    with Archive.open("dateline.db") as archive:
        return archive.head().position


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def test_a_page_is_kept_as_its_bytes_and_its_text(capture: Capture, dateline: Capture) -> None:
    content = documents.page(published="2024-05-06T10:30:00+02:00")
    result = capture("page.html", content, "--url", "https://wire.example/1")
    assert result.code == 0, result.err
    page, text = sources()
    assert page.source == digest(content)
    assert (page.media_type, page.derived_from, page.url) == (
        "text/html",
        None,
        "https://wire.example/1",
    )
    assert (text.media_type, text.derived_from, text.url) == ("text/plain", page.source, None)
    assert (text.extracted_by or "").startswith("trafilatura ")
    for source in (page, text):
        assert source.title == "Ferry aground"
        assert source.published == "2024-05-06T10:30:00+02:00"
        assert (source.publisher, source.byline, source.language) == (
            "org:wire",
            ("Nora Pell",),
            "en-GB",
        )
    with Archive.open("dateline.db") as archive:
        kept, quoted = archive.document(page.source), archive.document(text.source)
        assert kept is not None and quoted is not None
        assert kept.content == content
        assert quoted.text.endswith(samples.TEXT)
        assert text.chars == len(quoted.text)
        assert "menu" not in quoted.text and "Sport" not in quoted.text
        events = list(archive.events())
        assert {event.reported_us for event in events[-2:]} == {1714984200000000}
    assert f"--source {text.source[7:19]}" in result.err
    assert page.source[7:19] in result.err
    assert "'2024-05-06T10:30:00+02:00'" in result.err

    # Facts need not name the text, since it is the only source to quote.
    recorded = dateline(
        "record", "ferry", "occurrence", "--text", "It ran aground.", "--exact", "ran aground",
        "--set", "action=run aground",
    )  # fmt: skip
    assert recorded.code == 0, recorded.err
    with Archive.open("dateline.db") as archive:
        fact = archive.state("ferry").facts["f1"].data
        assert fact.source == text.source
        start = fact.evidence[0].start
        assert start is not None
        assert quoted.text[start:].startswith("ran aground")


def test_a_pdf_is_kept_as_its_bytes_and_its_text(capture: Capture) -> None:
    content = documents.pdf(
        "FICTION. The ferry Alma (old)\nran aground.", "", "Everyone is “safe”."
    )
    result = capture("report.pdf", content, "--published", "2024-05")
    assert result.code == 0, result.err
    pdf, text = sources()
    assert (pdf.source, pdf.media_type, pdf.chars) == (digest(content), "application/pdf", None)
    assert (text.derived_from, text.published) == (pdf.source, "2024-05")
    assert (text.extracted_by or "").startswith("pypdf ")
    # A PDF names the time and the computer on which it was made; neither is taken.
    assert (pdf.title, pdf.published, pdf.byline, pdf.language) == (
        "Ferry aground",
        "2024-05",
        (),
        "en-GB",
    )
    with Archive.open("dateline.db") as archive:
        kept, quoted = archive.document(pdf.source), archive.document(text.source)
    assert kept is not None and quoted is not None
    assert (kept.charset, kept.text) == ("binary", "")
    assert quoted.text.split("\f")[2].strip() == "Everyone is “safe”."
    assert "no text on page 2 of 3" in result.err


def test_options_override_what_the_document_declares(capture: Capture) -> None:
    result = capture(
        "page.html", documents.page(), "--title", "Mine", "--published", "2024-05-07", "--language",
        "en", "--byline", "Ada Quill",
    )  # fmt: skip
    assert result.code == 0, result.err
    for source in sources():
        assert (source.title, source.published) == ("Mine", "2024-05-07")
        assert (source.language, source.byline) == ("en", ("Ada Quill",))
    assert "Taken from" not in result.err


def test_a_page_names_its_own_publisher_and_address(dateline: Cli, capture: Capture) -> None:
    """In a pipe, where nothing is asked."""
    own = b'<meta property="og:site_name" content="Ister Wire">'
    own += b'<link rel="canonical" href="https://wire.example/1">'
    for name, text in (("page.html", b"aground"), ("two.html", b"afloat")):
        content = documents.page().replace(b"<script>", own + b"<script>")
        Path(name).write_bytes(content.replace(b"aground", text))
        result = dateline("capture", name, "--story", "ferry")
        assert result.code == 0, result.err
        page, text_of_it = sources()[-2:]
        assert (page.publisher, text_of_it.publisher) == ("org:ister-wire", "org:ister-wire")
        assert (page.url, text_of_it.url) == ("https://wire.example/1", None)
        assert ("publisher org:ister-wire='Ister Wire'" in result.err) == (name == "page.html")
    with Archive.open("dateline.db") as archive:
        assert archive.state("ferry").entities["org:ister-wire"].label == "Ister Wire"
    given = capture(
        "three.html", content.replace(b"ran", b"RAN"), "--url", "https://wire.example/2"
    )
    assert given.code == 0, given.err
    assert (sources()[-2].publisher, sources()[-2].url) == ("org:wire", "https://wire.example/2")


def test_a_document_that_names_no_publisher_needs_one(dateline: Cli, capture: Capture) -> None:
    for name, content in (("page.html", documents.page()), ("a.txt", b"Once.")):
        Path(name).write_bytes(content)
        before = count()
        result = dateline("capture", name, "--story", "ferry")
        assert (result.code, result.error) == (1, "publisher-missing")
        assert "--publisher org:" in result.err and count() == before
        assert capture(name).code == 0
        # It is known now, with its publisher.
        assert "Already captured" in dateline("capture", name, "--story", "ferry").err


def test_a_placeholder_date_or_author_is_ignored_and_reported(capture: Capture) -> None:
    content = documents.page(published="1970-01-01T00:00:00Z").replace(b"Nora Pell", b"Admin")
    result = capture("page.html", content)
    assert result.code == 0, result.err
    assert {(source.published, source.byline) for source in sources()} == {(None, ())}
    assert "'1970-01-01T00:00:00Z'" in result.err and "--published" in result.err
    given = capture("two.html", content.replace(b"ran", b"RAN"), "--published", "1970-01-01")
    assert (given.code, "'1970-01-01T00:00:00Z'" in given.err) == (0, False)
    assert sources()[-1].published == "1970-01-01"
    names, notes = _byline(("By Nora Pell", "Nora Pell", "Admin"), None)
    assert (names, len(notes)) == (["Nora Pell"], 1)
    assert "'Admin'" in notes[0]


def test_capturing_again_adds_nothing(capture: Capture) -> None:
    page, pdf = documents.page(), documents.pdf("Once")
    for name, content in (("page.html", page), ("a.pdf", pdf), ("a.txt", samples.TEXT.encode())):
        assert capture(name, content).code == 0
        before = count()
        again = capture(name)
        assert (again.code, "Already captured" in again.err) == (0, True)
        assert count() == before
    # A detail that is left out the second time is not a change.
    assert capture("b.txt", b"Once more.", "--title", "One", "--published", "2024-05").code == 0
    before = count()
    for options in ((), ("--title", "One"), ("--published", "2024-05")):
        again = capture("b.txt", None, *options)
        assert (again.code, "Already captured" in again.err) == (0, True)
    assert count() == before


def other(publisher: str, published: str, url: str) -> tuple[str, ...]:
    return ("--publisher", publisher, "--published", published, "--url", url)


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_a_document_with_an_archived_text_becomes_a_source_of_its_own(
    capture: Capture, dateline: Capture, kind: str
) -> None:
    """The same article from a second publisher is recorded, with its own date and URL."""
    if kind == "pdf":
        first = documents.pdf("FICTION. The ferry ran aground.")
        second = first.replace(b"Ferry aground", b"Ferry on rock")
    else:
        first = documents.page(published="2024-05-06")
        second = first.replace(b"Ten recipes", b"Nine recipes")
    assert first != second
    assert capture(f"one.{kind}", first, "--published", "2024-05-06").code == 0
    page, text = sources()
    Path(f"two.{kind}").write_bytes(second)
    details = other("org:lamp=Daily Lamp", "2024-05-07", "https://lamp.example/7")
    done = dateline("capture", f"two.{kind}", "--story", "ferry", *details)
    assert done.code == 0, done.err
    *_, whole, added = sources()
    assert len(sources()) == 4
    assert (whole.source, added.source) == (digest(second), f"{text.source}.2")
    assert (whole.publisher, added.publisher) == ("org:lamp", "org:lamp")
    assert (whole.published, whole.url) == ("2024-05-07", "https://lamp.example/7")
    assert (added.published, added.derived_from) == ("2024-05-07", whole.source)
    with Archive.open("dateline.db") as archive:
        kept = archive.document(whole.source)
        assert kept is not None and kept.content == second
        assert archive.verify(deep_too=True).findings == []
    # The message names the publisher of the text, and the id to quote.
    for words in ("Wire (org:wire), published 2024-05-06", f"--source {text.source[7:19]}.2"):
        assert words in done.err
    again = dateline("capture", f"two.{kind}", "--story", "ferry", *details)
    assert (again.code, "Already captured" in again.err, len(sources())) == (0, True, 4)
    # A fact rests on the page that it was read on: the other one's publisher ends its chain.
    for source, publisher in (
        (text.source[7:19], "Wire"),
        (f"{text.source[7:19]}.2", "Daily Lamp"),
    ):
        recorded = dateline(
            "record", "ferry", "occurrence", "--text", f"It ran aground, says {publisher}.",
            "--exact", "ran aground", "--set", "action=run aground", "--source", source,
        )  # fmt: skip
        assert recorded.code == 0, recorded.err
    with Archive.open("dateline.db") as archive:
        assert [archive.fact("ferry", name).chain for name in ("f1", "f2")] == [
            "Wire",
            "Daily Lamp",
        ]
        assert archive.verify(deep_too=True).findings == []
    assert page.source != whole.source


def test_an_archived_text_is_captured_again_in_a_second_story(
    capture: Capture, dateline: Capture
) -> None:
    page = documents.page()
    assert capture("one.html", page).code == 0
    assert dateline("open", "two", "--title", "Fictional: another").code == 0
    Path("two.html").write_bytes(page.replace(b"Ten recipes", b"Nine recipes"))
    assert dateline("capture", "two.html", "--story", "two", *WIRE).code == 0
    assert len(sources()) == 4
    assert sources()[-1].derived_from == sources()[-2].source


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf"])
@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--published", "2024-05-08"), "published"),
        (("--title", "Another"), "title"),
        (("--url", "https://wire.example/2"), "url"),
        (("--language", "uk"), "language"),
        (("--byline", "Ada Quill"), "byline"),
        (("--publisher", "org:lamp=Daily Lamp"), "publisher"),
    ],
)
def test_the_same_bytes_with_different_details_are_another_capture(
    capture: Capture, dateline: Capture, name: str, options: tuple[str, ...], field: str
) -> None:
    made = {"a.txt": b"Once.", "a.html": documents.page(), "a.pdf": documents.pdf("Once")}
    first = ("--published", "2024-05-07", "--url", "https://wire.example/1", "--language", "en")
    assert capture(name, made[name], *first, "--title", "One", "--byline", "Nora Pell").code == 0
    again = capture(name, None, *options)
    assert again.code == 0, again.err
    assert "dateline amend" in again.err and "dateline undo" in again.err
    many = 1 if name == "a.txt" else 2  # the document, and its text
    earlier, added = sources()[:many], sources()[many:]
    assert [one.source for one in added] == [f"{one.source}.2" for one in earlier]
    value, wanted = getattr(added[0], field), options[1].partition("=")[0]
    assert wanted in (value if field == "byline" else [value])
    now = count()
    repeated = capture(name, None, *options)
    assert (repeated.code, "Already captured" in repeated.err, count()) == (0, True, now)
    undone = dateline("undo", "ferry", "--yes")
    assert undone.code == 0, undone.err
    with Archive.open("dateline.db") as archive:
        assert list(archive.state("ferry").sources.values()) == earlier


@pytest.mark.parametrize("changed", [False, True])
def test_options_are_checked_for_an_archived_document_too(capture: Capture, changed: bool) -> None:
    page = documents.page()
    assert capture("page.html", page).code == 0
    before = count()
    content = page.replace(b"Ten recipes", b"Nine recipes") if changed else page
    for option, value, error in (
        ("--published", "not a date", "not-a-date"),
        ("--publisher", "org:nobody", "entity-unknown"),
    ):
        wrong = capture("page.html", content, option, value)
        assert (wrong.code, wrong.error) == (1, error)
    assert count() == before


def test_capturing_a_withdrawn_source_again_is_an_error(
    capture: Capture, dateline: Capture
) -> None:
    assert capture("a.txt", b"Once.").code == 0
    withdrawn = ("withdraw", "ferry", sources()[0].source[7:19], "--reason", "By mistake")
    assert dateline(*withdrawn).code == 0
    before = count()
    back = capture("a.txt")
    assert (back.code, back.error, count()) == (1, "source-withdrawn", before)
    assert "By mistake" in back.err and "`dateline erase 3`" in back.err
    why = ("--reason", "Put back", "--basis", "correction", "--yes")
    assert dateline("erase", "3", *why).code == 0
    assert capture("a.txt").code == 0
    with Archive.open("dateline.db") as archive:
        assert archive.state("ferry").withdrawn == {}


def test_a_protected_text_is_shared_only_under_the_same_subject(capture: Capture) -> None:
    page = documents.page()
    second = page.replace(b"Ten recipes", b"Nine recipes")
    assert capture("one.html", page, "--protect", "Witness 7").code == 0
    before = count()
    for options in ((), ("--protect", "Witness 8")):
        refused = capture("two.html", second, *options)
        assert (refused.code, refused.error) == (1, "protection-differs"), refused.err
        assert '"Witness 7"' in refused.err
    assert count() == before
    shared = capture("two.html", second, "--protect", "Witness 7")
    assert (shared.code, count()) == (0, before + 2)
    with Archive.open("dateline.db") as archive:
        assert list(archive.events())[-1].subject_key == archive.key_of("Witness 7")
    # An unprotected text is not shared with a document that is to be protected.
    assert capture("three.html", documents.page("FICTION. All safe.")).code == 0
    third = documents.page("FICTION. All safe.").replace(b"Ten recipes", b"Two recipes")
    refused = capture("four.html", third, "--protect", "Witness 9")
    assert (refused.code, refused.error) == (1, "protection-differs"), refused.err


def test_two_runs_with_the_same_text_keep_both_pages(
    capture: Capture, dateline: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process captures the same text after this one has read the story."""
    from dateline.capture import capturing as module

    page = documents.page()
    second = page.replace(b"Ten recipes", b"Nine recipes")
    Path("two.html").write_bytes(second)
    tried, attempts = module._attempt, []

    def overtaken(archive: Any, state: Any, *given: Any) -> module.Captured:
        attempts.append(state.version)
        if len(attempts) == 1:
            command = ("capture", "two.html", "--story", "ferry", *WIRE)
            program = f"from dateline.cli.root import root; root({command!r})"
            subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
        return tried(archive, state, *given)

    monkeypatch.setattr(module, "_attempt", overtaken)
    done = capture("one.html", page)
    assert done.code == 0, done.err
    assert len(attempts) == 2
    assert [source.derived_from is None for source in sources()] == [True, False, True, False]


def test_the_hint_for_another_charset_works(capture: Capture) -> None:
    words = "Паром сел на мель возле порта в понедельник, сообщил начальник порта."
    read = capture("koi8.txt", words.encode("koi8-r"))
    assert "capture it again with the right --charset" in read.err
    again = capture("koi8.txt", None, "--charset", "cp1251")
    assert (again.code, "Read again as cp1251" in again.err) == (0, True)
    with Archive.open("dateline.db") as archive:
        read_as = [archive.document(one.source).text for one in sources()]  # type: ignore[union-attr]
    assert read_as == [words, words.encode("koi8-r").decode("cp1251")]


def test_a_detected_charset_is_reported(capture: Capture) -> None:
    russian = "Паром сел на мель возле порта в понедельник, сообщил начальник порта."
    found = capture("koi8.txt", russian.encode("koi8-r"))
    assert (found.code, "Read as koi8_" in found.err) == (0, True)
    [source] = sources()
    assert source.chars == len(russian)
    given = capture("cp1251.txt", russian.encode("cp1251"), "--charset", "cp1251")
    assert (given.code, "Read as" in given.err) == (0, False)
    # A second capture reads it in the same charset.
    assert "Already captured" in capture("cp1251.txt").err
    # A charset that gives the same text is accepted.
    assert capture("ascii.txt", b"Safe.", "--charset", "cp1252").code == 0
    same = capture("ascii.txt", None, "--charset", "utf-8")
    assert (same.code, "Already captured" in same.err) == (0, True)
    marked = capture("marked.txt", "Пором".encode("utf-16"))
    assert (marked.code, "Read as utf-16" in marked.err) == (0, True)


def test_an_extracted_text_may_be_archived_in_another_charset(
    capture: Capture, dateline: Capture, tmp_path: Path
) -> None:
    assert capture("page.html", documents.page("FICTION. Everyone is safe.")).code == 0
    with Archive.open("dateline.db") as archive:
        text = archive.document(sources()[1].source)
    assert text is not None
    (tmp_path / "text.txt").write_bytes(text.content)
    assert dateline("--db", "b.db", "init").code == 0
    for slug in ("one", "two"):
        assert dateline("--db", "b.db", "open", slug, "--title", "Fictional").code == 0
    charset = ("--charset", "cp1252")
    for slug, name, options in (("one", "text.txt", charset), ("two", "page.html", ())):
        done = dateline("--db", "b.db", "capture", name, "--story", slug, *WIRE, *options)
        assert done.code == 0, done.err


def test_code_points_that_are_not_characters_are_replaced(
    capture: Capture, tmp_path: Path, dateline: Capture
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "odd.py").write_text(
        "from dateline.plugin import *\n"
        "class Odd(SourceImporter):\n"
        "    name, suffixes, media_type = 'odd', ('.odd',), 'application/x-odd'\n"
        "    def document(self, content, charset):\n"
        "        return Document(content, BINARY)\n"
        "    def extract(self, document):\n"
        "        return Extracted('a\\0b\\ud800c', 'odd 1', title=' one\\n two ',\n"
        "            byline=('person:nobody', 'Ada Quill', ''))\n"
        "@hookimpl\n"
        "def dateline_importers():\n"
        "    return [Odd()]\n"
    )
    (tmp_path / "x.odd").write_bytes(b"\x00\xff")
    result = dateline("--plugins-dir", "p", "capture", "x.odd", "--story", "ferry", *WIRE)
    assert result.code == 0, result.err
    assert "U+FFFD replaces 2 code points" in result.err
    odd, text = sources()
    assert (odd.title, odd.byline, text.chars) == ("one two", ("Ada Quill",), 5)


def test_binary_sources_survive_an_export_and_an_import(
    capture: Capture, dateline: Capture, tmp_path: Path
) -> None:
    content = documents.pdf("FICTION. Everyone is safe.")
    assert capture("report.pdf", content).code == 0
    assert capture("page.html", documents.page()).code == 0
    assert dateline("export", "ferry", "-o", "out.ndjson").code == 0
    lines = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    [line] = [line for line in lines if line.get("media_type") == "application/pdf"]
    assert (line["charset"], "content" in line, "chars" in line) == ("binary", False, False)
    assert dateline("--db", "copy.db", "init").code == 0
    assert dateline("--db", "copy.db", "import", "out.ndjson").code == 0
    with Archive.open("dateline.db") as one, Archive.open("copy.db") as two:
        assert [e.data for e in one.events()] == [e.data for e in two.events()]
        for source in one.state("ferry").sources:
            assert one.document(source) == two.document(source)
    # Every other format can be exported too.
    for name in ("csv", "json", "markdown"):
        assert dateline("export", "ferry", "-f", name).code == 0


@pytest.mark.parametrize(
    ("module", "name", "content", "library"),
    [
        ("trafilatura", "page.html", documents.page(), "trafilatura"),
        ("pypdf", "a.pdf", documents.pdf("Once"), "pypdf"),
        ("charset_normalizer", "a.txt", "Паром сел".encode("cp1251"), "charset-normalizer"),
    ],
)
def test_a_missing_library_is_named(
    capture: Capture,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    name: str,
    content: bytes,
    library: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    result = capture(name, content)
    assert (result.code, result.error) == (1, "library-missing")
    assert library in result.err and "pip install 'dateline[capture]'" in result.err


# -- from the web --------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, str, bytes]] = {}

    def do_GET(self) -> None:
        status, said, body = self.answers[self.path]
        self.send_response(status)
        self.send_header("Location" if status == 301 else "Content-Type", said)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on this machine with the name wire.example, which the check of addresses allows."""

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
        assert host == "wire.example"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(fetch, "fetch", partial(fetch.fetch, policy=lambda address: None))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://wire.example:{server.server_port}"
        server.shutdown()


def test_a_url_is_downloaded_only_when_that_is_allowed(capture: Capture, web: str) -> None:
    page = documents.page("FICTION. The café of Port Ister stayed open.", charset="cp1252")
    Handler.answers = {
        "/old": (301, "/report?id=1", b""),
        # The charset in the header overrides the one in the page.
        "/report?id=1": (200, "text/html; charset=ISO-8859-1", page.replace(b"cp1252", b"utf-8")),
        "/file": (200, "application/pdf", documents.pdf("A report.")),
        "/plain.txt": (200, "application/octet-stream", b"Plain."),
    }
    offline = capture(f"{web}/old")
    assert (offline.code, offline.error, sources()) == (1, "network-not-allowed", [])
    result = capture(f"{web}/old", None, "--allow-network")
    assert result.code == 0, result.err
    original, text = sources()
    assert (original.url, text.url) == (f"{web}/report?id=1", None)
    assert "Read as cp1252" in result.err
    for path, media_type in (("/file", "application/pdf"), ("/plain.txt", "text/plain")):
        assert capture(f"{web}{path}", None, "--allow-network").code == 0
        assert media_type in [source.media_type for source in sources()]
    twice = capture(f"{web}/file", None, "--allow-network", "--url", "https://wire.example/2")
    assert twice.code == 2


def test_every_visit_to_an_address_is_kept(capture: Capture, dateline: Capture, web: str) -> None:
    """Also one that finds what was there before: then the page was still there."""
    first = documents.page("FICTION. Nine miners were found.")
    Handler.answers = {"/mine": (200, "text/html", first)}
    for _ in range(2):
        done = capture(f"{web}/mine", None, "--allow-network")
        assert done.code == 0, done.err
    later = first.replace(b"Nine miners", b"Ten miners")
    Handler.answers = {"/mine": (200, "text/html", later)}
    assert capture(f"{web}/mine", None, "--allow-network").code == 0
    visits = sources()
    page, text = visits[0].source, visits[1].source
    again = [f"{page}.2", f"{text}.2"]
    assert [one.source for one in visits] == [
        page,
        text,
        *again,
        *(one.source for one in visits[4:]),
    ]
    assert visits[3].derived_from == again[0]
    assert (visits[4].source, visits[4].url) == (digest(later), f"{web}/mine")
    compared = dateline("show", "ferry", text[7:19], "--versions")
    assert (compared.code, compared.out.count("->")) == (0, 2)
    assert "the text is the same" in compared.out and "[-Nine-]{+Ten+} miners" in compared.out
    with Archive.open("dateline.db") as archive:
        assert archive.verify(deep_too=True).findings == []
        # The bytes are kept once; erasing one visit keeps what the other needs.
        first_visit = [
            event.position for event in archive.events() if event.type == "source.captured"
        ]
        archive.erase(positions=first_visit[:2], reason="Names in it", basis="Correction")
        assert archive.document(f"{text}.2") is not None
        assert archive.verify(deep_too=True).findings == []
        archive.erase(positions=first_visit[2:4], reason="Names in it", basis="Correction")
        assert archive.document(text) is None


def test_a_visit_is_read_as_the_last_reading_was(capture: Capture, web: str) -> None:
    words = "Паром сел на мель."
    Handler.answers = {"/a.txt": (200, "text/plain; charset=latin-1", words.encode("cp1251"))}
    assert capture(f"{web}/a.txt", None, "--allow-network").code == 0
    again = capture(f"{web}/a.txt", None, "--allow-network", "--charset", "cp1251")
    third = capture(f"{web}/a.txt", None, "--allow-network")
    assert (again.code, third.code, "Read as cp1251" in third.err) == (0, 0, True)
    assert [one.derived_from is None for one in sources()] == [True, True, False, True, False]
    assert [one.read_as for one in sources()][1:] == [None, "cp1251"] * 2
    with Archive.open("dateline.db") as archive:
        visits = [one.source for one in sources() if one.derived_from]
        assert [archive.document(one).text for one in visits] == [words, words]  # type: ignore[union-attr]
        taken_back = archive.undo("ferry")
        last = [one.source for one in sources()[:2:-1]]
        assert [getattr(event.data, "source", None) for event in taken_back] == last
    # The same bytes from a file are another reading of the last visit.
    Path("a.txt").write_bytes(words.encode("cp1251"))
    assert capture("a.txt", None, "--charset", "koi8-r").code == 0
    assert sources()[-1].derived_from == f"{digest(words.encode('cp1251'))}.2"


def test_the_document_overrides_a_wrong_charset_of_the_server(capture: Capture, web: str) -> None:
    Handler.answers = {
        "/page": (
            200,
            "text/html; charset=utf-8",
            documents.page("Кафе у порта.", charset="koi8-r"),
        ),
        "/mark.txt": (200, "text/plain; charset=ISO-8859-1", "Кафе.".encode("utf-16")),
        "/odd.txt": (200, "text/plain; charset=no-such", "Кафе!".encode()),
    }
    for path in Handler.answers:
        result = capture(f"{web}{path}", None, "--allow-network")
        assert result.code == 0, result.err
    with Archive.open("dateline.db") as archive:
        texts = [getattr(archive.document(source.source), "text", "") for source in sources()]
    assert sum("Кафе" in text for text in texts) == 4


def test_a_url_of_a_private_address_is_refused(
    capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = socket.getaddrinfo

    def numeric(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        return real(host, port, *args, flags=socket.AI_NUMERICHOST, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", numeric)
    for host in ("127.1", "2130706433", "[::1]", "169.254.169.254"):
        result = capture(f"http://{host}/", None, "--allow-network")
        assert (result.code, result.error) == (1, "address-refused")
    result = capture("ftp://wire.example/a", None, "--allow-network")
    assert (result.code, result.error) == (1, "scheme-unsupported")
    assert sources() == []


@pytest.mark.slow
def test_messages_of_libraries_do_not_reach_stderr(capture: Capture, tmp_path: Path) -> None:
    """In a process of its own, since pytest captures log messages."""
    (tmp_path / "odd.pdf").write_bytes(b"junk\n" + documents.pdf("Once"))  # pypdf logs that
    (tmp_path / "odd.html").write_bytes(b"<html><body><p></body></html>")  # trafilatura logs this
    words = []
    for name in ("odd.pdf", "odd.html"):
        code = f"import sys; sys.argv[1:] = {['capture', name, '--story', 'ferry', *WIRE]}\n"
        code += "from dateline.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        words += [line.split()[0] for line in done.stderr.splitlines()]
    assert words[:5] == ["Captured", "Quote", "Taken", "It", "Error:"] and len(words) == 6
