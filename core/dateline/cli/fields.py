"""Values, quantities, evidence and entities as they are typed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

import click

_ROLE = re.compile(r"[A-Za-z][A-Za-z_-]*")
_PREFIX = re.compile(r"(person|org|place|group):")


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


def evidence_item(text: str | dict[str, Any]) -> dict[str, Any]:
    """``[ROLE:]WORDS[@START]`` as an evidence item. Its role is ``content`` unless the text begins with a
    role. An item that was read before stays as it is."""
    if isinstance(text, dict):
        return text
    from dateline.events.parts import EvidenceRole

    role, colon, words = text.partition(":")
    if not colon or role not in get_args(EvidenceRole):
        role, words = "content", text
    placed = re.fullmatch(r"(.+)@(\d+)", words, re.DOTALL)
    if placed is None:
        return {"role": role, "exact": words}
    return {"role": role, "exact": placed[1], "start": int(placed[2])}


def date_text(time: Mapping[str, Any]) -> str:
    """A date as it was typed, or else in EDTF: the words are recorded too."""
    return str(time.get("expression") or time.get("edtf") or "")


def split_role(text: str) -> tuple[str, str]:
    """``ENTITY[:ROLE]`` as (entity, role); the role is empty if none is given."""
    start = found.end() if (found := _PREFIX.match(text)) else 0
    name, colon, role = text[start:].rpartition(":")
    if colon and _ROLE.fullmatch(role):
        return text[:start] + name, role
    entity, equals, label = text.partition("=")  # person:ida-brandt:author="Ida Brandt"
    if equals and start and ":" in entity[start:]:
        name, _, role = entity.rpartition(":")
        return f"{name}={label}", role
    return text, ""


def quoted(text: str) -> str:
    """`text` as one word of a command line; ``ID=Label`` is quoted from the label on."""
    entity, equals, label = text.partition("=")
    if equals and _PREFIX.match(entity) and " " not in entity and not re.search(r'["$`\\!]', label):
        return f'{entity}="{label}"' if re.search(r"[^\w.-]", label) else text
    import shlex  # this is rare

    return shlex.quote(text)
