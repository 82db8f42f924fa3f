"""Containers: what is captured from them, that it is captured once, and that a hostile one costs little.

Each hostile file is made here. One clear error is reported for it, and what else can be read is read.
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from tests.bundled import plugins

from dateline import Archive
from dateline.capture import unpacking
from dateline.capture.bounds import Bounds
from dateline.capture.time_limit import limited
from dateline.plugin import Contained, Container
from dateline.testing import documents, packed, samples
from dateline.testing.isolated import isolated

PAGE = documents.page()
Capture = Callable[..., dict[str, str]]


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")
        yield archive


@pytest.fixture
def capture(archive: Archive, tmp_path: Path) -> Capture:
    """What became of each document of a file: ``new``, ``again``, or the code of its error."""

    def call(
        name: str, content: bytes, publisher: str | None = "org:desk=Desk", **how: object
    ) -> dict[str, str]:
        path = tmp_path / name
        path.write_bytes(content)
        found = {}
        for tried in archive.capture_all([str(path)], story="ferry", publisher=publisher, **how):  # type: ignore[arg-type]
            place = tried.place.removeprefix(str(path)).removeprefix(": ")
            done = tried.captured
            word = (
                tried.error.code
                if done is None and tried.error
                else "new"
                if done and done.new
                else "again"
            )
            assert tried.error is None or tried.error.hint, f"{tried.error} has no next step"
            assert place not in found, f"{place} was reported twice"
            found[place] = word
        return found

    return call


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


# -- bounds ---------------------------------------------------------------------------------

GOOD = {"good.txt": "Good words."}


def nested(depth: int) -> bytes:
    content = packed.zipped({f"{depth}.txt": f"Depth {depth}."})
    for level in range(depth - 1, 0, -1):
        content = packed.zipped({f"{level}.txt": f"Depth {level}.", "in.zip": content})
    return content


@pytest.mark.parametrize(
    ("bounds", "files", "found"),
    [
        (Bounds(member=1000), {"big.txt": "a" * 1001}, {"big.txt": "member-too-large", "good.txt": "new"}),
        (Bounds(small=5000, ratio=20), {"bomb.txt": "a" * 900_000}, {"": "container-too-dense"}),
        (Bounds(total=5000), {"1.txt": "a" * 4000, "2.txt": "b" * 4000}, {"1.txt": "new", "": "container-too-large"}),
        (Bounds(count=2), {"1.txt": "a", "2.txt": "b"}, {"1.txt": "new", "2.txt": "new", "": "container-too-many"}),
    ],
)  # fmt: skip
def test_sizes_and_counts_are_bounded(
    capture: Capture, bounds: Bounds, files: dict[str, str], found: dict[str, str]
) -> None:
    assert capture("a.zip", packed.zipped(files | GOOD), bounds=bounds) == found


def test_the_depth_is_bounded(capture: Capture) -> None:
    found = capture("a.zip", nested(6))
    assert [word for word in found.values() if word != "new"] == ["container-too-deep"]
    assert list(found.values()).count("new") == Bounds().depth


NAMES = (
    "../out.txt",
    "/etc/out.txt",
    "C:\\out.txt",
    "a\\..\\..\\out.txt",
    "a\x1b[31m.txt",
    "a\u2028.txt",
    " ",
)


def test_names_that_lead_out_or_act_are_refused(capture: Capture) -> None:
    found = capture("a.zip", packed.zipped(dict.fromkeys(NAMES, "Words.") | GOOD))
    assert list(found.values()) == ["member-name"] * len(NAMES) + ["new"]


def changed(old: bytes, *changes: tuple[int, int, bytes]) -> bytes:
    """A ZIP file with other bytes in its central directory: (entry, offset, bytes)."""
    content = bytearray(old)
    for entry, offset, new in changes:
        at = -1
        for _ in range(entry + 1):
            at = content.index(b"PK\x01\x02", at + 1)
        content[at + offset : at + offset + len(new)] = new
    return bytes(content)


TWO = packed.zipped({"one.txt": "One."} | GOOD, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (changed(TWO, (1, 42, struct.pack("<I", 4))), {"": "zip-overlapping"}),
        (changed(TWO, (0, 8, b"\x01\x00")), {"one.txt": "member-encrypted", "good.txt": "new"}),
        (changed(TWO, (0, 38, struct.pack("<I", 0o120777 << 16))), {"one.txt": "link-not-followed", "good.txt": "new"}),
        (changed(TWO, (0, 16, b"\x00\x00\x00\x00")), {"one.txt": "zip-damaged", "good.txt": "new"}),
        (TWO[:-10], {"": "zip-damaged"}),
        (TWO[: len(TWO) // 2], {"": "zip-damaged"}),
    ],
)  # fmt: skip
def test_damaged_zip_files_are_explained(
    capture: Capture, content: bytes, found: dict[str, str]
) -> None:
    assert capture("a.zip", content) == found


def test_a_link_in_a_folder_is_not_followed(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("A secret.")
    (tmp_path / "in" / "a.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "b.txt").write_text("Words.")
    tries = archive.capture_all([str(tmp_path / "in")], story="ferry", publisher="org:desk=Desk")
    assert [tried.error and tried.error.code for tried in tries] == ["link-not-followed", None]


PARTS = b"--b\nContent-Type: text/plain\n\nPart.\n" * 1200
DEEP = b"".join(
    f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'.encode() for n in range(1500)
)


@pytest.mark.parametrize(
    "body",
    [b'Content-Type: multipart/mixed; boundary="b"\n\n' + PARTS, b"Subject: Deep\n" + DEEP],
)
def test_mails_of_thousands_of_parts_are_refused(capture: Capture, body: bytes) -> None:
    box = packed.mailbox(b"From: a@wire.example\n" + body, packed.mail("Good", "Words."))
    assert capture("a.mbox", box) == {"1.eml": "mail-too-many-parts", "2.eml": "new"}


@pytest.mark.parametrize("length", [10, 1000, 10_000_000])
def test_a_crawl_with_a_false_length_is_explained(capture: Capture, length: int) -> None:
    crawl = packed.warc(
        ("https://wire.example/1", PAGE), ("https://wire.example/2", PAGE), length=length
    )
    assert "warc-damaged" in capture("a.warc", crawl).values()


LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "laugh">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("before", [LAUGHS, OUTSIDE])
def test_entities_of_feeds_are_not_expanded(
    capture: Capture, archive: Archive, before: str
) -> None:
    entity = "&j;" if before is LAUGHS else "&secret;"
    entry = f"<entry><title>One</title><summary>Words {entity}</summary></entry>"
    feed = packed.feed(before=before).replace(b"</feed>", entry.encode() + b"</feed>")
    capture("a.atom", feed)
    kept = [archive.document(name) for name in archive.state("ferry").sources]
    secret = (
        Path("/etc/hostname").read_text().strip()
        if Path("/etc/hostname").exists()
        else "laughlaugh"
    )
    assert all(one is not None and len(one.text) < 100 and secret not in one.text for one in kept)


@pytest.mark.parametrize(
    "start", [b'{"name": "a", "type": "b", "messages": ', b'{"versioncreated": ']
)
def test_json_that_is_nested_deeply_is_refused(capture: Capture, start: bytes) -> None:
    assert capture("result.json", start + b"[" * 200_000) == {"": "json-unreadable"}


ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", packed.zipped({"word/document.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.odt", packed.zipped({"content.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.docx", packed.zipped({"word/document.xml": " " * (2 << 20)}), "member-too-large"),
        ("a.docx", packed.zipped({"word/document.xml": "<a>" * 10_000}), "document-unreadable"),
        ("a.docx", packed.zipped({"other.xml": "<a/>"}), "not-that-document"),
        ("a.xlsx", packed.zipped({"xl/workbook.xml": "<a/>"}), "document-unreadable"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(100), "document-unreadable"),
    ],
)  # fmt: skip
def test_hostile_office_documents_are_explained(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, code: str
) -> None:
    monkeypatch.setattr("dateline_office.packed.MAX_PART", 1 << 20)
    assert capture(name, content) == {"": code}


class Endless(Container):
    """Never gives its second document, and raises."""

    name, suffixes = "endless", (".endless",)

    def documents(self, file: BytesIO) -> Iterator[Contained]:  # type: ignore[override]
        yield Contained("1.txt", b"Words.", media_type="text/plain")
        if file.read() == b"raise":
            raise KeyError("no such part")
        while True:
            pass


def test_a_container_that_does_not_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "limited", partial(limited, seconds=0.05))
    files = []
    for name, content in {"1.endless": b"", "2.endless": b"raise", "3.txt": b"More."}.items():
        (tmp_path / name).write_bytes(content)
        files.append(str(tmp_path / name))
    import dateline_text

    with Archive.create(":memory:", isolated(Endless(), dateline_text)) as archive:
        archive.open_story("ferry", "The ferry")
        tries = list(archive.capture_all(files, story="ferry", publisher="org:desk=Desk"))
        codes = [tried.error and tried.error.code for tried in tries]
        assert codes == [None, "time-limit", None, "plugin-failed", None]
        assert "(test_unpacking.py:" in str(tries[3].error)


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
