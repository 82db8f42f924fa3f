"""7-bit charsets, whose bytes are valid UTF-8 as well: ISO-2022, HZ, UTF-7. Pure."""

from __future__ import annotations

import re

from dateline.errors import DatelineError

#: Escape sequences that switch the character set (ECMA-35), and Python's charsets with them.
_ESCAPES = (
    (re.compile(rb"\x1b\$\)C"), ("iso2022_kr",)),
    (re.compile(rb"\x1b(\$[@B]|\([JI]|\$\(D)"), ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2")),
    (re.compile(rb"\x1b\$(A|\([CO-Q])"), ("iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3")),
)
#: ESC, and the shift characters that go with it. Ordinary text has none of them.
_SHIFTS = re.compile("[\x0e\x0f\x1b]")
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
_UTF_7 = re.compile(rb"\+(?:-|[A-Za-z0-9/][A-Za-z0-9+/]*-?)")
#: So many words or letters are not valid UTF-7 by chance.
_WORDS, _LETTERS = 3, 12


def shifted_charset(content: bytes) -> str | None:
    """The ISO-2022 charset of 7-bit `content`; None when it is in no known one."""
    if b"\x1b" not in content or not content.isascii():
        return None
    for escape, charsets in _ESCAPES:
        if escape.search(content):
            return next((name for name in charsets if _reads(content, name)), None)
    return None


def require_plain(content: bytes) -> None:
    """Check that 7-bit `content` is not text in such a charset that would be taken for UTF-8.

    Raises DatelineError, because these charsets cannot be detected for certain.
    """
    if not content.isascii():
        return
    if match := _SHIFTS.search(content.decode()):
        raise DatelineError(
            f"byte {match.start()} is the control character {ord(match[0]):#04x}, as in text of an "
            "ISO-2022 charset",
            hint="give its --charset; --charset utf-8 accepts the document as it is",
            code="charset-ambiguous",
        )
    for charset, looks in (("hz", _HZ.search(content) is not None), ("utf-7", _in_utf_7(content))):
        if looks:
            raise DatelineError(
                f"the document could be in {charset} or in utf-8",
                hint=_steps(charset),
                code="charset-ambiguous",
            )


def _steps(charset: str) -> str:
    if charset == "utf-7":  # `Document` refuses it: it can write one text in many ways
        return "convert it to UTF-8 first (iconv -f UTF-7), or give --charset utf-8"
    return f"give --charset {charset} or --charset utf-8"


def _reads(content: bytes, charset: str) -> bool:
    try:
        return not _SHIFTS.search(content.decode(charset))
    except UnicodeError:
        return False


def _in_utf_7(content: bytes) -> bool:
    """Whether every ``+`` begins a base64 word that encodes letters, and there are enough of them."""
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
