"""Hostile documents: each is made here, and refused with one clear error or read as plain text."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from tests.capture.conftest import Capture

from dateline import Archive
from dateline.capture import time_limit
from dateline.testing import packed

ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
_TENFOLD = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a0 "laugh">{_TENFOLD}<!ENTITY b "&a9;">]>'
CELL = '<table:table-cell office:value-type="string" table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell>'
ROW = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'


def workbook(rows: str, before: str = "") -> bytes:
    """A workbook whose sheet has this markup."""
    with zipfile.ZipFile(BytesIO(packed.xlsx(("one",)))) as file:
        parts = {name: file.read(name).decode() for name in file.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    start, end = sheet.index("<sheetData>") + len("<sheetData>"), sheet.index("</sheetData>")
    parts["xl/worksheets/sheet1.xml"] = before + sheet[:start] + rows + sheet[end:]
    return packed.zipped(parts)


def sealed(document: bytes) -> bytes:
    """A document whose manifest says that it is encrypted."""
    with zipfile.ZipFile(BytesIO(document)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    return packed.zipped(parts | {"META-INF/manifest.xml": b"<encryption-data/>"})


def cell(place: str, text: str) -> str:
    return f'<row><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'


@pytest.mark.sampled(6)
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", packed.zipped({"word/document.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.docx", packed.zipped({"word/document.xml": " " * (2 << 20)}), "member-too-large"),
        ("a.docx", packed.zipped({"word/document.xml": "<a>" * 10_000}), "document-unreadable"),
        ("a.docx", packed.zipped({"other.xml": "<a/>"}), "not-that-document"),
        ("a.docx", packed.docx("</w:t><w:t>" * 2000), "document-unreadable"),
        ("a.docx", packed.docx("</w:t><w:t a='' b='' c=''>" * 1000), "document-unreadable"),
        ("a.docx", packed.zipped({"word/document.xml": "<a/>", **{str(n): bytes(1 << 20) for n in range(5)}}), "document-unreadable"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(100), "document-unreadable"),
        ("a.odt", packed.zipped({"content.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.odt", sealed(packed.odt("One.")), "document-unreadable"),
        ("a.odt", packed.ods(packed.ods_row(1)), "document-unreadable"),
        ("a.odt", packed.odt("One")[:-30], "zip-damaged"),
        ("a.xlsx", packed.zipped({"xl/workbook.xml": "<a/>"}), "document-unreadable"),
        ("a.xlsx", workbook(cell("A1", "&b;"), LAUGHS), "document-unreadable"),
        ("a.xlsx", workbook(cell("A1", "&b;"), OUTSIDE), "document-unreadable"),
        ("a.xlsx", workbook(cell("ZZZZZZZZ1", "one")), "document-unreadable"),
        ("a.xlsx", workbook(cell("A1", "one").replace("<row>", '<row r="2000">')), "text-too-long"),
        ("a.ods", packed.zipped({"content.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.ods", packed.ods(ROW.format(1000, CELL.format(1 << 14, "x"))), "text-too-long"),
        ("a.ods", packed.ods(ROW.format(1, CELL.format(1 << 14, "x") * 100)), "text-too-long"),
        ("a.ods", packed.ods(ROW.format(10, CELL.format(100, "x" * 1000))), "text-too-long"),
        ("a.ods", packed.ods(ROW.format(1 << 20, CELL.format(1, "x"))), "text-too-long"),
        ("a.ods", packed.ods("<table:table-row-group>" * 300), "document-unreadable"),
        ("a.csv", b"a,\x00", "charset-undetected"),
        ("a.csv", b'a,"' + b"x" * 200_000, "document-unreadable"),
        ("a.csv", b"," * 100_001, "text-too-long"),
        ("a.csv", b"x" * 90_000 + b"\n" + b"x" * 90_000, "text-too-long"),
        ("a.rtf", b"{\\rtx One.}", "not-that-document"),
        ("a.rtf", b"{\\rtf1 \\bin999999999 One.}", "no-text-extracted"),
        ("a.rtf", b"{\\rtf1 \\u9999999999 One.}", "document-unreadable"),
        ("a.vtt", b"WEBVTT\n\nNobody says anything.", "not-subtitles"),
        ("a.srt", b"1\n99999:00:00,000 --> 99999:00:01,000\nOne.", "no-text-extracted"),
    ],
)  # fmt: skip
def test_hostile_documents_are_explained(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, code: str
) -> None:
    monkeypatch.setattr("dateline_office.packed.MAX_PART", 1 << 20)
    monkeypatch.setattr("dateline_office.packed.MAX_ALL", 4 << 20)
    monkeypatch.setattr("dateline_office.packed.MAX_MARKS", 4000)
    monkeypatch.setattr("dateline_office.cells.MAX_ROWS", 1000)
    monkeypatch.setattr("dateline_office.cells.MAX_CELLS", 100_000)
    monkeypatch.setattr("dateline_office.cells.MAX_CHARACTERS", 100_000)
    assert capture(name, content) == {"": code}


def test_what_acts_on_a_terminal_is_no_reason_to_refuse_subtitles(
    capture: Capture, archive: Archive
) -> None:
    assert capture("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nA\x00B \xe2\x80\xae") == {
        "": "new"
    }
    texts = [archive.document(name) for name in archive.state("ferry").sources]
    assert "[00:00:01] A\ufffdB \u202e" in [one.text for one in texts if one]


def test_spaces_of_an_odt_are_bounded(capture: Capture, archive: Archive) -> None:
    spaces = "".join(f'a<text:s text:c="{count}"/>' for count in ("9" * 6000, "9999999", "-5", "x"))
    assert capture("a.odt", packed.odt(spaces + "b")) == {"": "new"}
    texts = [archive.document(name) for name in archive.state("ferry").sources]
    assert max(len(one.text) for one in texts if one and not one.binary) < 500


SLOW = {
    "a.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"<v " * 100_000,
    "a.rtf": b"{\\rtf1 " + b"{\\field{\\*\\fldinst{ " * 100_000,
}


# The signal may arrive in a destructor, where Python ignores exceptions and only says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", SLOW)
def test_documents_that_take_long_are_stopped(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(time_limit, "SECONDS", 0.05)
    assert capture(name, SLOW[name]) == {"": "time-limit"}
