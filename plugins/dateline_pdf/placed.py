"""The text of a page in the order in which it is drawn, and where each piece of it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pypdf import PageObject

_MOVES = {b"Td", b"TD", b"Tm", b"T*"}
#: What shows text, or draws a form that may.
_SHOWS = re.compile(rb"T[jJ]|Do|['\"]")
#: Letters of scripts that are written from right to left.
LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
#: A jump in a TJ array, in thousandths of the size of the letters, that also ends a piece.
_JUMP = -700

Operation = tuple[Any, bytes]
Measure = Callable[[Any], float]
_END: Operation = ([], b"ET")


class Piece(NamedTuple):
    """Text drawn from one place on, as it is in the text of the page, with spaces and line ends.

    `start` and `end` are measured along the line, `height` across it upwards and `size` is that of
    the letters, all in points; `angle` is the direction of the line in degrees.
    """

    text: str
    start: float
    end: float
    height: float
    size: float
    angle: int


def placed(page: PageObject) -> tuple[str, list[Piece]]:
    """The text of the page as pypdf gives it, and its pieces in the order in which they are drawn.

    Together the pieces are the text, but where it is written from right to left.
    """
    from pypdf.generic import ContentStream, NameObject

    contents = NameObject("/Contents")
    pieces = _Pieces()
    if contents not in page:
        return "", []
    drawn = page.raw_get(contents)
    try:
        stream = ContentStream(drawn, page.pdf, "bytes")
        if not _SHOWS.search(stream.get_data()):
            return "", []  # a drawing, which need not be parsed
        stream.operations = list(_divided(stream.operations))
        page[contents] = stream
        text = page.extract_text(visitor_operand_before=pieces.operator, visitor_text=pieces.text)
    finally:
        page[contents] = drawn
    if LEFTWARDS.search(text):
        text = page.extract_text()  # which puts words in order that are drawn from left to right
    return text, pieces.found


def _divided(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The operations, with an end of text wherever the next text may be elsewhere: pypdf gives the text
    up to there as a piece, and takes no other notice of it."""
    for operands, operator in operations:
        if operator == b"TJ" and operands and isinstance(operands[0], list):
            parts = operands[0]
            jumps = [n for n, part in enumerate(parts) if _is_number(part) and part <= _JUMP]
            for start, end in pairwise([0, *jumps, len(parts)]):
                if start:
                    yield _END
                yield [type(parts)(parts[start:end])], operator
        elif operator == b"'" or (operator == b'"' and len(operands) == 3):
            if operator == b'"':
                yield operands[:1], b"Tw"
                yield operands[1:2], b"Tc"
            yield _END
            yield [], b"T*"
            yield operands[-1:], b"Tj"
        else:
            if operator in _MOVES:
                yield _END
            yield operands, operator


class _Pieces:
    """Collects pieces from what pypdf says while it extracts text."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self._shown: list[Any] = []
        self._spacing = {b"Tc": 0.0, b"Tw": 0.0}
        self._measures: dict[int, Measure] = {}
        self._place: tuple[float, ...] = ()

    def operator(self, name: bytes, operands: list[Any], cm: object, tm: object) -> None:
        if name in (b"Tj", b"TJ") and operands:
            shown = operands[0]
            self._shown += shown if isinstance(shown, list) else [shown]
        elif name in self._spacing and operands and _is_number(operands[0]):
            self._spacing[name] = float(operands[0])

    def text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if not text:
            return
        a, b, x, y = place = _place(cm, tm)
        scale = math.hypot(a, b) or 1.0
        if id(font) not in self._measures:
            self._measures[id(font)] = _measure(font)
        jump, width = self._widths(self._measures[id(font)], size)
        # Without a move, text goes on where the last piece ends.
        start = self.found[-1].end if place == self._place else (x * a + y * b) / scale
        start += jump * scale
        angle = round(math.degrees(math.atan2(b, a)))
        height = (y * a - x * b) / scale
        self.found.append(
            Piece(text, start, start + width * scale, height, abs(size) * scale, angle)
        )
        self._place = place

    def _widths(self, measure: Measure, size: float) -> tuple[float, float]:
        """How far what was shown begins from its place, and how wide it is."""
        jump = width = 0.0
        for part in self._shown:
            if isinstance(part, str | bytes):
                spaces = part.count(b" " if isinstance(part, bytes) else " ")  # type: ignore[arg-type]
                width += measure(part) * size / 1000
                width += self._spacing[b"Tc"] * len(part) + self._spacing[b"Tw"] * spaces
            elif width:
                width -= float(part) * size / 1000
            else:
                jump -= float(part) * size / 1000
        self._shown.clear()
        return jump, width


def _is_number(part: object) -> bool:
    return isinstance(part, int | float)


def _place(cm: list[float], tm: list[float]) -> tuple[float, float, float, float]:
    """The direction of a line (a, b) and where it starts (x, y), on the page."""
    a = tm[0] * cm[0] + tm[1] * cm[2]
    b = tm[0] * cm[1] + tm[1] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    return (a, b, x, y) if math.isfinite(a + b + x + y) else (1.0, 0.0, 0.0, 0.0)


def _measure(font: Any) -> Measure:
    """The width of drawn characters in thousandths of the size of the font. Where the font does not say
    it, a character is half as wide as it is high."""
    try:
        from pypdf.generic._font import Font

        known = Font.from_font_resource(font)
        encoding = known.encoding if isinstance(known.encoding, str) else "latin-1"

        def width(part: str | bytes) -> float:
            drawn = part.decode(encoding, "replace") if isinstance(part, bytes) else part
            return known.get_text_width(drawn)

        width("x")
        return width
    except Exception:  # noqa: BLE001  # a broken font, or a pypdf that keeps its fonts elsewhere
        return lambda part: 500.0 * len(part)
