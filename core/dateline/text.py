"""Makes untrusted text safe to show. Pure; used by everything that prints text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# C0 except LF and TAB, DEL, C1, bidi controls (CWE-150, Trojan Source), zero-width characters
# except joiners, line and paragraph separators, BOM, tag characters, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", "|", "%")
_LEADING = re.compile("^[\\s\u061c\u200b-\u200f\u2060\ufeff]+")
# Some scripts need some of these, and they affect only the characters next to them: zero-width
# spaces and direction marks. Characters that embed, override or isolate a direction are excluded.
_NEEDED = re.compile(
    "[\u061c\u200b\u200e\u200f]|\U0001f3f4[\U000e0061-\U000e007a]{2}"
    "[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,4}\U000e007f"
)
# Web addresses are copied and used: there these characters could only deceive.
_USED = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,19}://\S*")
_MARKDOWN_LIGHT = re.compile(r"([\\`*_{}\[\]|~$^])")
_TAG = re.compile("[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_RUNS = re.compile(r"(?i)(javascript|vbscript|data):")
_ADDRESS = re.compile(r"@|(?<=/)/|(?i:(?<=www))\.|(?<=[^\W_])\.(?=[^\W\d_]{2})")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """`text` with control, bidi and surrogate characters written as escapes.

    >>> visible("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return _UNSAFE.sub(_escape, text)


def legible(text: str) -> str:
    """`visible`, but keeps what the spelling of some scripts needs, for words that people read:
    zero-width spaces (Khmer, Lao, Thai, Burmese), direction marks (Arabic, Hebrew), flags of regions.

    In a web address they are written as escapes: it is copied, and there they could only deceive.

    >>> legible("រុករក\\u200bរ៉ែ") == "រុករក\\u200bរ៉ែ"
    True
    """
    if not _NEEDED.search(text):
        return visible(text)
    return "".join(_pieces(text, _USED, _words, visible))


def cell(text: str) -> str:
    """`legible`, but `visible` if the rest of the text is ASCII: for a table or a spreadsheet, in which
    ids, file names and English words are compared and searched for."""
    shown = visible(text)
    return shown if shown.isascii() else legible(text)


def _words(text: str) -> str:
    return "".join(_pieces(text, _NEEDED, visible, str))


def _pieces(
    text: str, pattern: re.Pattern[str], outside: Callable[[str], str], inside: Callable[[str], str]
) -> Iterator[str]:
    """The text in pieces: `inside` applied to what `pattern` matches, `outside` to the rest."""
    at = 0
    for found in pattern.finditer(text):
        yield outside(text[at : found.start()])
        yield inside(found[0])
        at = found.end()
    yield outside(text[at:])


def cut(text: str, most: int) -> str:
    """The text, or the first of its characters and an ellipsis if it has more than `most`."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def one_line(text: str) -> str:
    """`visible`, with line breaks and tabs turned into single spaces: for a name in a message."""
    return visible(_joined(text))


def legible_line(text: str) -> str:
    """`legible`, with line breaks and tabs turned into single spaces: for a list item or a paragraph."""
    return legible(_joined(text))


def _joined(text: str) -> str:
    return re.sub(r"[\r\n\t\u2028\u2029]+", " ", text)


def csv_cell(value: object) -> object:
    """A value that no spreadsheet will run (OWASP ASVS 1.2.10, CWE-1236).

    Text that starts like a formula, after leading white space, gets an apostrophe in front.
    Numbers stay numbers.
    """
    if not isinstance(value, str):
        return value
    safe = cell(value)
    head = _LEADING.sub("", value)
    if value[:1] in _FORMULA or head[:1] in _FORMULA:
        return "'" + safe
    return safe


def markdown(text: str) -> str:
    """`text` as literal Markdown prose on one line: no markup, HTML, link or image survives."""
    escaped = _MARKDOWN_LIGHT.sub(r"\\\1", legible_line(text).strip())
    # Renderers of Markdown.pl's family do not know escapes of < and &, and some know no escapes at
    # all: for them a link is broken between its text and its address, and no address is executable.
    escaped = _TAG.sub(lambda found: _ENTITIES[found[0]], escaped)
    escaped = _RUNS.sub(r"\1\\:", escaped.replace("](", "]\\("))
    # Bare addresses would be linked: http://, www., example.com, a@b.c (GitHub's renderer undoes
    # the last escape and makes a mailto: link; no escape prevents that).
    escaped = _ADDRESS.sub(r"\\\g<0>", escaped)
    # A trailing run of # would close a heading and vanish, a leading marker would start a block.
    escaped = re.sub(r"(?<=\s)#+$", r"\\\g<0>", escaped)
    return re.sub(r"^([#+\-=!]|\d+[.)])", _block, escaped)


def _block(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\{match[0][-1]}"
