"""Charsets that write everything in 7 bits, and so pass for UTF-8: ISO-2022, HZ, UTF-7. Pure."""

from __future__ import annotations

import re

from dateline.errors import DatelineError

#: Escape sequences that begin other letters (ECMA-35), and Python's charsets that have them.
_ESCAPES = (
    (re.compile(rb"\x1b\$\)C"), ("iso2022_kr",)),
    (re.compile(rb"\x1b(\$[@B]|\([JI]|\$\(D)"), ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2")),
    (re.compile(rb"\x1b\$(A|\([CO-Q])"), ("iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3")),
)
#: ESC, and the shifts that go with it: characters that no text holds.
_SHIFTS = re.compile("[\x0e\x0f\x1b]")
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
_UTF_7 = re.compile(rb"\+(?:-|[A-Za-z0-9/][A-Za-z0-9+/]*-?)")
#: So many words, or letters, are not readable as UTF-7 by chance.
_WORDS, _LETTERS = 3, 12


def shifted_charset(content: bytes) -> str | None:
    """The ISO-2022 charset that 7-bit `content` is in; None when it is in none that is known."""
    if b"\x1b" not in content or not content.isascii():
        return None
    for escape, charsets in _ESCAPES:
        if escape.search(content):
            return next((name for name in charsets if _reads(content, name)), None)
    return None


def require_plain(content: bytes) -> None:
    """See that 7-bit `content` is not text of such a charset, to be taken for UTF-8.

    Raises DatelineError: nothing tells these for certain.
    """
    if not content.isascii():
        return
    if match := _SHIFTS.search(content.decode()):
        raise DatelineError(
            f"byte {match.start()} is the control character {ord(match[0]):#04x}, as in text of an "
            "ISO-2022 charset",
            hint="give its --charset; --charset utf-8 takes it as it is",
        )
    for charset, looks in (("hz", _HZ.search(content) is not None), ("utf-7", _in_utf_7(content))):
        if looks:
            raise DatelineError(
                f"the document could be in {charset} or in utf-8", hint=_steps(charset)
            )


def _steps(charset: str) -> str:
    if charset == "utf-7":  # which Document does not read: it has many ways to write one text
        return "convert it to UTF-8 first (iconv -f UTF-7), or give --charset utf-8"
    return f"give --charset {charset} or --charset utf-8"


def _reads(content: bytes, charset: str) -> bool:
    try:
        return not _SHIFTS.search(content.decode(charset))
    except UnicodeError:
        return False


def _in_utf_7(content: bytes) -> bool:
    """Whether every ``+`` begins a word of base64 that stands for letters, and enough do."""
    words = {match[0] for match in _UTF_7.finditer(content)} - {b"+-"}
    if not words or content.count(b"+") != len(_UTF_7.findall(content)):
        return False
    try:
        texts = [word.decode("utf-7") for word in words]
    except UnicodeError:
        return False
    enough = len(texts) >= _WORDS or sum(map(len, texts)) >= _LETTERS
    return enough and all(map(_letters, texts))


def _letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and all(map(str.isprintable, text))
