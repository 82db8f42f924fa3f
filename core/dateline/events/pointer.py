"""JSON Pointer (RFC 6901) over plain values: read one, change one. None means "no value"."""

from __future__ import annotations

import re
from typing import Any

_BAD_ESCAPE = re.compile("~(?![01])")
_INDEX = re.compile("0|[1-9][0-9]{0,15}")


def parts(path: str) -> list[str]:
    """The tokens of `path`. Raises ValueError if it is not a pointer into an object."""
    if not path.startswith("/"):
        raise ValueError(f"{path!r} is not a path like /quantities/0/value")
    if _BAD_ESCAPE.search(path):
        raise ValueError(f"{path!r} has a ~ that is neither ~0 nor ~1")
    return [token.replace("~1", "/").replace("~0", "~") for token in path[1:].split("/")]


def get(document: object, path: str) -> object:
    """The value at `path`; None if there is none."""
    value: Any = document
    for token in parts(path):
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list | tuple):
            value = value[int(token)] if _in(value, token) else None
        else:
            return None
    found: object = value
    return found


def put(document: dict[str, Any], path: str, value: object) -> None:
    """Set `path` to `value` in place; None removes it. ``-`` or the length appends to a list.

    Missing objects on the way are created. Raises ValueError if `path` leads through a number or
    text, or past the end of a list.
    """
    *way, last = parts(path)
    here: Any = document
    for token in way:
        if value is None and isinstance(here, dict) and here.get(token) is None:
            return  # nothing there to remove
        here = _step(here, token, path)
    if isinstance(here, dict):
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    elif isinstance(here, list):
        _put_item(here, last, value, path)
    else:
        raise ValueError(
            f"{path!r} leads into a value of type {type(here).__name__}, which has no parts"
        )


def _step(here: Any, token: str, path: str) -> Any:
    if isinstance(here, dict):
        if here.get(token) is None:
            here[token] = {}
        return here[token]
    if isinstance(here, list) and _in(here, token):
        return here[int(token)]
    raise ValueError(f"{path!r} does not exist at {token!r}")


def _in(items: list[Any] | tuple[Any, ...], token: str) -> bool:
    return _INDEX.fullmatch(token) is not None and int(token) < len(items)


def _put_item(items: list[Any], token: str, value: object, path: str) -> None:
    index = len(items) if token == "-" else int(token) if _INDEX.fullmatch(token) else -1
    if not 0 <= index <= len(items) or (value is None and index == len(items)):
        raise ValueError(f"{path!r} is outside the list, which has {len(items)} items")
    if value is None:
        del items[index]
    elif index == len(items):
        items.append(value)
    else:
        items[index] = value


def same(left: object, right: object) -> bool:
    """Equal as JSON: true is not 1; false, 0, "" and [] are values, and only null means "no value"."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return all(same(left.get(key), right.get(key)) for key in {*left, *right})
    return left == right


def empty(value: object) -> bool:
    """Whether `value` may be the default of a field that was left out: null, false, [] or {}."""
    return value is None or value is False or (isinstance(value, list | tuple | dict) and not value)
