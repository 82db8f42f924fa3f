"""The text of subtitles, office documents, spreadsheets and mails, and the time codes of quotations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.bundled import plugins

from dateline import Archive
from dateline.plugin import Extracted
from dateline.testing import packed, samples

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read(format: str, content: bytes) -> Extracted:
    reader = plugins().source_importers[format]
    extracted = reader.extract(reader.document(content, None))
    assert extracted is not None
    return extracted


VTT = """WEBVTT

NOTE nobody says this

1
00:00:01.000 --> 00:00:03.000 align:start
<v Nora Pell>The ferry is <i>late</i>,

00:00:03.000 --> 00:00:05.500
I&nbsp;think.

01:00:07.000 --> 01:00:09.000
143 of 193 passengers

01:00:09.000 --> 01:00:11.000
143 of 193 passengers
were ashore
"""


def test_subtitles_are_sentences_after_their_time_code() -> None:
    assert read("webvtt", VTT.encode()).text.splitlines() == [
        "[00:00:01] Nora Pell: The ferry is late, I think.",
        "[01:00:07] 143 of 193 passengers were ashore",
    ]
    srt = "1\r\n00:00:01,000 --> 00:00:02,000\r\n- Who?\r\n\r\n2\r\n00:00:02,000 --> 00:00:04,000\r\n- Nobody\r\n"
    assert read("srt", srt.encode("utf-16")).text == "[00:00:01] - Who?\n[00:00:02] - Nobody"


def test_quotations_of_subtitles_have_their_time_codes(tmp_path: Path) -> None:
    path = tmp_path / "talk.vtt"
    path.write_text(VTT)
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story())
        source = archive.capture(str(path), story="ferry", publisher=samples.WIRE).text
        assert source is not None
        for exact in ("ferry is late", "think.\n[01:00:07] 143 of 193"):
            archive.record(
                [samples.fact("occurrence", exact, source=source, action="run")], story="ferry"
            )
        markdown = archive.export("ferry", format="markdown")
        assert "at 00:00:01, characters" in markdown
        assert "at 00:00:01-01:00:07, characters" in markdown
        facts = json.loads(archive.export("ferry", format="json"))["stories"][0]["facts"]
        shown = [fact.get("timecodes") for fact in facts]
        assert shown[-2:] == [["00:00:01"], ["00:00:01"]] and "timecodes" not in facts[0]


def test_a_docx_is_read_as_it_is_shown() -> None:
    text = (
        "One</w:t></w:r><w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText>"
        "<w:t>gone</w:t></w:r></w:del><w:r><w:tab/><w:t>end</w:t></w:r></w:p><w:tbl><w:tr>"
        "<w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>in</w:t></w:r></w:p>"
        "</w:tc></w:tr></w:tbl></w:tc><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:t>Last"
    )
    assert read("docx", packed.docx(text)).text == "One new\tend\nA in\tB\nLast"


def test_an_odt_is_read_as_it_is_shown() -> None:
    text = (
        'One<text:s text:c="2"/>two<text:note><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>A note</text:p></text:note-body></text:note>.</text:p><table:table><table:table-row>"
        "<table:table-cell><text:p>A</text:p></table:table-cell><table:table-cell><text:p>B</text:p>"
        "</table:table-cell></table:table-row></table:table><text:p>Last"
    )
    assert read("odt", packed.odt(text)).text == "One  two [1: A note].\nA\tB\nLast"


def test_cells_of_spreadsheets_stand_after_their_addresses() -> None:
    rows = ("Place", "Ashore"), ("Ister", 143)
    for format, content in {
        "xlsx": packed.xlsx(*rows),
        "ods": packed.ods("".join(packed.ods_row(*row) for row in rows)),
    }.items():
        assert read(format, content).text.splitlines() == [
            "Sheet: Counts",
            "A1: Place | B1: Ashore",
            "A2: Ister | B2: 143",
        ]
    assert (
        read("csv", b'Place;Ashore\r\n"Ister\nQuay";143').text
        == "A1: Place | B1: Ashore\nA2: Ister Quay | B2: 143"
    )
    wide = b",".join([b""] * 27 + [b"x"])
    assert read("csv", wide).text == "AB1: x"


def test_cells_of_an_ods_have_their_values_and_places() -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="{kind}" {more}><text:p>{shown}</text:p></table:table-cell>'
        for kind, more, shown in (
            ("percentage", 'office:value="0.125" table:number-columns-repeated="2"', "13 %"),
            ("date", 'office:date-value="2024-05-06"', "Monday"),
            ("time", 'office:time-value="PT07H05M00S"', "7 am"),
            ("boolean", 'office:boolean-value="true"', "yes"),
            ("string", "", "A<text:s/>b<office:annotation><text:p>no</text:p></office:annotation>"),
        )
    )
    rows = (
        '<table:table-row table:number-rows-repeated="9"><table:table-cell/></table:table-row>'
        '<table:table-row-group><table:table-row table:number-rows-repeated="2">'
        f'<table:covered-table-cell table:number-columns-repeated="26"/>{cells}</table:table-row></table:table-row-group>'
    )
    line = "AA{0}: 0.125 | AB{0}: 0.125 | AC{0}: 2024-05-06 | AD{0}: 07:05:00 | AE{0}: TRUE | AF{0}: A b"
    lines = read("ods", packed.ods(rows)).text.splitlines()
    assert lines == ["Sheet: Counts", line.format(10), line.format(11)]


def test_an_rtf_is_read_as_it_is_shown() -> None:
    content = (
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Arial;}}{\info{\title \'cf\'ee\'f0\'ee\'ec}}\f0 "
        b"\xcf\xee\xf0\xee\xec {\\deleted gone}{\\pict\\bin3 }{}}"
        rb"{\field{\*\fldinst HYPERLINK \"https://wire.example/\"}{\fldrslt late}}\u-10179?\u-8704?\par A\cell B\cell\row}"
    )
    found = read("rtf", content)
    assert (found.title, found.text) == ("Пором", "Пором late\U0001f600\nA\tB")


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=koi8-u\n", "Пором".encode("koi8-u"), "Пором"),
        (b"Content-Type: text/html\n", b"<p>The <b>ferry</b></p><script>no</script>", "The ferry"),
        (b"Content-Type: text/plain; charset=nonsense\n", b"The ferry", "The ferry"),
    ],
)
def test_a_mail_has_its_headers_and_its_words(head: bytes, body: bytes, text: str) -> None:
    start = b"From: Press <p@gmail.com>\nOrganization: Ister Port\nSubject: =?utf-8?q?A_=C3=A9?=\n"
    found = read("mail", start + head + b"\n" + body)
    assert found.text == f"From: Press <p@gmail.com>\nSubject: A é\n\n{text}"
    assert (found.title, found.publisher, found.byline) == ("A é", "Ister Port", ("Press",))
    assert read("mail", b"From: p@gmail.com\n\nWords").publisher is None


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (b"Message-ID: <a%b.1@wire.example>\n", "mid:a%25b.1@wire.example"),
        (b"Archived-At: <https://wire.example/1>\nMessage-ID: <1@wire.example>\n", "https://wire.example/1"),
        (b"Archived-At: <javascript:alert(1)>\nMessage-ID: none\n", None),
    ],
)  # fmt: skip
def test_a_mail_has_an_address(head: bytes, address: str | None) -> None:
    assert read("mail", head + b"\nWords").url == address


def test_a_transcript_is_the_text_of_an_image(tmp_path: Path) -> None:
    from dateline import RecordedBy

    (tmp_path / "scan.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "typed.txt").write_text("The ferry is late.")
    with Archive.create(":memory:", plugins()) as archive:
        archive.open_story("ferry", "The ferry")
        given = {
            "story": "ferry",
            "publisher": "org:desk=Desk",
            "recorded_by": RecordedBy("Ada Quill"),
        }
        archive.capture(str(tmp_path / "scan.png"), transcript=str(tmp_path / "typed.txt"), **given)  # type: ignore[arg-type]
        scan, text = archive.state("ferry").sources.values()
        assert (scan.media_type, text.derived_from) == ("image/png", scan.source)
        assert text.extracted_by == "transcribed by Ada Quill"
        document = archive.document(text.source)
        assert document is not None and document.text == "The ferry is late."
