"""The strict reading pass refuses what JSON decoders let through and an archive must not keep.

It refuses malformed JSON, duplicate keys, NaN and infinities, numbers beyond 2^53 - 1, NUL, lone
surrogates, nesting deeper than 64 levels and lines over 192 MiB (RFC 8259 §4, §6, §8.2; RFC 7493).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator

from dateline.errors import Finding, Refused

MAX_BYTES = 192 * 1024 * 1024
MAX_DEPTH = 64
MAX_NUMBER = 2**53 - 1

#: Names of the rules of this pass.
RULES = ("json", "duplicate-key", "finite", "number-range", "nul", "surrogate", "depth", "size")


def parse(raw: bytes | str) -> dict[str, object]:
    """Parse one JSON object. Raises Refused with a finding for each rule that it breaks."""
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
    return list(_walk(value, "", 0))


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
