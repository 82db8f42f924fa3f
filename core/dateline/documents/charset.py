"""Detection of a document's charset when none is given."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from dateline.documents.document import Document
from dateline.documents.shifted import require_plain, shifted_charset
from dateline.errors import DatelineError

#: Byte order marks. UTF-32 comes before UTF-16, because its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Charsets of news that is not in UTF-8. Of several that give the same text the first is named.
_CHARSETS = (
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "cp874", "iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "koi8_u", "koi8_r",
    "cp866", "mac_cyrillic", "gb18030", "big5hkscs", "cp932", "euc_jp", "iso2022_jp", "cp949",
)  # fmt: skip
#: Labels that pages use for a larger charset (WHATWG Encoding §4.2), by Python's name of them.
_WEB = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs",
    "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
#: Labels of that standard that Python does not know, except those that only add a prefix to one
#: that it knows.
_LABELS = {
    "unicode-1-1-utf-8": "utf-8", "windows-31j": "cp932", "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8", "koi": "koi8-r",
    "koi8": "koi8-r", "koi8-ru": "koi8-u", "mac": "macintosh", "dos-874": "cp874",
    "ks_c_5601-1989": "cp949", "ksc_5601": "cp949", "cn-big5": "big5", "x-x-big5": "big5",
    "unicode": "utf-16", "ucs-2": "utf-16", "iso-10646-ucs-2": "utf-16",
    "x-user-defined": "cp1252", "x-mac-ukrainian": "mac-cyrillic",
}  # fmt: skip
_PREFIX = re.compile(r"^(?:x-)?windows-(?=\d)")
# How close another reading must be to the best one to be as good. Measured on one to six sentences
# in 19 languages and the charsets they use: 92 right, 38 undecided, 1 wrong (German in cp850).
_CHAOS, _COHERENCE = 0.03, 0.04
#: With more than one NUL in so many bytes, text is not in a charset of one byte a letter.
_NARROW = 8
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def web_charset(label: str) -> str | None:
    """Python's charset for the label of a server or page; None for an unknown label."""
    label = label.strip().lower()
    label = _LABELS.get(label, label)
    for candidate in (label, _PREFIX.sub("cp", label), label.removeprefix("x-")):
        try:
            name = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
        return _WEB.get(name, name)
    return None


def marked_charset(content: bytes) -> str | None:
    """The charset that a byte order mark indicates; None without one."""
    return next((charset for mark, charset in _MARKS if content.startswith(mark)), None)


def find_charset(content: bytes, declared: Iterable[str] = ()) -> str:
    """The charset of `content`: by its byte order mark, its escape sequences (ISO-2022), the first
    `declared` charset that fits, UTF-8, or the only charset that its letters suggest.

    Raises DatelineError when none or several fit, or when the declared charset does not.
    """
    mark = marked_charset(content)
    shifted = None if mark else shifted_charset(content)
    if shifted is not None:
        return shifted
    candidates = [mark] if mark else list(declared)
    for charset in candidates:
        if _fits(content, charset):
            return charset
    if _fits(content, "utf-8"):
        _require_narrow(content)
        require_plain(content)
        return "utf-8"
    if candidates:
        raise DatelineError(
            f"the document declares the charset {candidates[0]}, but its bytes are not valid in it",
            hint="give its real --charset",
            code="charset-mismatch",
        )
    return _detected(content)


def _require_narrow(content: bytes) -> None:
    """Check that content which decodes as UTF-8 is not UTF-16 or UTF-32 without its mark."""
    nuls = content.count(0)
    if nuls * _NARROW > len(content):
        order = "le" if content[-1:] == b"\x00" else "be"
        width = 32 if nuls * 2 > len(content) else 16
        raise DatelineError(
            "the document is full of NUL bytes, like UTF-16 or UTF-32 without a byte order mark",
            hint=f"give its --charset: it seems to be utf-{width}-{order}",
            code="charset-undetected",
        )


def _fits(content: bytes, charset: str) -> bool:
    try:
        Document(content, charset).text  # noqa: B018 - whether it decodes
    except DatelineError:
        return False
    return True


def _detected(content: bytes) -> str:
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        raise DatelineError(
            "the document is not UTF-8, and charset-normalizer, which detects charsets, is not installed",
            hint="give its --charset, or pip install 'dateline[capture]'",
            code="library-missing",
        ) from None
    found = [
        reading
        for reading in from_bytes(content, cp_isolation=list(_CHARSETS), enable_fallback=False)
        if not _CONTROL.search(str(reading))  # UTF-16 without its mark, or not text
    ]
    if not found:
        raise DatelineError(
            "the document's charset cannot be detected",
            hint="give its --charset",
            code="charset-undetected",
        )
    best = found[0]
    rivals = [
        other
        for other in found[1:]
        if str(other) != str(best)
        and other.chaos <= best.chaos + _CHAOS
        and other.coherence >= best.coherence - _COHERENCE
    ]
    equals = {best.encoding, *best.could_be_from_charset}
    name = next(charset for charset in (*_CHARSETS, best.encoding) if charset in equals)
    if rivals:
        readings = {name: str(best)} | {rival.encoding: str(rival) for rival in rivals}
        raise DatelineError(
            f"the document could be in {_readings(readings)}",
            hint="give its --charset",
            code="charset-ambiguous",
        )
    return name


def _readings(texts: dict[str, str]) -> str:
    """``cp1252 ('café'), cp1250 ('cafę')``: each with the first word that it reads differently."""
    columns = zip(*texts.values(), strict=False)
    start = next((at for at, column in enumerate(columns) if len(set(column)) > 1), 0)
    words = []
    for charset, text in texts.items():
        before = text[max(0, start - 20) : start].split(" ")[-1]
        word = (before + text[start : start + 20].split(" ")[0]).strip()
        words.append(f"{charset} ({word!r})")
    return ", ".join(words)
