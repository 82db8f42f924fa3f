"""Hostile containers: each is made here. One clear error is reported, and what else can be read is read."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from tests.capture.conftest import Capture
from tests.capture.test_unpacking import FORMATS

from dateline import Archive
from dateline.capture import time_limit
from dateline.capture.bounds import Bounds
from dateline.documents import whole
from dateline.plugin import Contained, Container
from dateline.testing import documents, packed
from dateline.testing.isolated import isolated
from dateline_mail import message

PAGE = documents.page()
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


def test_entries_of_one_name_are_documents_of_their_own(archive: Archive, tmp_path: Path) -> None:
    twice = packed.zipped({"a.txt": "One.", "b.txt": "Two."}).replace(b"b.txt", b"a.txt")
    (tmp_path / "a.zip").write_bytes(twice)
    list(archive.capture_all([str(tmp_path / "a.zip")], story="ferry", publisher="org:desk=Desk"))
    texts = [archive.document(name) for name in archive.state("ferry").sources]
    assert sorted(one.text for one in texts if one) == ["One.", "Two."]


def multipart(parts: int, depth: int) -> bytes:
    """A mail whose parts lie in each other, the innermost one in `parts` parts."""
    head = b"From: a@wire.example\nSubject: Deep\n"
    for level in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level)
    part = b"Content-Type: text/plain\n\nPart.\n--%d\n" % (depth - 1)
    return head + part * (parts - 1) + part[: -len(b"--0\n")]


@pytest.mark.parametrize(
    ("parts", "depth", "found"),
    [(4, 4, "new"), (4, 5, "mail-too-many-parts"), (12, 4, "mail-too-many-parts")],
)
def test_parts_of_mails_are_bounded_before_they_are_read(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, parts: int, depth: int, found: str
) -> None:
    monkeypatch.setattr(message, "MAX_DEPTH", 4)
    monkeypatch.setattr(message, "MAX_PARTS", 4 + 4)
    if found != "new":
        monkeypatch.delattr(message, "BytesParser")
    assert capture("a.eml", multipart(parts, depth)) == {"": found}


def test_all_parts_of_a_mail_are_counted(capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "MAX_PARTS", 8)
    inner = [
        multipart(3, 1)
        .replace(b"From:", b"X:")
        .replace(b'"0"', b'"i%d"' % n)
        .replace(b"--0", b"--i%d" % n)
        for n in range(3)
    ]
    mail = b'From: a@wire.example\nContent-Type: multipart/mixed; boundary="o"\n\n'
    assert capture("a.eml", mail + b"".join(b"--o\n" + one for one in inner)) == {
        "": "mail-too-many-parts"
    }


LONG = {
    "brackets": b"From: " + b"(" * 20_000 + b"a@wire.example",
    "quotes": b"From: " + b'"' * 20_001 + b"a@wire.example",
    "groups": b"From: " + b"a:;," * 20_000 + b"a@wire.example",
    "words": b"Subject: " + b"=?utf-8?q?abc?= " * 5000,
    "addresses": b"To: " + b"A <a@wire.example>, " * 5000,
    "parameters": b"Content-Type: text/plain" + b"; a*1*=utf-8''b" * 5000,
    "headers": b"X-A: b\n" * 20_000 + b"Subject: Many",
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("head", LONG)
def test_long_headers_of_mails_take_little_time(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    monkeypatch.setattr(time_limit, "SECONDS", 2)
    assert capture("a.eml", LONG[head] + b"\n\nWords.") == {"": "new"}


def test_mails_in_mails_are_bounded(capture: Capture) -> None:
    mail = packed.mail("Inmost", "Words.")
    for level in range(6):
        mail = b"Subject: %d\nContent-Type: message/rfc822\n\n" % level + mail
    found = list(capture("a.eml", mail).values())
    assert found.count("container-too-deep") == 1 and found.count("new") == Bounds().depth


def test_names_of_attachments_lead_nowhere_and_do_nothing(capture: Capture) -> None:
    names = ["../../a.txt", "C:\\b.txt", "\u202ec.txt", "d\x1b[2J.txt", "..", "e" * 3000 + ".txt"]
    attached = [
        (name, "text/plain", f"Words {number}.".encode()) for number, name in enumerate(names)
    ]
    found = capture("a.eml", packed.mail("One", "One.", *attached))
    assert set(found.values()) == {"new"}
    assert {*found} > {"1/a.txt", "2/b.txt", "3/c.txt", "4/d [2J.txt", "5/attachment"}
    assert max(map(len, found)) < 100


def test_attachments_in_unknown_charsets_are_captured(capture: Capture) -> None:
    mail = packed.mail("One", "One.", ("a.txt", "text/plain", b"Words."))
    mail = mail.replace(
        b"Content-Type: text/plain\n", b'Content-Type: text/plain; charset="../../x"\n'
    )
    assert b"../../x" in mail and capture("a.eml", mail) == {"": "new", "1/a.txt": "new"}


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "place", ["javascript:alert(1)", "file:///etc/hostname", "https://w.example/\x1b[2J"]
)
def test_saved_pages_have_harmless_addresses(
    capture: Capture, archive: Archive, place: str
) -> None:
    page = packed.saved_page(PAGE).replace(b"https://wire.example/1", place.encode())
    assert capture("a.mhtml", page) == {"1.html": "new"}
    assert {one.url for one in archive.state("ferry").sources.values()} == {None}
    empty = page.replace(b"text/html", b"text/css")
    assert capture("b.mhtml", empty) == {"": "not-a-saved-page"}


@pytest.mark.parametrize("length", [10, 1000, 10_000_000])
def test_a_crawl_with_a_false_length_is_explained(capture: Capture, length: int) -> None:
    crawl = packed.warc(
        ("https://wire.example/1", PAGE), ("https://wire.example/2", PAGE), length=length
    )
    assert "warc-damaged" in capture("a.warc", crawl).values()


def zipped_crawl(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def resource(url: str, content: bytes, length: int | None = None, head: bytes = b"") -> bytes:
    """A record of a crawl that has no HTTP headers."""
    return (
        b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nWARC-Target-URI: %s\r\n%s"
        b"Content-Length: %d\r\n\r\n%s\r\n\r\n"
    ) % (url.encode(), head, len(content) if length is None else length, content)


def test_a_crawl_that_breaks_off_is_captured_up_to_there(capture: Capture) -> None:
    one, two = (zipped_crawl(resource(f"https://w.example/{n}", PAGE)) for n in (1, 2))
    assert capture("a.warc.gz", one + two[:-30]) == {"1/1": "new", "2/2": "warc-damaged"}


def test_dense_crawls_are_bounded(capture: Capture) -> None:
    bounds, zeros = Bounds(member=100_000), bytes(1_000_000)
    crawl = zipped_crawl(resource("https://w.example/1", zeros)) + zipped_crawl(
        resource("https://w.example/good", b"Good words.")
    )
    assert capture("a.warc.gz", crawl, bounds=bounds) == {
        "1/1": "member-too-large",
        "2/good": "new",
    }
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n\r\n"
    encoded = resource("https://w.example/1", head + gzip.compress(zeros)).replace(
        b"resource\r\nContent-Type: text/plain", b"response\r\nContent-Type: application/http"
    )
    assert capture("b.warc", encoded, bounds=bounds) == {"1/1": "member-too-large"}


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "head", [b"X-A: b\r\n" * 2000, b"X-A: " + b"b" * 20_000, b"X-A: b\r\n c" * 2000]
)
def test_headers_of_crawls_are_bounded(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr("dateline_warc.warc._HEADERS", 10_000)
    crawl = resource("https://w.example/1", b"One.") + resource(
        "https://w.example/2", b"Two.", head=head + b"\r\n"
    )
    assert capture("a.warc", crawl) == {"1/1": "new", "": "warc-damaged"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b"Content-Length: 4", b"Content-Length: -5"), (b"Content-Length: 4", b"X: "),
     (b"WARC-Target-URI", b"X"), (b"resource\r\nContent-Type: text/plain\r\nWARC-Target-URI", b"request\r\nX"), (b"WARC-Type", b"X")],
)  # fmt: skip
def test_records_without_what_they_need_are_explained(
    capture: Capture, right: bytes, wrong: bytes
) -> None:
    crawl = resource("https://w.example/1", b"One.")
    found = capture("a.warc", crawl + crawl.replace(right, wrong))
    assert found["1/1"] == "new" and "plugin-failed" not in found.values()


def test_addresses_of_crawls_lead_nowhere_and_do_nothing(
    capture: Capture, archive: Archive
) -> None:
    places = ["https://w.example/../../%2e%2e/a.txt", "https://w.example/%00%1b[2Jb", "javascript:c",
              "https://[::1", "https://w.example/\u202ed", "https://w.example/" + "e" * 3000]  # fmt: skip
    crawl = b"".join(resource(url, b"Words of %d." % n) for n, url in enumerate(places))
    found = capture("a.warc", crawl)
    assert set(found.values()) == {"new"} and max(map(len, found)) < 100
    names = ["1/a.txt", "2/[2Jb", "3/c", "4/index.html", "5/d", f"6/{'e' * 80}"]
    assert [*found] == names
    for source in archive.state("ferry").sources.values():
        assert source.url is None or source.url.startswith("https://w.example/")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (packed.zipped({"archive/a.txt": b"WARC/1.0"}), {"": "not-a-wacz"}),
        (packed.zipped({"archive/a.warc": b"no crawl"}), {"": "warc-damaged"}),
        (
            changed(packed.zipped({"a.warc": b"x", "../b.warc": resource("https://w.example/1", b"Words.")}), (0, 8, b"\x01\x00")),
            {"a.warc": "member-encrypted", "b.warc/1/1": "new"},
        ),
        (changed(packed.zipped({"a.warc": b"x", "b.warc": b"x"}), (1, 42, bytes(4))), {"": "zip-overlapping"}),
    ],
)  # fmt: skip
def test_hostile_packed_crawls_are_explained(
    capture: Capture, content: bytes, found: dict[str, str]
) -> None:
    assert capture("a.wacz", content) == found


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


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<rss><![CDATA[" * 1000, {"": "feed-unreadable"}),
        (packed.feed(("T\x1b[2J\u202e", "https://w.example/1", "<p>Words.</p>" + "<div>" * 10_000)), {"1.fragment.html": "new"}),
        (packed.feed(("T", "https://w.example/1", "<a " * 20_000)), {"1.fragment.html": "new"}),
    ],
)  # fmt: skip
def test_hostile_feeds_are_explained(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, content: bytes, found: dict[str, str]
) -> None:
    monkeypatch.setattr(time_limit, "SECONDS", 2)
    assert capture("a.rss", content) == found


def test_hostile_values_of_chats_stop_no_other_message(capture: Capture, archive: Archive) -> None:
    numbers = ["../../a", {"a": 1}, None, "b\x1b[2J", "c" * 2000]
    dates = ["9" * 6000, 10**30, "nan", [], -(10**15)]
    messages = [
        {"id": number, "type": "message", "text": f"Words {n}", "from": "\ud800"} for n, number in enumerate(numbers)
    ] + [
        {"id": n, "type": "message", "text": [{"text": ["x"]}, f"Words {n}\ud800"], "date_unixtime": date}
        for n, date in enumerate(dates, 100)
    ]  # fmt: skip
    chat = {"type": "public_channel", "name": "N\x1b[2J\u202e", "id": "../x", "messages": messages}
    found = capture("result.json", json.dumps(chat).encode())
    refused = [place for place, word in found.items() if word != "new"]
    assert [found[place] for place in refused] == ["member-name"] * 3
    assert {place for place, word in found.items() if word == "new"} > {
        f"{n}.txt" for n in range(100, 105)
    }
    assert {one.published for one in archive.state("ferry").sources.values()} == {None}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("depth", "found"), [(2, 2), (20, 1), (900, 1)])
def test_items_that_lie_deep_are_not_looked_for(capture: Capture, depth: int, found: int) -> None:
    item = b'{"versioncreated": "2024-05-06", "body_text": "Words.", "items": %s}'
    inner = b"[" * depth + item % b"[]" + b"]" * depth
    assert len(capture("a.json", item % inner)) == found


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["a.atom", "a.mhtml", "result.json", "item.json"])
def test_files_that_are_read_at_once_are_bounded(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(whole, "MAX_BYTES", len(FORMATS[name]) - 1)
    assert capture(name, FORMATS[name]) == {"": "file-too-large"}


class Endless(Container):
    """Never gives its second document, and raises."""

    name, suffixes = "endless", (".endless",)

    def documents(self, file: BytesIO) -> Iterator[Contained]:  # type: ignore[override]
        yield Contained("1.txt", b"Words.", media_type="text/plain")
        if file.read() == b"raise":
            raise KeyError("no such part")
        while True:
            pass


# The signal may arrive in a destructor, where Python ignores exceptions and only says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_container_that_does_not_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limit, "SECONDS", 0.05)
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
        assert "(test_hostile.py:" in str(tries[3].error)
