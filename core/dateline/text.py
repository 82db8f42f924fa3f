"""Making untrusted text safe to show. Pure; used by every surface that prints."""

from __future__ import annotations

import re

# C0 but LF and TAB, DEL, C1, bidi controls (CWE-150, Trojan Source), invisible joiners'
# neighbours, line and paragraph separators, BOM, tag characters, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", "|", "%")
_LEADING = re.compile("^[\\s\u200b-\u200f\u2060\ufeff]+")
_MARKDOWN_LIGHT = re.compile(r"([\\`*_{}\[\]<>|~$&^])")
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


def one_line(text: str) -> str:
    """`visible`, with line breaks and tabs as single spaces: for a table's cell or a list item."""
    return visible(re.sub(r"[\r\n\t\u2028\u2029]+", " ", text))


def csv_cell(value: object) -> object:
    """A value no spreadsheet will run (OWASP ASVS 1.2.10, CWE-1236).

    Text that starts like a formula, after leading white space, gets an apostrophe in front.
    Numbers stay numbers.
    """
    if not isinstance(value, str):
        return value
    safe = visible(value)
    head = _LEADING.sub("", value)
    if value[:1] in _FORMULA or head[:1] in _FORMULA:
        return "'" + safe
    return safe


def markdown(text: str) -> str:
    """`text` as literal Markdown prose on one line: no markup, HTML, link or image survives."""
    escaped = _MARKDOWN_LIGHT.sub(r"\\\1", one_line(text).strip())
    # Bare addresses would be linked: http://, www., example.com, a@b.c (GitHub's renderer undoes
    # the last escape and makes a mailto: link; no escape prevents that).
    escaped = _ADDRESS.sub(r"\\\g<0>", escaped)
    # A trailing run of # would close a heading and vanish, a leading marker would start a block.
    escaped = re.sub(r"(?<=\s)#+$", r"\\\g<0>", escaped)
    return re.sub(r"^([#+\-=!]|\d+[.)])", _block, escaped)


def _block(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\{match[0][-1]}"
