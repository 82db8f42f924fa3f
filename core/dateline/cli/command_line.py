"""The command line that records what was answered so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dateline.cli.fact_kinds import flag
from dateline.cli.fields import evidence_item, quoted
from dateline.events.acts import short

_FLAGS = {"approximate": "--precise", "cumulative": "--not-cumulative"}
_FIRST = ("text", "exact", "source")


def command_line(db: str | None, story: str, kind: str | None, options: Mapping[str, Any]) -> str:
    """``dateline record STORY KIND --text ...``, quoted for a shell."""
    words = ["dateline", *(["--db", quoted(db)] if db else []), "record", quoted(story)]
    rest = (name for name in options if name not in _FIRST)
    found = (word for name in (*_FIRST, *rest) for word in _words(name, options.get(name)))
    return " ".join([*words, *([kind] if kind else []), *found])


def _words(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        yield flag(name) if value else _FLAGS[name]
        return
    for one in value if isinstance(value, tuple) else (value,):
        if one not in (None, ""):
            yield flag(name)
            yield quoted(short(one) if name == "source" else _text(one))


def _text(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "edtf" in value:
        return str(value["edtf"])
    start = f"@{value['start']}" if "start" in value else ""
    words = f"{value['exact']}{start}"
    return words if evidence_item(words) == value else f"{value['role']}:{words}"
