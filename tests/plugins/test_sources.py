"""Reading documents: their charset, what a page declares, and the text in a PDF."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline import DatelineError
from dateline.plugin import (
    BINARY,
    Document,
    SourceImporter,
    find_charset,
    is_publication_date,
    stated_date,
    web_charset,
)
from dateline.testing import documents, samples
from dateline_pdf import Pdf
from dateline_text import PlainText
from dateline_webpage import WebPage, prescan

SENTENCES = {
    "koi8-r": "Паром сел на мель возле порта в понедельник, сообщил начальник порта.",
    "cp1251": "Паром сів на мілину біля порту в понеділок. Усі в безпеці, повідомив начальник порту.",
    "cp1250": "Statek osiadł na mieliźnie. Mieszkańcy obserwowali akcję ratunkową z nabrzeża. Żółty dźwig.",
    "cp1253": "Το φέρι προσάραξε κοντά στο λιμάνι τη Δευτέρα, δήλωσε ο λιμενάρχης.",
    "cp1256": "جنحت العبارة بالقرب من الميناء يوم الاثنين، حسبما قال مدير الميناء.",
    "cp932": "月曜日、フェリーが港の近くで座礁したと港長が述べた。全員が無事だと通信社に語った。",
    "gb18030": "周一，渡轮在港口附近搁浅，港务长说。所有人都安全，她告诉通讯社。",
}


@pytest.mark.parametrize("charset", SENTENCES)
def test_one_sentence_is_enough_to_find_its_charset(charset: str) -> None:
    content = SENTENCES[charset].encode(charset)
    document = PlainText().document(content, None)
    assert document.text == SENTENCES[charset]
    assert document.content == content


def test_utf8_needs_no_guess() -> None:
    assert PlainText().document(samples.TEXT.encode(), None).charset == "utf-8"
    assert find_charset(b"") == "utf-8"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("order", ["LE", "BE"])
def test_a_byte_order_mark_decides(charset: str, order: str) -> None:
    name = charset.replace("-", "").upper()
    mark = codecs.BOM_UTF8 if charset == "utf-8" else getattr(codecs, f"BOM_{name}_{order}")
    body = "Кафе".encode(charset if charset == "utf-8" else f"{charset}-{order}")
    document = Document(mark + body, find_charset(mark + body, ["cp1251"]))
    assert document.text.removeprefix("\ufeff") == "Кафе"


def test_an_undecided_or_wrong_charset_is_an_error_that_shows_the_readings() -> None:
    with pytest.raises(DatelineError, match=r"cp1250 \('pĺ'\).*cp1252 \('på'\)"):
        find_charset("Färjan gick på grund utanför hamnen på måndagen.".encode("cp1252"))
    with pytest.raises(DatelineError, match="euc_jp"):
        find_charset(b"\xff\xff\xff", ["euc_jp"])


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("ISO-8859-1", "cp1252"), ("us-ascii", "cp1252"), (" GB2312 ", "gb18030"),
        ("Shift_JIS", "cp932"), ("windows-1251", "cp1251"), ("UTF8", "utf-8"), ("nonsense", None),
        ("a\0b", None),
    ],
)  # fmt: skip
def test_labels_have_their_meaning_on_the_web(label: str, charset: str | None) -> None:
    assert web_charset(label) == charset


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("windows-874", "cp874"), ("windows-949", "cp949"), ("windows-31j", "cp932"),
        ("x-sjis", "cp932"), ("x-gbk", "gb18030"), ("x-cp1251", "cp1251"), ("x-euc-jp", "euc_jp"),
        ("X-User-Defined", "cp1252"), ("iso-8859-8-i", "iso8859-8"), ("koi", "koi8-r"),
    ],
)  # fmt: skip
def test_labels_that_python_does_not_know_are_known(label: str, charset: str) -> None:
    assert web_charset(label) == charset


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b'<meta charset="windows-1251">', "cp1251"),
        (b"<META CHARSET = koi8-r >", "koi8-r"),
        (b"<meta/charset=koi8-r>", "koi8-r"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=gbk">', "gb18030"),
        (b"<meta content='text/html;charset = \"gbk\"' http-equiv=content-type>", "gb18030"),
        (b"<?xml version='1.0' encoding='iso-8859-2'?><html>", "iso8859-2"),
        (b"<?xml version='1.0' encoding='iso-8859-2'?><meta charset=cp1251>", "cp1251"),
        (b"<\0?\0x\0m\0l\0", "utf-16-le"),
        (b'<!-- <meta charset="koi8-r"> --><meta charset="cp1251">', "cp1251"),
        (b'<!--><meta charset="cp1251">', "cp1251"),
        (b'<script>"<meta charset=koi8-r>"</script><meta charset=cp1251>', "cp1251"),
        (b"<title><meta charset=koi8-r></title><meta charset=cp1251>", "cp1251"),
        (b"<title><meta charset=koi8-r></title>", "koi8-r"),
        (b'<!-- <meta charset="cp1251">', None),
        (b'<meta charset="utf-16">', "utf-8"),
        (b'<meta charset="x-user-defined">', "cp1252"),
        (b'<meta charset="nonsense">', None),
        (b'<meta charset="nonsense"><meta charset="koi8-r">', "koi8-r"),
        (b'<meta charset="koi8-r"><meta charset="cp1251">', "koi8-r"),
        (b'<meta name="description" content="charset=koi8-r">', None),
        (b'<meta name=description content="charset=koi8-r"><meta charset=cp1251>', "cp1251"),
        (b'<meta name="a" title="<meta charset=koi8-r>"><meta charset="cp1251">', "cp1251"),
        (b'<p title="charset=koi8-r" data-charset="koi8-r">', None),
        (b'<metadata charset="koi8-r">', None),
        (b'</meta charset="koi8-r">', None),
        (b" " * 5000 + b'<meta charset="koi8-r">', "koi8-r"),
        (b" " * 5000 + b'<script>"<meta charset=koi8-r>"</script><meta charset=cp1251>', "cp1251"),
        (b" " * 5000 + b'<body><meta charset="koi8-r">', None),
        (b" " * 99999 + b'<meta charset="koi8-r">', None),
        (b"<p>charset=koi8-r", None),
        (b"", None),
    ],
)
def test_a_page_names_its_charset_as_browsers_find_it(head: bytes, found: str | None) -> None:
    assert prescan.charset(head) == found


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_any_bytes_name_a_charset_or_none(before: bytes, after: bytes) -> None:
    for head in (before, before + b"<meta " + after, b"<!--" + before + b"<meta charset=" + after):
        found = prescan.charset(head)
        assert found is None or codecs.lookup(found)


@pytest.mark.parametrize("reader", [PlainText(), WebPage()])
@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("市長は金曜日に発表した。", "iso2022_jp"), ("ﾌｪﾘｰは港の近くで座礁した。", "iso2022_jp_ext"),
        ("시장은 금요일에 발표했다.", "iso2022_kr"),
    ],
)  # fmt: skip
def test_escape_sequences_identify_a_charset_before_utf8(
    reader: PlainText | WebPage, text: str, charset: str
) -> None:
    content = ("<p>" + text).encode(charset)
    assert content.isascii()
    document = reader.document(content, None)
    assert (document.charset, document.text) == (charset, "<p>" + text)


@pytest.mark.parametrize(
    "content",
    [
        "市长星期五表示，九名矿工都活着。".encode("hz"),
        "Le député a répété: œuvre, ça.".encode("utf-7"),
        "市長は金曜日に発表したと述べた。".encode("utf-7"),
        b"\x1b$)A\x0e=;M(\x0f",  # ISO-2022-CN
        b"\x1b[31mred\x1b[0m",
        "市長。".encode("utf-16-le") * 9,
        "Nine miners".encode("utf-16-be"),
        "Nine miners".encode("utf-32-le"),
    ],
)  # fmt: skip
def test_valid_utf8_that_may_be_another_charset_is_refused(content: bytes) -> None:
    for reader in (PlainText(), WebPage()):
        with pytest.raises(DatelineError) as refusal:
            reader.document(content, None)
        assert "--charset" in (refusal.value.hint or "") or "utf-16" in (refusal.value.hint or "")


@pytest.mark.parametrize(
    "text",
    ["call +49301234567 or +12125550123", "a+b, C++ and ~{x ~}", "+-", "tab\t\f\x0b\r\n", "é\x1b"],
)
def test_ordinary_text_is_not_refused(text: str) -> None:
    assert PlainText().document(text.encode(), None).text == text


def test_a_page_is_read_in_its_declared_charset() -> None:
    content = documents.page("FICTION. Паром сел на мель.", charset="koi8-r")
    document = WebPage().document(content, None)
    assert document.charset == "koi8-r"
    assert "Паром сел на мель." in WebPage().extract(document).text
    assert WebPage().document(content, "latin-1").charset == "latin-1"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2024", "2024"), ("2024-05", "2024-05"), ("2024-05-06", "2024-05-06"),
        ("2024-05-06T10:30:00Z", "2024-05-06T10:30:00Z"),
        ("2024-05-06T10:30:00.123+0200", "2024-05-06T10:30:00+02:00"),
        ("2024-05-06 10:30:00 -05:00", "2024-05-06T10:30:00-05:00"),
        ("2024-05-06T10:30:00", "2024-05-06"),  # the zone is unknown
        ("2024-05-06T10:30+02:00", "2024-05-06"),  # seconds are not invented
        ("2024-02-30", None), ("6 May 2024", None), ("yesterday", None), ("", None), ("20240506", None),
    ],
)  # fmt: skip
def test_a_date_is_taken_exactly_as_it_is_given(said: str, found: str | None) -> None:
    assert stated_date(said) == found
    page = WebPage().document(documents.page(published=said), None)
    assert WebPage().extract(page).published == found


LINKED = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        (LINKED.format('{"@type": "NewsArticle", "datePublished": "2024-05-05"}'), "2024-05-05"),
        (
            LINKED.format(
                '{"@graph": [{"@type": "WebPage", "datePublished": "2001-01-01"},'
                ' {"@type": ["Article"], "datePublished": "2024-05-05"}]}'
            ),
            "2024-05-05",
        ),
        (LINKED.format('[{"@type": "Report", "datePublished": "2024-05-05"}]'), "2024-05-05"),
        (LINKED.format("[" * 9999), None),
        (LINKED.format('{"@type": 1, "@graph": 2, "datePublished": 3}'), None),
        ('<meta name="DC.Date" content="2024-05-05">', "2024-05-05"),
        ('<meta itemprop="datePublished" content="2024-05-05">', "2024-05-05"),
        ('<time itemprop="datePublished" datetime="2024-05-05">May 5</time>', "2024-05-05"),
        ('<time pubdate datetime="2024-05-05">May 5</time>', "2024-05-05"),
        ('<time datetime="2024-05-05">May 5</time>', None),
        ('<meta property="article:modified_time" content="2024-05-05">', None),
    ],
)
def test_a_page_declares_its_date_in_several_ways(markup: str, found: str | None) -> None:
    page = documents.page(published="-").replace(b"</head>", markup.encode() + b"</head>")
    assert WebPage().extract(WebPage().document(page, None)).published == found


ARTICLES = (
    '[{"@type": "NewsArticle", "url": "https://wire.example/other", "datePublished": "2023-01-01"},'
    ' {"@type": "NewsArticle", "mainEntityOfPage": {"@id": "https://wire.example/own/#a"},'
    ' "datePublished": "2024-05-05"}]'
)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("", None),
        ('<link rel="canonical" href="https://wire.example/own">', "2024-05-05"),
        ('<meta property="og:url" content="https://wire.example/own/">', "2024-05-05"),
        ('<link rel="canonical" href="https://wire.example/third">', None),
        ('<meta name="date" content="2024-05-06">', "2024-05-06"),
    ],
)
def test_the_date_of_another_article_is_not_taken(head: str, found: str | None) -> None:
    page = documents.page(published="-")
    page = page.replace(b"</head>", (head + LINKED.format(ARTICLES)).encode() + b"</head>")
    assert WebPage().extract(WebPage().document(page, None)).published == found


NO_DATES = [
    "0001-01-01T00:00:00Z", "0001-01-01", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00",
    "1969-12-31T19:00:00-05:00", "1970-01-01 00:00:00", "1970", "1900-01-01T00:00:00Z", "1980-01-01",
    "2199-01-01T00:00:00Z", "9999-12-31",
]  # fmt: skip


@pytest.mark.parametrize("said", NO_DATES)
def test_an_implausible_date_is_skipped_for_the_next_one(said: str) -> None:
    page = documents.page(published=said)
    assert not is_publication_date(
        WebPage().extract(WebPage().document(page, None)).published or ""
    )
    page = page.replace(b"</head>", b'<meta name="date" content="2024-05-05"></head>')
    assert WebPage().extract(WebPage().document(page, None)).published == "2024-05-05"


@pytest.mark.parametrize("said", ["1990", "1999-12-31", "2024-05-06T10:30:00+02:00", "20XX"])
def test_plausible_dates_are_publication_dates(said: str) -> None:
    assert is_publication_date(said)


@pytest.mark.parametrize("said", ["../2024-05-06", "2024/..", "2024-05-06/", "XXXX"])
def test_a_publication_date_has_two_ends(said: str) -> None:
    try:
        assert not is_publication_date(said)
    except ValueError as error:
        assert said == "XXXX", error


def test_nothing_is_invented_for_a_page_that_declares_nothing() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in samples.TEXT.splitlines())
    page = Document(f"<html lang='?'><body><article>{paragraphs}</article>".encode())
    found = WebPage().extract(page)
    assert (found.title, found.published, found.language) == (None, None, None)
    assert not any(found.byline)
    assert found.text == samples.TEXT


def test_an_xhtml_page_with_its_declaration_is_read() -> None:
    page = b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>' + documents.page()
    assert samples.TEXT in WebPage().extract(WebPage().document(page, None)).text


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([
    "<p>", "</p>", "<div>", "</div>", "<table><tr><td>", "<b", '<meta content="', "<!--", "-->",
    "<script>", "</script>", "<![CDATA[", "&#0;", "&#xD800;", "\x00", "\x0b", "word ", "&amp;", "<svg>",
    "<time pubdate>", "</html>", "<html lang=x>", "<article>", "]]>", "<?xml", "\ufeff", "💧",
])).map("".join))  # fmt: skip
def test_any_markup_gives_text_or_a_clear_error(markup: str) -> None:
    try:
        document = WebPage().document(markup.encode(), None)
        assert WebPage().extract(document).text.strip()
    except DatelineError as error:
        assert str(error)


@pytest.mark.slow
def test_deep_markup_gives_text_or_a_clear_error() -> None:
    for markup in ("<div>" * 50_000 + "word", "<b><p>" * 20_000, "<table><tr><td>" * 3000 + "word"):
        try:
            WebPage().extract(Document(markup.encode()))
        except DatelineError as error:
            assert str(error)


OVERFULL = " ".join(f"a{number}=1" for number in range(5000))


@pytest.mark.parametrize(
    "tag",
    [
        f"<body {OVERFULL}>",
        f"<body a='>' {OVERFULL}>",
        f"<p/{OVERFULL.replace('=1 ', '/')}>",
        f"<p {OVERFULL.replace('=1', '')}",
        f"<script {OVERFULL}></script>",
        f"<!--> <p {OVERFULL}> -->",
        f"<script>1</script><p {OVERFULL}>",
    ],
)
def test_a_tag_of_very_many_attributes_is_refused_before_it_is_parsed(
    tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trafilatura

    monkeypatch.setattr(trafilatura, "load_html", None)  # calling it would be a TypeError
    with pytest.raises(DatelineError) as refused:
        WebPage().extract(Document(documents.page().replace(b"<body>", tag.encode())))
    assert refused.value.code == "too-many-attributes"


@pytest.mark.parametrize(
    "harmless",
    [
        f"<script>if (a <b) {{ {OVERFULL} }}</script>",
        f"<!-- <b {OVERFULL} -->",
        f"<p title='<b {OVERFULL}'>x</p>",
        f"<p>1 < 2 {OVERFULL}</p>",
        "<p " + " ".join(f"data-{number}='>'" for number in range(150)) + ">x</p>",
        "".join(f"<p a{number}=1 b=it's>x</p>" for number in range(500)),
    ],
)
def test_what_only_looks_like_many_attributes_is_read(harmless: str) -> None:
    page = documents.page().replace(b"</article>", harmless.encode() + b"</article>")
    assert harmless.encode() in page
    assert samples.TEXT.splitlines()[1] in WebPage().extract(Document(page)).text


def test_the_text_of_a_pdf_keeps_its_pages_apart() -> None:
    document = Pdf().document(documents.pdf("One\nstill one", "Two"), None)
    assert (document.charset, document.text) == (BINARY, "")
    found = Pdf().extract(document)
    assert [page.split() for page in found.text.split("\f")] == [["One", "still", "one"], ["Two"]]
    assert (found.title, found.language, found.note) == ("Ferry aground", "en-GB", None)
    assert Pdf().extract(Pdf().document(documents.pdf("x", title="Untitled"), None)).title is None


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_any_damage_to_a_pdf_gives_text_or_a_clear_error(data: st.DataObject) -> None:
    content = bytearray(documents.pdf("FICTION. Once.", "Twice."))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(8, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        assert Pdf().extract(Pdf().document(bytes(content), None)).text.strip()
    except DatelineError as error:
        assert str(error)


def test_a_protected_pdf_is_an_error() -> None:
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    for password, opens in (("", True), ("secret", False)):
        writer = PdfWriter(clone_from=PdfReader(BytesIO(documents.pdf("Once"))))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        out = BytesIO()
        writer.write(out)
        document = Pdf().document(out.getvalue(), None)
        if opens:
            assert Pdf().extract(document).text.strip() == "Once"
        else:
            with pytest.raises(DatelineError) as refused:
                Pdf().extract(document)
            assert refused.value.code == "pdf-encrypted"


@pytest.mark.parametrize(
    ("reader", "content", "code"),
    [
        (Pdf(), b"<html>", "not-a-pdf"),
        (Pdf(), documents.pdf("Once")[:200], "document-unreadable"),
        (Pdf(), documents.pdf("", ""), "no-text-extracted"),
        (PlainText(), b"one\x00two", "not-plain-text"),
        (PlainText(), "a\0b".encode("utf-16"), "not-plain-text"),
        (WebPage(), b"", "not-a-web-page"),
        (WebPage(), b"<html><body></body></html>", "no-text-extracted"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_used_is_an_error_with_a_hint(
    reader: SourceImporter, content: bytes, code: str
) -> None:
    with pytest.raises(DatelineError) as refused:
        reader.extract(reader.document(content, None))
    assert refused.value.code == code
    assert refused.value.hint


def test_the_text_of_a_pdf_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dateline_pdf.MAX_CHARS", 5)
    with pytest.raises(DatelineError) as refused:
        Pdf().extract(Pdf().document(documents.pdf("Once", "Twice"), None))
    assert refused.value.code == "text-too-long"


def test_a_binary_document_and_an_unknown_charset_have_no_text() -> None:
    document = Document(b"\xff\x00", BINARY)
    assert (document.text, document.binary) == ("", True)
    for charset in (
        "unicode_escape",
        "raw_unicode_escape",
        "utf-7",
        "idna",
        "hex",
        "a\0b",
        "no-such",
    ):
        with pytest.raises(DatelineError, match="is not known"):
            Document(b"\\ud800", charset).text  # noqa: B018
