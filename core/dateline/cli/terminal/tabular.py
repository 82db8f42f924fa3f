"""Tables on a terminal: rich draws the headings, and each row is printed when it arrives.

The first rows determine the widths of the columns. Rows are not drawn by rich, which takes a
millisecond for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from dateline.cli.terminal.stdout import data
from dateline.text import cell as text_cell

if TYPE_CHECKING:
    from rich.console import Console

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HASH = re.compile(r"\b(sha256:[0-9a-f]{8})[0-9a-f]+")
_PIECE = re.compile(r"\s*\S+\s*")
#: Columns up to the first width are never narrowed; words up to the second are never broken.
_NARROW, _WORD = 11, 24
#: How many rows determine the widths. If more follow, narrow columns get some spare cells, since the
#: numbers of facts get longer.
_MEASURED, _SPARE = 2000, 2
#: How many rows are printed at a time.
_BLOCK = 100

Cells = list[str]


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    shown: Sequence[str],
    names: Mapping[str, str],
) -> None:
    """Print a table, or a block for each row if the columns do not fit side by side."""
    from rich.console import Console

    console = Console(file=data(), highlight=False)
    picked = [(name, columns.index(name)) for name in shown]
    headings = [names.get(name, name.replace("_", " ")) for name, _ in picked]
    rest = iter(rows)
    first = list(islice(rest, _MEASURED))
    sample = [[cell(row[at]) for _, at in picked] for row in first]
    right = [_numeric([row[at] for row in first]) for _, at in picked]
    following = next(rest, None)
    cells: Iterable[Cells] = sample
    if following is not None:
        later = chain([following], rest)
        cells = chain(sample, ([cell(row[at]) for _, at in picked] for row in later))
    found = widths(headings, sample, console.width, spare=0 if following is None else _SPARE)
    if found is None:
        _print(_cards(headings, cells, console))
    else:
        above, below = _frame(headings, found, right, console)
        click.echo(above, nl=False, color=True, file=data())
        _print(_lines(cells, found, right))
        click.echo(below, color=True, file=data())


def cell(value: object) -> str:
    """A value as a table shows it, safe to print."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _STAMP.fullmatch(text):
        return f"{text[:10]} {text[11:16]}Z"
    return _HASH.sub(r"\1…", text_cell(text).expandtabs())


def widths(
    headings: Cells, cells: Sequence[Cells], room: int, *, spare: int = 0
) -> list[int] | None:
    """Widths of columns in cells. Each is as wide as its longest cell if all fit; otherwise as wide
    as its longest word, and long texts share the rest. None if not even the words fit."""
    columns = [[heading, *(row[at] for row in cells)] for at, heading in enumerate(headings)]
    lengths = [[_length(text) for text in column] for column in columns]
    needed = [max(length) for length in lengths]
    needed = [need + spare if need <= _NARROW else need for need in needed]
    room -= 3 * len(headings) + 2
    if sum(needed) <= room:
        return needed
    found = _least(columns, needed, _WORD)
    if sum(found) > room:  # break words in prose, but not in columns of names or times
        found = _least(columns, needed, _NARROW)
    if sum(found) > room:
        return None
    usual = [(sum(length) / len(length)) ** 0.6 for length in lengths]
    for _ in range(room - sum(found)):
        hungry = (at for at, width in enumerate(found) if width < needed[at])
        found[max(hungry, key=lambda at: usual[at] / found[at])] += 1
    return found


def _least(columns: list[Cells], needed: list[int], prose: int) -> list[int]:
    """The least width of each column: its longest word, or at most `prose` in a column of prose."""
    least = []
    for column, need in zip(columns, needed, strict=True):
        word = max((_width(word) for text in column for word in text.split()), default=0)
        most = prose if any(" " in text for text in column[1:]) else _WORD
        least.append(min(need, max(_NARROW, min(word, most))))
    return least


def _numeric(values: Sequence[object]) -> bool:
    numbers = (isinstance(v, int | float | None) and not isinstance(v, bool) for v in values)
    return any(value is not None for value in values) and all(numbers)


def _frame(
    headings: Cells, found: Sequence[int], right: Sequence[bool], console: Console
) -> tuple[str, str]:
    """The text above the rows, and the line below them."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD)
    for heading, width, numeric in zip(headings, found, right, strict=True):
        justify = "right" if numeric else "left"
        drawn.add_column(Text(heading), justify=justify, overflow="fold", width=width)  # type: ignore[arg-type]
    with console.capture() as captured:
        console.print(drawn)
    above, _, below = captured.get().rstrip("\n").rpartition("\n")
    return above + "\n", below


def _lines(cells: Iterable[Cells], found: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    """The lines of rows, with each cell folded to the width of its column."""
    across = list(zip(found, right, strict=True))
    for row in cells:
        if all(text.isascii() and len(text) <= width and "\n" not in text
               for text, width in zip(row, found, strict=True)):  # fmt: skip
            folded = [row]
        else:
            each = [fold(text, width) for text, width in zip(row, found, strict=True)]
            height = max(map(len, each), default=1)
            folded = [[t[at] if at < len(t) else "" for t in each] for at in range(height)]
        for line in folded:
            padded = (_pad(text, *how) for text, how in zip(line, across, strict=True))
            yield "  " + "   ".join(padded) + "  "


def _pad(text: str, width: int, right: bool) -> str:
    if text.isascii():
        return text.rjust(width) if right else text.ljust(width)
    space = " " * (width - _width(text))
    return space + text if right else text + space


def fold(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken between words. A word that is longer than a
    line is broken too."""
    lines = []
    for paragraph in text.split("\n"):
        line, at = "", 0
        for piece in _PIECE.findall(paragraph) or [paragraph]:
            need = _width(piece.rstrip())
            if at and at + need > width:
                lines.append(line)
                line, at = "", 0
            if need > width:
                *full, piece = _chopped(piece, width)
                lines += full
            line, at = line + piece, at + _width(piece)
        lines.append(line)
    return [_cut(line, width) for line in lines]


def _chopped(word: str, width: int) -> list[str]:
    """Pieces of a word, each of at most `width` cells and at least one character."""
    if word.isascii():
        return [word[at : at + width] for at in range(0, len(word), width)]
    pieces, at = [""], 0
    for character in word:
        wide = _width(character)
        if at + wide > width and pieces[-1]:
            pieces.append("")
            at = 0
        pieces[-1] += character
        at += wide
    return pieces


def _cut(line: str, width: int) -> str:
    """The line without trailing white space beyond `width`."""
    while line[-1:].isspace() and _width(line) > width:
        line = line[:-1]
    return line


def _cards(headings: Cells, cells: Iterable[Cells], console: Console) -> Iterator[str]:
    """A block of lines for each row, for tables whose columns do not fit side by side."""
    rule, dim = _styled(console, "rule.line"), _styled(console, "dim")
    aside = max(map(_width, headings))
    across = console.width
    room = max(1, across - aside - 2)
    for number, (head, *row) in enumerate(cells):
        if number:
            yield ""
        head = fold(" ".join(head.split()), max(1, across - 4))[0]
        yield f"{head} {rule('─' * (across - _width(head) - 1))}"
        for heading, text in zip(headings[1:], row, strict=True):
            for at, line in enumerate(fold(text, room) if text else ()):
                yield f"{dim(_pad('' if at else heading, aside, True))}  {line}"


def _styled(console: Console, name: str) -> Callable[[str], str]:
    """A function that puts a text in one of rich's styles, if the terminal supports it."""
    with console.capture() as captured:
        console.print("x", style=name, end="")
    before, _, after = captured.get().partition("x")
    return lambda text: f"{before}{text}{after}"


def _print(lines: Iterator[str]) -> None:
    while block := list(islice(lines, _BLOCK)):
        # Styles are already right for this console: click must not remove them.
        click.echo("\n".join(block), color=True, file=data())


def _length(text: str) -> int:
    """Width of the longest line, in cells."""
    return _width(text) if "\n" not in text else max(map(_width, text.split("\n")))


def _width(text: str) -> int:
    """Width on a terminal, in cells: East Asian letters take two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
