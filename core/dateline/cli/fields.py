"""Values, quantities and evidence as they are typed."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import click


def parse_value(text: str) -> Any:
    """The value of JSON text, else the text itself: ``2100``, ``null``, ``["a"]``, ``Ida Brandt``."""
    try:
        return json.loads(text)
    except RecursionError:
        raise click.UsageError("the JSON is nested too deeply") from None
    except ValueError:
        return text


def keyed(text: str) -> dict[str, Any]:
    """``measure=people evacuated,value=1200,unit=person`` as a dict. Raises UsageError.

    ``verbatim``, ``measure`` and ``unit`` are text even when they look like numbers. A comma that
    is not followed by ``key=`` belongs to the value.
    """
    fields: dict[str, Any] = {}
    key = ""
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals and name.strip().isidentifier():
            key = name.strip()
            fields[key] = value
        elif key:
            fields[key] += "," + part
        else:
            raise click.UsageError(f"{text!r} is not KEY=VALUE,KEY=VALUE ...")
    return {
        key: value if key in ("verbatim", "measure", "unit") else parse_value(value)
        for key, value in fields.items()
    }


def evidence_item(text: str) -> dict[str, Any]:
    """``[ROLE:]WORDS[@START]`` as an evidence item. Its role is ``content`` unless the text begins with a role."""
    from dateline.events.parts import EvidenceRole

    role, colon, words = text.partition(":")
    if not colon or role not in get_args(EvidenceRole):
        role, words = "content", text
    placed = re.fullmatch(r"(.+)@(\d+)", words, re.DOTALL)
    if placed is None:
        return {"role": role, "exact": words}
    return {"role": role, "exact": placed[1], "start": int(placed[2])}
