"""Columns of a PDF are read as a person reads them, in whatever order their lines are drawn."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence

import pytest
from pypdf import PdfReader
from tests.plugins.pdfs import Block, across, hebrew, in_one_object, made, word_by_word

from dateline_pdf import Pdf
from dateline_pdf.rows import Free, Row
from dateline_pdf.strips import Strip

_WATER = (
    "FICTION. The water of the Velm came at night, two hours before anyone was warned. In the lower town "
    "it rose to the windows of the school, and the mayor, Nora Pell, had the sirens sounded by hand. "
    "Nobody was hurt. By the morning the road to Hollin was open again, said the district office."
)
_DAM = (
    "The gates of the dam at Hollin were opened on Monday evening, as the operator admits. It had been "
    "asked twice to wait. A second report, which the district keeps to itself, is said to name the man who "
    "gave the order. The operator calls that a rumour, and promises an answer within the week."
)
_BOATS = (
    "Fishermen brought forty people to the upper bank in their own boats. The last of them came back at "
    "noon and found the harbour empty. What they had left on the quay was gone, nets and engines and the "
    "ice of a whole week, and the insurer has not yet said what it will pay for."
)
_MAYIM = "המים באו בלילה לפני שמישהו הזהיר את העיר ואיש לא נפגע כך אמרה ראש העיר בבוקר לפני שהדרך נפתחה שוב"
_SEKER = "שערי הסכר נפתחו בערב כפי שהמפעיל מודה והוא התבקש פעמיים לחכות עד שהדוח השני יושלם והאיש ייקרא בשמו"


def lines(text: str, width: int = 42) -> list[str]:
    return textwrap.wrap(text, width)


LEFT, RIGHT = lines(_WATER), lines(_DAM)
NARROW = [lines(text, 28) for text in (_WATER, _DAM, _BOATS)]
HEAD: Block = (
    72,
    780,
    ["Velm Courier, the paper of the whole valley, on the flood in the lower town"],
)
CELLS = (
    ["The place", "The town of Velm", "The dam at Hollin", "The upper bank", "The brook mill", "The ferry"],
    ["What was found there", "Houses under water", "Gates open at noon", "Road closed for a day",
     "Nobody at the mill", "Boat on the bank"],
    ["Hurt", "0", "2", "0", "1", "12"],
)  # fmt: skip
TABLE: list[Block] = across(700, *zip((72, 220, 400), CELLS, strict=True))
ROWS = [" ".join(row) for row in zip(*CELLS, strict=True)]
#: Three rows, each of a claim and what became of it.
ANSWERS = [
    (700, ((72, LEFT[:3]), (320, RIGHT[:4]))),
    (632, ((72, LEFT[3:]), (320, RIGHT[4:]))),
    (564, ((72, LEFT[:4]), (320, RIGHT[:3]))),
]
NOTE = "1 The level is that of the gauge at the old bridge, in metres above the sea."


def jumps(columns: tuple[list[str], list[str]]) -> str:
    """Each line of both columns as one operator, with a jump between them."""
    rows = " T* ".join(
        f"[({left}) -4000 ({right})] TJ" for left, right in zip(*columns, strict=False)
    )
    return f"BT /F1 11 Tf 14 TL 72 700 Td {rows} ET"


def samples() -> dict[str, tuple[Sequence[Block] | str, str, list[str]]]:
    """Pages by name: how they are drawn, what their dictionary has besides, and their lines as read."""
    two = across(700, (72, LEFT), (320, RIGHT))
    three = across(700, (40, NARROW[0]), (220, NARROW[1]), (400, NARROW[2]))
    full = lines(_WATER + " " + _BOATS, 80)
    notes = [(72, 660 - 14 * max(len(LEFT), len(RIGHT)), [NOTE])]
    turned = [(x, y - 842, text) for x, y, text in across(700, (72, LEFT), (320, RIGHT))]
    seen = [[hebrew(line) for line in lines(text, 20)] for text in (_MAYIM, _SEKER)]
    to_the_right = [
        (x - 6 * len(line), y, [line])
        for x, y, [line] in across(700, (540, seen[0]), (280, seen[1]))
    ]
    return {
        "one column": ([(72, 700, full)], "", full),
        "one column, word by word": (word_by_word([(40, 700, full)]), "", full),
        "two, drawn column by column": ([(72, 700, LEFT), (320, 700, RIGHT)], "", [*LEFT, *RIGHT]),
        "two, drawn line by line": (two, "", [*LEFT, *RIGHT]),
        "in one text object": (in_one_object(two), "", [*LEFT, *RIGHT]),
        "word by word": (
            word_by_word(across(700, (30, NARROW[0]), (215, NARROW[1]))), "", [*NARROW[0], *NARROW[1]],
        ),
        "with a jump in each line": (
            jumps((LEFT[:5], RIGHT[:5])), "", [*LEFT[:5], *RIGHT[:5]],
        ),
        "the right one lower": (
            in_one_object(across(700, (72, LEFT), (320, RIGHT), lower=6)), "", [*LEFT, *RIGHT],
        ),
        "the left one longer": (
            across(700, (72, [*LEFT, *NARROW[2]]), (320, RIGHT)), "", [*LEFT, *NARROW[2], *RIGHT],
        ),
        "three, drawn line by line": (three, "", [*NARROW[0], *NARROW[1], *NARROW[2]]),
        "three in one text object": (
            in_one_object(three), "", [*NARROW[0], *NARROW[1], *NARROW[2]],
        ),
        "below a headline": ([HEAD, *two], "", [*HEAD[2], *LEFT, *RIGHT]),
        "between a header and a page number": (
            [*across(740, (72, ["Velm Courier"]), (420, ["6 May 2024"])), *two, (290, 40, ["- 1 -"])],
            "", ["Velm Courier 6 May 2024", *LEFT, *RIGHT, "- 1 -"],
        ),
        "above a footnote": ([*two, *notes], "", [*LEFT, *RIGHT, NOTE]),
        "above a smaller note below the left one": (
            in_one_object(two) + f" BT /F1 8 Tf 72 {700 - 14 * max(len(LEFT), len(RIGHT))} Td ({NOTE[:50]}) Tj ET",
            "",
            [*LEFT, *RIGHT, NOTE[:50]],
        ),
        "the right one higher": (
            [(320, 714, ["The second report"]), *two], "", [*LEFT, "The second report", *RIGHT],
        ),
        "above other columns": (
            [*two, (72, 560, ["A headline across both of the columns, and of the page, in the middle"]),
             *across(540, (72, RIGHT), (320, LEFT))],
            "", [*LEFT, *RIGHT, "A headline across both of the columns, and of the page, in the middle",
                 *RIGHT, *LEFT],
        ),
        "a table": (TABLE, "", ROWS),
        "a table in one text object": (in_one_object(TABLE), "", ROWS),
        "a table below columns": ([(x, y + 130, text) for x, y, text in two] + TABLE, "", [*LEFT, *RIGHT, *ROWS]),
        "a table with long cells": (
            [block for y, row in ANSWERS for block in across(y, *row)],
            "",
            [line for _, row in ANSWERS for _, cell in row for line in cell],
        ),
        "a page that is turned": (
            "q 0 1 -1 0 0 0 cm " + in_one_object(turned) + " Q", "/Rotate 90", [*LEFT, *RIGHT],
        ),
        "from right to left": (
            to_the_right, "", [*lines(_MAYIM, 20), *lines(_SEKER, 20)],
        ),
        "from right to left, word by word": (
            word_by_word(across(700, (300, seen[0]), (72, seen[1]))),
            "",
            [*lines(_MAYIM, 20), *lines(_SEKER, 20)],
        ),
    }  # fmt: skip


def read(drawn: Sequence[Block] | str, page: str = "") -> str:
    importer = Pdf()
    return importer.extract(importer.document(made(drawn, page=page), None)).text


def test_columns_are_read_one_after_the_other_and_tables_in_rows() -> None:
    for name, (drawn, page, expected) in samples().items():
        assert read(drawn, page).split("\n") == expected, name


def test_words_from_right_to_left_in_one_column_are_as_pypdf_puts_them_in_order() -> None:
    drawn = word_by_word([(72, 700, [hebrew(line) for line in lines(_MAYIM, 20)])])
    assert read(drawn) == PdfReader(io.BytesIO(made(drawn))).pages[0].extract_text()


def test_a_line_of_code_and_its_comment_stay_side_by_side() -> None:
    code = [f"mov [edx+{n}], ebx+{n * n}" for n in range(6)]
    notes = NARROW[0][: len(code)]
    text = read(across(700, (72, code), (200, notes)))
    assert text.split("\n") == [f"{left} {right}" for left, right in zip(code, notes, strict=True)]


def test_where_the_widths_of_a_font_are_not_known_letters_are_half_as_wide_as_high(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("pypdf.generic._font.Font")
    columns = across(700, (72, NARROW[0]), (320, NARROW[1]))
    assert read(columns).split("\n") == [*NARROW[0], *NARROW[1]]


def test_places_and_sizes_beyond_all_measure_are_read_all_the_same() -> None:
    larger = f"{10**30} 0 0 {10**30} 1 1 cm " * 12
    text = read(f"{larger} BT /F1 11 Tf 72 700 Td (Velm) Tj 0 -14 Td (Hollin) Tj ET")
    assert "".join(text.split()) == "VelmHollin"


def test_columns_of_a_hostile_page_cost_little_more_than_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grid = [(14 * (n % 100), 800 - 7 * (n // 100), ["i"]) for n in range(3000)]
    narrowed, calls = Strip.narrowed, 0

    def counted(strip: Strip, row: Row, free: Free) -> bool:
        nonlocal calls
        calls += 1
        return narrowed(strip, row, free)

    monkeypatch.setattr(Strip, "narrowed", counted)
    read(in_one_object(grid))
    assert 5_000 < calls < 15_000
