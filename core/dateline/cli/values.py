"""Values typed on a command line."""

from __future__ import annotations

import json
from typing import Any

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


def pointer_of(path: str) -> str:
    """``quantities.0.value`` as the JSON Pointer ``/quantities/0/value``. A JSON Pointer is returned
    unchanged."""
    return path if path.startswith("/") else "/" + path.replace(".", "/")
