"""The suffixes of a file name, of one part or more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def suffixes(name: str) -> list[str]:
    """The suffixes of a file name in lower case, the longest first: ``.warc.gz``, then ``.gz``."""
    parts = name.lower().replace("\\", "/").rpartition("/")[2].lstrip(".").split(".")
    return ["." + ".".join(parts[at:]) for at in range(1, len(parts))]


def longest(items: Iterable[T], name: str, of: Callable[[T], Iterable[str]]) -> list[T]:
    """The items that have the longest of the suffixes of `name` that any of them has."""
    listed = list(items)
    for suffix in suffixes(name):
        if found := [item for item in listed if suffix in of(item)]:
            return found
    return []
