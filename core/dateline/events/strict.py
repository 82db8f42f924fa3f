"""The strict reading pass refuses what JSON decoders let through and an archive must not keep.

It refuses malformed JSON, duplicate keys, NaN and infinities, numbers beyond 2^53 - 1, NUL, lone
surrogates, nesting deeper than 64 levels and lines over 192 MiB (RFC 8259 §4, §6, §8.2; RFC 7493).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec

from dateline.errors import Finding, Refused

MAX_BYTES = 192 * 1024 * 1024
MAX_DEPTH = 64
MAX_NUMBER = 2**53 - 1

#: Names of the rules of this pass.
RULES = ("json", "duplicate-key", "finite", "number-range", "nul", "surrogate", "depth", "size")


#: Values that `_quick` accepts are nested so deep at most.
_QUICK_DEPTH = 6


def _quick() -> Any:
    """A type whose decoder refuses values nested deeper than `_QUICK_DEPTH`, and long numbers."""
    bounds = msgspec.Meta(ge=-MAX_NUMBER, le=MAX_NUMBER)
    scalar: Any = bool | str | None | Annotated[int, bounds] | Annotated[float, bounds]
    value: Any = scalar
    for _ in range(_QUICK_DEPTH):
        value = scalar | list[value] | dict[str, value]
    return dict[str, value]


_decode: Any = msgspec.json.Decoder(_quick()).decode
_encode = msgspec.json.Encoder().encode
_ESCAPED_NUL = b"\\u0000"


class JsonObject(Mapping[str, Any]):
    """A JSON object that breaks no rule. It is kept as text, and decoded whenever a value is asked for:
    that is faster than to keep the many objects of many lines."""

    __slots__ = ("_text",)

    def __init__(self, raw: bytes) -> None:
        """Raises Refused with a finding for each rule that it breaks."""
        self._text = raw if _read(raw) is not None else _encode(parse(raw))

    def plain(self) -> dict[str, Any]:
        """A new dict with its values."""
        found: dict[str, Any] = msgspec.json.decode(self._text)
        return found

    def __getitem__(self, key: str) -> Any:
        return self.plain()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain())

    def __len__(self) -> int:
        return len(self.plain())

    def __repr__(self) -> str:
        return repr(self.plain())


def _read(raw: bytes) -> dict[str, object] | None:
    """The object, if it is certain at once that it breaks no rule; else None.

    If an encoder writes the same bytes again, no key was lost because it occurs twice, and the text is
    valid JSON in UTF-8.
    """
    try:
        value: dict[str, object] = _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    sound = len(raw) <= MAX_BYTES and _ESCAPED_NUL not in raw and _encode(value) == raw
    return value if sound else None


def parse(raw: bytes | str) -> dict[str, object]:
    """Parse one JSON object. Raises Refused with a finding for each rule that it breaks."""
    if isinstance(raw, bytes) and (read := _read(raw)) is not None:
        return read
    if len(raw) > MAX_BYTES:
        raise Refused([Finding("size", "", f"the line is longer than {MAX_BYTES} bytes")])
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        built = dict(items)
        if len(built) != len(items):
            counts = Counter(key for key, _ in items)
            duplicates.extend(sorted(key for key, count in counts.items() if count > 1))
        return built

    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
        value = json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        reason = f"the value is nested deeper than {MAX_DEPTH} levels"
        raise Refused([Finding("depth", "", reason)]) from None
    except UnicodeDecodeError as error:
        reason = f"the line is not UTF-8 (at byte {error.start})"
        raise Refused([Finding("json", "", reason)]) from None
    except ValueError as error:  # JSONDecodeError, or an integer of more than 4,300 digits
        if isinstance(error, json.JSONDecodeError):
            reason = f"the line is not JSON: {error.msg} (at character {error.pos + 1})"
            raise Refused([Finding("json", "", reason)]) from None
        raise Refused([Finding("number-range", "", f"an integer is too long: {error}")]) from None
    findings = [
        Finding("duplicate-key", "", f"the key {key!r} occurs more than once") for key in duplicates
    ]
    findings += check(value)
    if not isinstance(value, dict):
        findings.append(Finding("json", "", "an event must be a JSON object"))
    if findings:
        raise Refused(findings)
    assert isinstance(value, dict)
    return value


def check(value: object) -> list[Finding]:
    """Findings for a value made of plain dicts, lists, strings and numbers."""
    return [] if _is_sound(value) else list(_walk(value, "", 0))


def _is_sound(value: object) -> bool:
    """Whether it is certain at once that an object breaks no rule: it is what its JSON says."""
    try:
        raw = _encode(value)
        return _ESCAPED_NUL not in raw and bool(_decode(raw) == value)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return False


def _walk(value: object, where: str, depth: int) -> Iterator[Finding]:
    if isinstance(value, str):
        yield from _text(value, where)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield from _number(value, where)
    elif isinstance(value, dict | list | tuple):
        if depth >= MAX_DEPTH:
            yield Finding("depth", where, f"the value is nested deeper than {MAX_DEPTH} levels")
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            step = str(key).replace("~", "~0").replace("/", "~1")
            if isinstance(key, str):
                yield from _text(key, where)
            yield from _walk(item, f"{where}/{step}", depth + 1)


def _text(text: str, where: str) -> Iterator[Finding]:
    if "\x00" in text:
        yield Finding("nul", where, "the text contains U+0000, which no text may contain")
    if any("\ud800" <= char <= "\udfff" for char in text) if not text.isascii() else False:
        yield Finding(
            "surrogate",
            where,
            "the text contains half of a surrogate pair, which is not a character",
        )


def _number(number: float, where: str) -> Iterator[Finding]:
    if isinstance(number, float) and not math.isfinite(number):
        yield Finding("finite", where, f"{number} is not a finite number")
    elif abs(number) > MAX_NUMBER:
        yield Finding(
            "number-range", where, "the number is beyond 2^53 - 1, where numbers lose digits"
        )
