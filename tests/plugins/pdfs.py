"""Small PDFs, made to be read: text of any blocks of lines, drawn in a given order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

#: x, y and lines, or pieces (text, x, y) drawn within one text object.
Block = tuple[int, int, list[str]]
#: Codes 1 and 2 are the ligatures fi and ffl; 173 is a soft hyphen, which a font shows as a hyphen;
#: from 192 on is the Hebrew alphabet.
_HEBREW = "/".join(f"afii{57664 + n}" for n in range(27))
_ENCODING = f"<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[1/fi/ffl 192/{_HEBREW}]>>"


def made(*pages: Sequence[Block] | str, page: str = "") -> bytes:
    """A PDF whose pages have blocks, drawn in that order, or the given operators. `page` is what the
    dictionary of each page has besides."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding{_ENCODING}>>",
    ]
    fonts = "<</Font<</F1 3 0 R>>>>"
    for number, blocks in enumerate(pages):
        stream = blocks if isinstance(blocks, str) else "".join(map(_drawn, blocks))
        content = f"/Contents {5 + 2 * number} 0 R"
        bodies += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources{fonts}{content}{page}>>",
            f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        ]
    return joined(bodies)


def joined(bodies: Iterable[str]) -> bytes:
    """A PDF of these objects, of which the first is the catalog."""
    out, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(places) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
    return (out + f"startxref\n{len(out)}\n%%EOF\n").encode("latin-1")


def _drawn(block: Block) -> str:
    x, y, lines = block
    shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    return f"BT /F1 11 Tf 14 TL {x} {y} Td {shown} ET\n"


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def across(y: int, *columns: tuple[int, list[str]], lower: int = 0) -> list[Block]:
    """The columns (x, lines) drawn line by line, from `y` down; `lower` is by how much each column is
    lower than the one before it."""
    blocks: list[Block] = []
    for number, lines in enumerate(itertools.zip_longest(*(lines for _, lines in columns))):
        for column, ((x, _), line) in enumerate(zip(columns, lines, strict=True)):
            if line:
                blocks.append((x, y - 14 * number - column * lower, [line]))
    return blocks


def in_one_object(blocks: Sequence[Block]) -> str:
    """The blocks as one text object, in which each line moves from where the last one was."""
    out, at = "BT /F1 11 Tf ", (0, 0)
    for x, y, lines in blocks:
        for n, line in enumerate(lines):
            out += f"{x - at[0]} {y - 14 * n - at[1]} Td ({_escaped(line)}) Tj\n"
            at = (x, y - 14 * n)
    return out + "ET"


def word_by_word(blocks: Sequence[Block]) -> str:
    """The blocks with a place for every word, as a browser prints them; letters are 6 points wide."""
    out = "BT /F1 10 Tf "
    for x, y, lines in blocks:
        for n, line in enumerate(lines):
            at = 0
            for word in line.split(" "):
                out += f"1 0 0 1 {x + 6 * at} {y - 14 * n} Tm ({_escaped(word)}) Tj\n"
                at += len(word) + 1
    return out + "ET"


def hebrew(line: str) -> str:
    """The line in the codes of the font, in the order in which it is seen from left to right."""
    return "".join(c if c == " " else chr(192 + ord(c) - 0x5D0) for c in reversed(line))
