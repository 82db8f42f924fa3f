"""The plugins bundled with Dateline, loaded once for all tests that only read them."""

from __future__ import annotations

from functools import cache

from dateline import Plugins


@cache
def plugins() -> Plugins:
    return Plugins.load(strict=True)
