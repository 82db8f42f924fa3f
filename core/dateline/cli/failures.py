"""The documents that could not be captured, by the reason."""

from __future__ import annotations

import re

from dateline.cli.terminal.messages import indented
from dateline.errors import DatelineError

#: How many documents of a reason are named.
_NAMED = 3
#: What differs between two errors of the same reason: names in quotation marks, and numbers.
_OWN = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\d[\d,.]*")


class Failures:
    """Each reason has the places of its documents, and the first of the errors."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[DatelineError, list[str]]] = {}

    def add(self, place: str, error: DatelineError) -> None:
        reason = (error.code, _OWN.sub("", str(error)))
        self._found.setdefault(reason, (error, []))[1].append(place)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __str__(self) -> str:
        """The reasons, the most frequent first: how many documents, the error, some names, the next step."""
        by_count = sorted(self._found.values(), key=lambda found: -len(found[1]))
        return "\n".join(_said(error, places) for error, places in by_count)


def _said(error: DatelineError, places: list[str]) -> str:
    lines = [f"{len(places):,} failed: {error}", *places[:_NAMED]]
    if len(places) > _NAMED:
        lines.append(f"... and {len(places) - _NAMED:,} more")
    return indented("\n".join([*lines, error.hint] if error.hint else lines))
