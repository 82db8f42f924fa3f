"""Fictional documents other than plain text: a web page and a small PDF."""

from __future__ import annotations

from dateline.testing.samples import TEXT

_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="{charset}"><title>Ferry aground | Ister Wire</title>
<meta property="og:title" content="Ferry aground">
<meta property="article:published_time" content="{published}">
<meta name="author" content="Nora Pell"><script>var menu = "not text";</script></head>
<body><nav><a href="/">Front page</a> <a href="/sport">Sport</a></nav>
<article><h1>Ferry aground</h1>{paragraphs}</article>
<aside>Read next: <a href="/x">Ten recipes for pike</a></aside>
<footer>We value your privacy</footer></body></html>
"""


def page(text: str = TEXT, *, charset: str = "utf-8", published: str = "2024-05-06") -> bytes:
    """An HTML page with a menu, an advert, a footer, and the lines of `text` as its article."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
    filled = _PAGE.format(charset=charset, published=published, paragraphs=paragraphs)
    return filled.encode(charset)


def pdf(*pages: str, title: str = "Ferry aground") -> bytes:
    """A PDF with one page per text, in Latin letters; an empty text makes a page without text."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R/Lang(en-GB)>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    box, fonts = "[0 0 595 842]", "<</Font<</F1 3 0 R>>>>"
    for number, text in enumerate(pages):
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        shown = " ".join(f"({line}) Tj T*" for line in escaped.splitlines())
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Resources{fonts}/Contents {5 + 2 * number} 0 R>>",
            f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        ]
    objects.append(f"<</Title({title})/Author(desk)/CreationDate(D:20200101000000Z)>>")
    out, places = "%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R"
        f"/Info {len(objects)} 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out.encode("cp1252")
