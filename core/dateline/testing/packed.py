"""Small files in formats that hold documents, made without their libraries: for contracts and tests."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SUBTITLES = b"WEBVTT\n\n00:01.000 --> 00:03.000\n<v Nora Pell>The ferry is\n\n00:03.000 --> 00:05.000\nlate.\n"


def zipped(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file; the same content always gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as file:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            file.writestr(info, content)
    return packed.getvalue()


def docx(text: str) -> bytes:
    """A DOCX document with one paragraph. `text` is not escaped, so it may be markup."""
    body = f'<w:document xmlns:w="{_W}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    return zipped({"word/document.xml": body})


def odt(text: str) -> bytes:
    """An ODT document with one paragraph. `text` is not escaped, so it may be markup."""
    body = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" '
        f'xmlns:table="{_ODF}:table:1.0"><office:body><office:text><text:p>{text}</text:p>'
        "</office:text></office:body></office:document-content>"
    )
    return zipped({"content.xml": body})


def ods(cells: str) -> bytes:
    """A spreadsheet with one sheet, Counts. `cells` is the markup of its rows."""
    body = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" '
        f'xmlns:table="{_ODF}:table:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Counts">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"content.xml": body})


def ods_row(*cells: str | int) -> str:
    """The markup of a row of a spreadsheet."""
    of = {
        str: '<table:table-cell office:value-type="string"><text:p>{0}</text:p></table:table-cell>',
        int: '<table:table-cell office:value-type="float" office:value="{0}"/>',
    }
    return f"<table:table-row>{''.join(of[type(cell)].format(cell) for cell in cells)}</table:table-row>"


def xlsx(*rows: tuple[str | int, ...]) -> bytes:
    """A workbook with one sheet."""
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    cells = "".join(f"<row>{''.join(map(cell.format, row))}</row>" for row in rows)
    return zipped({
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Counts" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{cells}</sheetData></worksheet>'
        ),
    })  # fmt: skip


def mail(subject: str, text: str, *attached: tuple[str, str, bytes]) -> bytes:
    """A message from the desk; `attached` are names, media types and contents."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "Nora Pell <nora@wire.example>"
    message["Date"] = "Mon, 06 May 2024 10:30:00 +0200"
    message["Subject"] = subject
    message.set_content(text)
    for name, media_type, content in attached:
        kind, _, rest = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=rest, filename=name)
    if attached:
        message.set_boundary("=-=-=")
    return message.as_bytes()


def mailbox(*messages: bytes) -> bytes:
    """A mailbox in the mbox format."""
    begin = b"From nora@wire.example Mon May  6 08:30:00 2024\n"
    return b"".join(begin + message.rstrip(b"\n") + b"\n\n" for message in messages)


def warc(*pages: tuple[str, bytes], length: int | None = None) -> bytes:
    """A crawl: the address and the HTML of each page. `length` is a length that the first one claims."""
    records = []
    for url, page in pages:
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
        claimed, length = len(answer) if length is None else length, None
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-06T08:30:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {claimed}\r\n\r\n"
        )
        records.append(head.encode() + answer + b"\r\n\r\n")
    return b"".join(records)


def saved_page(page: bytes) -> bytes:
    """A page that a browser saved with its parts (MHTML)."""
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://wire.example/1\r\nSubject: Aground\r\n"
        b"Date: Mon, 6 May 2024 08:30:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
        b"Content-Location: https://wire.example/1\r\n\r\n" + page + b"\r\n--b--\r\n"
    )


def feed(*entries: tuple[str, str, str], before: str = "") -> bytes:
    """An Atom feed: title, address and HTML of each entry; `before` stands before the feed."""
    body = "".join(
        f'<entry><title>{title}</title><link href="{url}"/><updated>2024-05-06T08:30:00Z</updated>'
        f'<content type="html">{html.replace("&", "&amp;").replace("<", "&lt;")}</content></entry>'
        for title, url, html in entries
    )
    return (
        f'{before}<feed xmlns="http://www.w3.org/2005/Atom"><title>The Wire</title>{body}</feed>'
    ).encode()


def telegram(*texts: object) -> bytes:
    """An export of the channel of The Wire; each text is a string, or a list of parts."""
    messages = [
        {"id": number, "type": "message", "date": "2024-05-06T10:30:00", "date_unixtime": str(1714984200 + number),
         "from": "The Wire", "from_id": "channel7", "text": text}
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip
    chat = {"name": "The Wire", "type": "public_channel", "id": 7, "messages": messages}
    return json.dumps(chat, ensure_ascii=False).encode()


def ninjs(text: str) -> bytes:
    """A news item (ninjs 2.1)."""
    return json.dumps({
        "uri": "https://wire.example/1", "type": "text", "versioncreated": "2024-05-06T08:30:00Z",
        "language": "en", "infosources": [{"name": "The Wire"}], "headlines": [{"value": "Aground"}],
        "bodies": [{"role": "main", "contenttype": "text/html", "value": text}],
    }).encode()  # fmt: skip
